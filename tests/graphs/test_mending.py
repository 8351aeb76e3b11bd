"""What does not fit is said with both nodes, and every way out that is offered makes it fit."""

from __future__ import annotations

import pytest

from graphs import edits
from graphs.check import check
from graphs.graph import End, Graph
from graphs.mending import swap
from graphs.mending_steps import insert_steps, set_if_there
from graphs.rule import Problem
from tests.documents import document, node

TO_CROSS_ENTROPY = ["scores.output -> loss.logits", "data.label -> loss.target"]
TO_NUMBERS = ["linear.output -> loss.input"]


def linear(size: int):
    return node("Linear", out_features=size)


def row(data: str, *types, port: str = "image"):
    """Data, layers called a, b, ..., each wired to the one before, and an output."""
    names = [chr(ord("a") + index) for index in range(len(types))]
    wires = [f"data.{port} -> a.input"]
    wires += [
        f"{left}.output -> {right}.input"
        for left, right in zip(names, [*names[1:], "end"], strict=True)
    ]
    return document({"data": data, **dict(zip(names, types, strict=True)), "end": "Output"}, wires)


CASES = {
    "image to features": (
        row("Digits", "BatchNorm1d"),
        ("A (Batch norm 1D) needs features (E) or a sequence with channels first (C, T), "
        "but Data gives 1x8x8 (C, H, W). For images, use Batch norm 2D."),
        ["Insert Flatten", "Make it Batch norm 2D", "Insert Global average pool"],
    ),
    "features to image": (
        row("Digits", "Flatten", "Conv2d"),
        "B (Conv 2D) needs an image (C, H, W), but A gives 64 (E).",
        ["Insert Reshape with Shape 1, 8, 8", "Make it Linear", "Take out A"],
    ),
    "a table to an image": (
        row("Iris", "Conv2d", port="features"),
        "A (Conv 2D) needs an image (C, H, W), but Data gives 4 (E).",
        ["Make it Linear"],
    ),
    "a table to a sequence": (
        row("Iris", "LSTM", port="features"),
        "A (LSTM) needs a sequence (T, E), but Data gives 4 (E).",
        ["Insert Reshape with Shape -1, 1", "Insert Reshape with Shape 1, 4"],
    ),
    "a label to numbers": (
        row("Iris", "Linear", port="label"),
        "A (Linear) needs at least one axis of features, but Data gives a single number per sample.",
        ["Insert Embedding"],
    ),
    "a kernel that is too large": (
        row("Digits", node("Conv2d", kernel_size=(11, 11))),
        ("A (Conv 2D) needs at least 11 px of height for its kernel, but gets 8 px. "
        "Make the kernel smaller or the padding larger."),
        ["Set Kernel size to 8, 8"],
    ),
    "a shape that cannot be": (
        row("Digits", node("Reshape", shape=(3, -1))),
        "A (Reshape) cannot make (3, -1) of 1x8x8: that is 64 numbers, which cannot be divided by 3.",
        ["Set Shape to -1"],
    ),
    "shares that are no whole": (
        document({"data": node("Iris", split=(0.5, 0.5, 0.5)), "end": "Output"}, ["data.features -> end.input"]),
        ("Data (Iris) needs three shares above 0 that add up to 1 for its split (training, validation, "
        "test), but gets 0.5, 0.5, 0.5. A usual split is 0.7, 0.15, 0.15."),
        ["Set Split to 0.7, 0.15, 0.15"],
    ),
    "classes, with an activation between": (
        document(
            {"data": "Iris", "hidden": linear(12), "scores": "ReLU", "loss": "CrossEntropyLoss"},
            ["data.features -> hidden.input", "hidden.output -> scores.input", *TO_CROSS_ENTROPY],
        ),
        ("Loss (Cross entropy) has 3 classes to choose from, but Scores gives 12 scores for them. "
        "Let the layer before it give 3 outputs."),
        ["Set Out features of Hidden to 3", "Insert Linear with Out features 3"],
    ),
    "scores at every place": (
        document(
            {"data": "Digits", "scores": node("Conv2d", out_channels=10), "loss": "CrossEntropyLoss"},
            ["data.image -> scores.input", *TO_CROSS_ENTROPY],
        ),
        ("Loss (Cross entropy) needs one row of 10 scores for each label, but Scores gives scores of "
        "10x6x6 for one label per sample."),
        ["Insert Global average pool", "Insert Flatten and Linear with Out features 10"],
    ),
    "sums of two sizes": (
        document(
            {"data": "Iris", "a": linear(8), "b": linear(5), "add": "Add", "end": "Output"},
            [
                "data.features -> a.input", "data.features -> b.input", "a.output -> add.inputs.0",
                "b.output -> add.inputs.1", "add.output -> end.input",
            ],
        ),
        "Add needs inputs of the same size, but gets 8 and 5: 8 is not 5. This comes from B.",
        ["Set Out features of B to 8", "Insert Linear with Out features 8"],
    ),
    "an image and a table": (
        document(
            {"data": "Digits", "table": "Iris", "join": "Concatenate", "end": "Output"},
            ["data.image -> join.inputs.0", "table.features -> join.inputs.1", "join.output -> end.input"],
        ),
        ("Join (Concatenate) needs inputs with the same number of axes, but gets 1x8x8 and 4. "
        "This comes from Table."),
        ["Insert Flatten"],
    ),
    "numbers of another size": (
        document(
            {"data": "Diabetes", "linear": linear(4), "loss": "MSELoss"},
            ["data.features -> linear.input", *TO_NUMBERS, "data.target -> loss.target"],
        ),
        "Loss (Mean squared error) compares number with number, but Linear gives 4 against a target of 1 per sample.",
        ["Set Out features of Linear to 1", "Insert Linear with Out features 1"],
    ),
    "labels for a loss of numbers": (
        document(
            {"data": "Iris", "linear": linear(4), "loss": "MSELoss"},
            ["data.features -> linear.input", *TO_NUMBERS, "data.label -> loss.target"],
        ),
        ("Loss (Mean squared error) needs numbers as its target, but Data gives labels of 3 classes. "
        "For labels, use Cross entropy."),
        ["Make it Cross entropy"],
    ),
    "numbers for a loss of labels": (
        document(
            {"data": "Diabetes", "scores": linear(4), "loss": "CrossEntropyLoss"},
            ["data.features -> scores.input", "scores.output -> loss.logits", "data.target -> loss.target"],
        ),
        ("Loss (Cross entropy) needs class labels as its target, but Data gives numbers. "
        "For numbers, use Mean squared error instead."),
        ["Make it Mean squared error"],
    ),
    "three classes for yes or no": (
        document(
            {"data": "Iris", "scores": linear(1), "loss": "BCEWithLogitsLoss"},
            ["data.features -> scores.input", *TO_CROSS_ENTROPY],
        ),
        ("Loss (Binary cross entropy) needs a target of two classes, but Data gives one of 3. "
        "Use Cross entropy for more classes."),
        ["Make it Cross entropy"],
    ),
    "one answer for each step": (
        document(
            {"data": "SyntheticSeries", "gru": "GRU", "linear": linear(1), "loss": "MSELoss"},
            [
                "data.sequence -> gru.input", "gru.output -> linear.input", *TO_NUMBERS,
                "data.target -> loss.target",
            ],
        ),
        ("Loss (Mean squared error) compares number with number, but Linear gives 32x1 "
        "against a target of 1 per sample."),
        ["Insert Select step", "Insert Flatten and Linear with Out features 1"],
    ),
}  # fmt: skip


