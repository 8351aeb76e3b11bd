"""Ways out farther back than the port that does not fit, and those of two steps at once: each leaves a clean graph."""

from __future__ import annotations

from itertools import pairwise

import pytest

from graphs.check import check
from graphs.layers.data_text import BUILT_IN
from tests.documents import document, node

KINDS = len(BUILT_IN)
SWAP = node("Permute", axes=(1, 0))
SCORES = node("Linear", out_features=KINDS)


def foretold(metric=False, **between):
    """Characters through an embedding and a row of layers to a cross entropy, over 16 places."""
    nodes = {
        "data": node("CharacterText", length=16),
        "embedded": node("Embedding", embedding_dim=32),
        **between,
    }
    names = list(nodes)
    wires = ["data.text -> embedded.input"]
    wires += [f"{a}.output -> {b}.input" for a, b in pairwise(names[1:])]
    wires += [f"{names[-1]}.output -> loss.logits", "data.target -> loss.target"]
    nodes["loss"] = "CrossEntropyLoss"
    if metric:
        nodes["right"] = "Accuracy"
        wires += [f"{names[-1]}.output -> right.input", "data.target -> right.target"]
    return document(nodes, wires)


def foretold_at_once():
    """The same without any layer."""
    return document(
        {"data": node("CharacterText", length=16), "loss": "CrossEntropyLoss"},
        ["data.text -> loss.logits", "data.target -> loss.target"],
    )


def told(layer, *, data="Iris", metric=False):
    """A recurrent layer that gets the row of numbers of a table."""
    nodes = {
        "data": data,
        "read": layer,
        "scores": node("Linear", out_features=3),
        "loss": "CrossEntropyLoss",
    }
    wires = [
        "data.features -> read.input",
        "read.output -> scores.input",
        "scores.output -> loss.logits",
        "data.label -> loss.target",
    ]
    if metric:
        nodes["right"] = "Accuracy"
        wires += ["scores.output -> right.input", "data.label -> right.target"]
    return document(nodes, wires)


def product(left, right):
    """The matrix product of two rows of a table, where there is no matrix."""
    return document(
        {
            "data": "Iris",
            "left": node("Linear", out_features=left),
            "right": node("Linear", out_features=right),
            "product": "MatMul",
            "scores": node("Linear", out_features=3),
            "loss": "CrossEntropyLoss",
        },
        [
            "data.features -> left.input",
            "data.features -> right.input",
            "left.output -> product.input",
            "right.output -> product.other",
            "product.output -> scores.input",
            "scores.output -> loss.logits",
            "data.label -> loss.target",
        ],
    )


def copied(size):
    """Digits through a row of numbers, compared with themselves."""
    return document(
        {
            "data": "Digits",
            "flat": "Flatten",
            "code": node("Linear", out_features=size),
            "loss": "MSELoss",
        },
        [
            "data.image -> flat.input",
            "flat.output -> code.input",
            "code.output -> loss.input",
            "data.image -> loss.target",
        ],
    )


CONV = node("Conv1d", out_channels=32, kernel_size=3, padding=1)
TOLD = [
    "Insert Reshape with Shape -1, 1, and insert Select step",
    "Insert Reshape with Shape 1, 4, and insert Flatten",
]
CASES = {
    "axes swapped once too often, before the loss": (
        foretold(memory=node("GRU", hidden_size=32), scores=SCORES, turned=SWAP),
        ["Take out Turned", "Insert Permute with Axes 1, 0"],
    ),
    "axes swapped once too often, farther back": (
        foretold(memory=node("GRU", hidden_size=32), turned=SWAP, scores=SCORES),
        ["Take out Turned"],
    ),
    "axes swapped once too often, before two layers": (
        foretold(turned=SWAP, memory=node("GRU", hidden_size=32), scores=SCORES),
        ["Take out Turned"],
    ),
    "axes not swapped back": (
        foretold(turned=SWAP, conv=CONV, scores=SCORES),
        ["Insert Permute with Axes 1, 0 before Scores"],
    ),
    "axes swapped neither way": (
        foretold(conv=node("Conv1d", out_channels=KINDS, kernel_size=3, padding=1)),
        ["Insert Permute with Axes 1, 0 before Conv and Loss"],
    ),
    "a softmax over the classes stays one": (
        foretold(memory=node("GRU", hidden_size=32), scores=SCORES, turned=SWAP, bend="GELU"),
        ["Take out Turned", "Insert Permute with Axes 1, 0"],
    ),
    "an RNN on a table": (told("RNN"), TOLD),
    "an LSTM on a table, with a metric": (told("LSTM", metric=True), TOLD),
    "attention over the numbers of a table": (
        told("TransformerEncoderLayer", data="Wine"),
        ["Insert Reshape with Shape -1, 1 and Linear, and insert Select step", "Take out Read"],
    ),
    "pooling of a table": (told("MaxPool2d", data="Wine"), ["Take out Read"]),
    "a step taken where each has its label": (
        foretold(memory=node("GRU", hidden_size=32), last="Select", scores=SCORES),
        ["Take out Last"],
    ),
    "a step taken, and another number of scores": (
        foretold(memory=node("GRU", hidden_size=32), last="Select", scores="Linear"),
        [f"Take out Last, and set Out features of Scores to {KINDS}"],
    ),
    "tokens as scores": (
        foretold_at_once(),
        [f"Insert Embedding and Linear with Out features {KINDS}"],
    ),
    "a mean of all scores": (told("Mean"), ["Insert Unsqueeze"]),
    "an image to be copied": (
        copied(16),
        [
            "Insert Linear with Out features 64 and Reshape with Shape 1, 8, 8",
            "Take out Flat, and set Out features of Code to 8",
        ],
    ),
    "an image to be copied, of as many numbers": (
        copied(64),
        ["Insert Reshape with Shape 1, 8, 8", "Insert Flatten"],
    ),
    "a product of two rows of one size": (product(4, 4), ["Make it Multiply", "Make it Bilinear"]),
    "a product of two rows": (product(4, 7), ["Make it Bilinear"]),
}


@pytest.mark.parametrize(("drawn", "titles"), CASES.values(), ids=CASES)
def test_every_way_out_leaves_a_clean_graph(drawn, titles):
    (problem,) = check(drawn).problems

    assert [fix.title for fix in problem.fixes] == titles
    assert [check(fix.apply(drawn)).problems for fix in problem.fixes] == [()] * len(titles)


def test_a_layer_before_a_loss_and_a_metric_mends_both():
    drawn = foretold(metric=True, memory=node("GRU", hidden_size=32), scores=SCORES, turned=SWAP)
    first, second = check(drawn).problems

    assert {first.nodes[0], second.nodes[0]} == {"loss", "right"}
    for problem in (first, second):
        for fix in problem.fixes:
            after = fix.apply(drawn)
            assert check(after).problems == ()
            assert sum(each.type == "Permute" for each in after.main.nodes.values()) in (0, 2)


def test_a_metric_that_is_right_keeps_what_it_gets():
    drawn = document(
        {
            "data": "Iris",
            "scores": node("Linear", out_features=2),
            "loss": "CrossEntropyLoss",
            "end": "Output",
        },
        [
            "data.features -> scores.input",
            "scores.output -> loss.logits",
            "data.label -> loss.target",
            "scores.output -> end.input",
        ],
    )
    problem = check(drawn).problems[0]

    fix = next(each for each in problem.fixes if each.title == "Insert Linear with Out features 3")

    assert fix.apply(drawn).main.incoming["end"]["input"].node == "scores"
