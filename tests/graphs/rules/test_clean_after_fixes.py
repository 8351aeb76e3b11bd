"""One click mends it: after each way out of the usual mistakes nothing at all is left to say of the graph."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from graphs.check import check
from graphs.content import Document
from tests.documents import document, node


@dataclass(frozen=True)
class Mistake:
    """A document with one mistake, the code of its problem, and the way out that mends it."""

    document: Document
    code: str
    fix: str


def classified(nodes, *wires, scores="scores"):
    """Nodes and wires with a cross entropy behind the scores, against the labels of `data`."""
    ends = [f"{scores}.output -> loss.logits", "data.label -> loss.target"]
    return document({**nodes, "loss": "CrossEntropyLoss"}, [*wires, *ends])


def digits(**between):
    """Digits through a row of layers to ten scores."""
    nodes = {"data": "Digits", **between}
    names = list(nodes)
    ports = ["data.image", *(f"{each}.output" for each in names[1:-1])]
    wires = [f"{port} -> {name}.input" for port, name in zip(ports, names[1:], strict=True)]
    return classified(nodes, *wires, scores=names[-1])


def table(loss, out, port, **roles):
    """A CSV file of columns with these roles, a Linear, and a loss against one of its columns."""
    columns = [
        {"name": name, "role": role, "dtype": "text" if classes else "number"}
        | ({"classes": list(classes[0])} if classes else {})
        for name, (role, *classes) in roles.items()
    ]
    return document(
        {
            "data": node("CSVFile", path="a.csv", schema={"columns": columns, "rows": 9}),
            "scores": node("Linear", out_features=out),
            "loss": loss,
        },
        [
            "data.features -> scores.input",
            f"scores.output -> loss.{'logits' if loss == 'CrossEntropyLoss' else 'input'}",
            f"data.{port} -> loss.target",
        ],
    )


TEN = node("Linear", out_features=10)
THREE = node("Linear", out_features=3)
MISTAKES = {
    "insert Flatten": Mistake(
        digits(conv=node("Conv2d"), norm="BatchNorm1d", scores=TEN), "G201", "Insert Flatten"
    ),
    "insert global pooling": Mistake(
        digits(conv=node("Conv2d"), norm="BatchNorm1d", scores=TEN),
        "G201",
        "Insert Global average pool",
    ),
    "global pooling before a loss": Mistake(
        digits(scores=node("Conv2d", out_channels=10)), "G201", "Insert Global average pool"
    ),
    "insert a 1x1 convolution": Mistake(
        classified(
            {
                "data": "Digits",
                "conv": node("Conv2d", out_channels=8),
                "other": node("Conv2d", out_channels=3),
                "sum": "Add",
                "flat": "Flatten",
                "scores": TEN,
            },
            "data.image -> conv.input",
            "conv.output -> sum.inputs.0",
            "data.image -> other.input",
            "other.output -> sum.inputs.1",
            "sum.output -> flat.input",
            "flat.output -> scores.input",
        ),
        "G201",
        "Insert 1x1 Conv 2D with Out channels 8",
    ),
    "insert Permute": Mistake(
        classified(
            {
                "data": "Digits",
                "tall": node("Reshape", shape=(16, 4)),
                "wide": node("Reshape", shape=(4, 16)),
                "sum": "Add",
                "flat": "Flatten",
                "scores": TEN,
            },
            "data.image -> tall.input",
            "data.image -> wide.input",
            "tall.output -> sum.inputs.0",
            "wide.output -> sum.inputs.1",
            "sum.output -> flat.input",
            "flat.output -> scores.input",
        ),
        "G201",
        "Insert Permute with Axes 1, 0",
    ),
    "insert Permute before an image's convolution": Mistake(
        digits(
            last=node("Permute", axes=(1, 2, 0)),
            norm=node("Conv2d", kernel_size=(3, 3)),
            flat="Flatten",
            scores=TEN,
        ),
        "G204",
        "Insert Permute with Axes 2, 0, 1",
    ),
    "set the size that fits": Mistake(
        digits(flat="Flatten", scores=node("Linear", out_features=64)),
        "G203",
        "Set Out features of Scores to 10",
    ),
    "insert a Linear of the size that fits": Mistake(
        digits(flat="Flatten", scores=node("Linear", out_features=64)),
        "G203",
        "Insert Linear with Out features 10",
    ),
    "set the kernel that fits": Mistake(
        digits(conv=node("Conv2d", kernel_size=(11, 11)), flat="Flatten", scores=TEN),
        "G204",
        "Set Kernel size to 8, 8",
    ),
    "add the missing loss for labels": Mistake(
        document({"data": "Iris", "scores": THREE}, ["data.features -> scores.input"]),
        "G302",
        "Add Cross entropy",
    ),
    "add the missing loss for numbers": Mistake(
        document(
            {"data": "Diabetes", "guess": node("Linear", out_features=1)},
            ["data.features -> guess.input"],
        ),
        "G302",
        "Add Mean squared error",
    ),
    "another loss for labels": Mistake(
        document(
            {"data": "Iris", "scores": THREE, "loss": "HuberLoss"},
            [
                "data.features -> scores.input",
                "scores.output -> loss.input",
                "data.label -> loss.target",
            ],
        ),
        "G202",
        "Make it Cross entropy",
    ),
    "remove the softmax": Mistake(
        digits(flat="Flatten", scores=TEN, softmax="Softmax"), "G402", "Take out Softmax"
    ),
    "remove the softmax before a focal loss": Mistake(
        document(
            {"data": "Iris", "scores": THREE, "softmax": "Softmax", "loss": "FocalLoss"},
            [
                "data.features -> scores.input",
                "scores.output -> softmax.input",
                "softmax.output -> loss.logits",
                "data.label -> loss.target",
            ],
        ),
        "G402",
        "Take out Softmax",
    ),
    "break a loop at its newest wire": Mistake(
        classified(
            {"data": "Digits", "flat": "Flatten", "sum": "Add", "tanh": "Tanh", "scores": TEN},
            "data.image -> flat.input",
            "flat.output -> sum.inputs.0",
            "sum.output -> tanh.input",
            "tanh.output -> scores.input",
            "tanh.output -> sum.inputs.1",
        ),
        "G101",
        "Remove the wire from Tanh to Sum",
    ),
    "connect the only possible port": Mistake(
        document(
            {"data": "Iris", "scores": THREE, "loss": "CrossEntropyLoss"},
            ["data.features -> scores.input", "scores.output -> loss.logits"],
        ),
        "G103",
        "Connect label of Data to Loss",
    ),
    "keep the first of two keys": Mistake(
        table(
            "MSELoss", 1, "price", id=["key"], street=["key"], size=["feature"], price=["target"]
        ),
        "G207",
        'Keep "id" as the only key',
    ),
    "keep the second of two keys": Mistake(
        table(
            "MSELoss", 1, "price", id=["key"], street=["key"], size=["feature"], price=["target"]
        ),
        "G207",
        'Keep "street" as the only key',
    ),
    "make an ignored column a feature": Mistake(
        table("MSELoss", 1, "price", size=["ignore"], price=["target"]),
        "G207",
        'Make "size" a feature',
    ),
    "make a class without classes a feature": Mistake(
        table("MSELoss", 1, "price", size=["feature"], kind=["class", "x"], price=["target"]),
        "G207",
        'Make "kind" a feature',
    ),
    "make a target of texts a class": Mistake(
        table("CrossEntropyLoss", 2, "kind", size=["feature"], kind=["target", "xy"]),
        "G207",
        'Make "kind" a class',
    ),
    "insert the logarithm that a loss takes": Mistake(
        document(
            {"data": "Iris", "scores": THREE, "loss": "NLLLoss"},
            [
                "data.features -> scores.input",
                "scores.output -> loss.input",
                "data.label -> loss.target",
            ],
        ),
        "G403",
        "Insert Log softmax",
    ),
    "insert Interpolate before images are joined": Mistake(
        classified(
            {
                "data": "Digits",
                "conv": node("Conv2d"),
                "join": "Concatenate",
                "flat": "Flatten",
                "scores": TEN,
            },
            "data.image -> conv.input",
            "conv.output -> join.inputs.0",
            "data.image -> join.inputs.1",
            "join.output -> flat.input",
            "flat.output -> scores.input",
        ),
        "G201",
        "Insert Interpolate with Size 6, 6",
    ),
    "turn the first of two matrices": Mistake(
        classified(
            {
                "data": "SyntheticSeries",
                "one": node("Linear", out_features=5),
                "two": node("Linear", out_features=7),
                "product": "MatMul",
                "flat": "Flatten",
                "scores": THREE,
            },
            "data.sequence -> one.input",
            "data.sequence -> two.input",
            "one.output -> product.input",
            "two.output -> product.other",
            "product.output -> flat.input",
            "flat.output -> scores.input",
        ),
        "G201",
        "Insert Permute with Axes 1, 0",
    ),
    "give a gate an even size": Mistake(
        digits(flat="Flatten", wide=node("Linear", out_features=7), gate="GLU", scores=TEN),
        "G201",
        "Set Out features of Wide to 8",
    ),
    "give a shuffle enough channels": Mistake(
        digits(
            conv=node("Conv2d", out_channels=6), finer="PixelShuffle", flat="Flatten", scores=TEN
        ),
        "G201",
        "Set Out channels of Conv to 8",
    ),
    "give the heads a size that they divide": Mistake(
        classified(
            {
                "data": "SyntheticSeries",
                "wide": node("Linear", out_features=10),
                "turned": node("RotaryEncoding", num_heads=3),
                "last": "Select",
                "scores": THREE,
            },
            "data.sequence -> wide.input",
            "wide.output -> turned.input",
            "turned.output -> last.input",
            "last.output -> scores.input",
        ),
        "G201",
        "Set Out features of Wide to 12",
    ),
    "weigh numbers that are no tokens": Mistake(
        classified(
            {"data": "Iris", "row": node("Embedding", embedding_dim=5), "scores": THREE},
            "data.features -> row.input",
            "row.output -> scores.input",
        ),
        "G202",
        "Make it Linear",
    ),
    "spell a parameter right": Mistake(
        digits(flat="Flatten", scores=node("Linear", out_featurs=10)),
        "G102",
        "Call it out_features",
    ),
    "take out what nobody knows": Mistake(
        digits(odd=node("Zzz"), flat="Flatten", scores=TEN), "G100", "Take out Odd"
    ),
    "make the length of samples fit a short text": Mistake(
        document(
            {
                "data": node("CharacterText", text="ab" * 40, length=50),
                "embedding": "Embedding",
                "scores": node("Linear", out_features=2),
                "loss": "CrossEntropyLoss",
            },
            [
                "data.text -> embedding.input",
                "embedding.output -> scores.input",
                "scores.output -> loss.logits",
                "data.target -> loss.target",
            ],
        ),
        "G207",
        "Set Length to 7",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_the_way_out_leaves_a_clean_graph(mistake):
    (problem,) = (each for each in check(mistake.document).problems if each.code == mistake.code)
    fix = next(each for each in problem.fixes if each.title == mistake.fix)

    after = check(fix.apply(mistake.document))

    assert [each.message for each in after.problems] == []