def misfit(document) -> Problem:
    """The first problem of fit."""
    return next(problem for problem in check(document).problems if problem.code.startswith("G20"))


@pytest.mark.parametrize(("document", "message", "fixes"), CASES.values(), ids=CASES)
def test_a_misfit_is_said_with_both_nodes_and_its_ways_out(document, message, fixes):
    problem = misfit(document)

    assert problem.message == message
    assert [fix.title for fix in problem.fixes] == fixes


@pytest.mark.parametrize(("document", "message", "fixes"), CASES.values(), ids=CASES)
def test_every_way_out_makes_it_fit(document, message, fixes):
    for fix in misfit(document).fixes:
        report = check(fix.apply(document))

        messages = [problem.message for problem in report.problems]
        assert message not in messages
        swapped = fix.title.startswith(
            "Make it "
        )  # another loss may want another size, and says so
        assert swapped or not [each for each in report.problems if each.code[:2] in ("G1", "G2")]


def test_only_the_first_layer_that_does_not_fit_has_a_problem():
    wrong = row("Digits", "LSTM", "Conv2d", "Conv1d")

    assert [problem.nodes[:1] for problem in check(wrong).problems] == [("a",), ()]
    assert check(wrong).shapes.nodes["c"].waits


def test_another_loss_keeps_its_wires_at_the_ports_of_the_same_place():
    labels = CASES["labels for a loss of numbers"][0]

    after = misfit(labels).fixes[0].apply(labels).main

    assert after.incoming["loss"] == {
        "logits": End("linear", "output"),
        "target": End("data", "label"),
    }


def test_the_layer_that_is_put_in_stands_between_the_two():
    graph, data = edits.add_node(Graph(), "Digits", (0.0, 0.0))
    graph, _ = edits.append_after(graph, data, "BatchNorm1d")
    fix = next(
        each for each in misfit(document({}, []).with_graph(graph)).fixes if "Flatten" in each.title
    )

    after = fix.edit(graph)

    assert after.positions["flatten"] == (110.0, 0.0)


def test_a_way_out_of_a_graph_that_has_changed_does_nothing():
    empty = Graph()

    assert insert_steps(empty, End("a", "input"), ()) is empty
    assert set_if_there(empty, "a", {"p": 1}) is empty
    assert swap(empty, "a", "Linear") is empty


def test_many_misfits_are_all_said():
    many = document(
        {"data": "Iris", **{f"a{index}": "Conv2d" for index in range(50)}},
        [f"data.features -> a{index}.input" for index in range(50)],
    )

    problems = [problem for problem in check(many).problems if problem.code == "G201"]

    assert len(problems) == 50
    assert problems[0].fixes
