"""What is wrong inside a block is told of its placement, with edits of the block's network that leave all clean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graphs.check import check
from tests.blocks import file

if TYPE_CHECKING:
    from graphs.content import Document

MAIN: dict[str, Any] = {
    "nodes": {
        "digits": {"layer": "Digits"},
        "stage": {"network": "stage"},
        "loss": {"layer": "CrossEntropyLoss"},
    },
    "wires": ["digits.image -> stage.x", "stage.y -> loss.logits", "digits.label -> loss.target"],
}


def linear(size: Any) -> dict[str, Any]:
    return {"layer": "Linear", "params": {"out_features": size}}


def staged(nodes: dict[str, Any], wires: list[str], **placed: Any) -> Document:
    """Digits through a placement of a block of these nodes to a loss of ten classes."""
    face = {"inputs": ["x"], "outputs": ["y"], "params": {"width": 8}}
    places = {**MAIN["nodes"], "stage": {"network": "stage", **placed}}
    outer = {
        "face": {"inputs": ["x"], "outputs": ["y"]},
        "nodes": {"inner": {"network": "stage"}},
        "wires": ["in.x -> inner.x", "inner.y -> out.y"],
    }
    block = {"face": face, "nodes": nodes, "wires": wires}
    return file({"main": {**MAIN, "nodes": places}, "stage": block, "outer": outer})


FLAT = {"flatten": {"layer": "Flatten"}, "scores": linear(10)}
CHAIN = ["in.x -> flatten.input", "flatten.output -> scores.input", "scores.output -> out.y"]
BRANCHES = {
    **FLAT,
    "left": linear(10),
    "right": linear(12),
    "add": {"layer": "Add"},
}
JOINED = [
    "in.x -> flatten.input",
    "flatten.output -> left.input",
    "flatten.output -> right.input",
    "left.output -> add.inputs.0",
    "right.output -> add.inputs.1",
    "add.output -> scores.input",
    "scores.output -> out.y",
]

CASES = {
    "a size inside": (
        staged(BRANCHES, JOINED),
        "Inside Stage, Add needs inputs of the same size, but gets 10 and 12: 10 is not 12.",
        "Set Out features of Right to 10 in Stage",
    ),
    "a size deep inside": (
        staged(BRANCHES, JOINED, network="outer"),
        "Inside Stage, inside Inner, Add needs inputs of the same size, but gets 10 and 12: 10 is not 12.",
        "Set Out features of Right to 10 in Inner",
    ),
    "a layer that is missing": (
        staged(
            {"norm": {"layer": "BatchNorm1d"}, **FLAT},
            ["in.x -> norm.input", "norm.output -> flatten.input", *CHAIN[1:]],
        ),
        "Inside Stage, Norm (Batch norm 1D) needs features",
        "Make it Batch norm 2D in Stage",
    ),
    "an input without a wire": (
        staged(FLAT, CHAIN[1:]),
        "Inside Stage, Flatten has no input. Wire something to it.",
        "Connect the input x to Flatten in Stage",
    ),
    "an output without a wire": (
        staged(FLAT, CHAIN[:2]),
        "Inside Stage, nothing comes to its output y: wire something there.",
        "Connect Scores to the output y in Stage",
    ),
    "a loop": (
        staged(
            {**FLAT, "add": {"layer": "Add"}},
            [CHAIN[0], "flatten.output -> add.inputs.0", "add.output -> scores.input", CHAIN[2],
             "scores.output -> add.inputs.1"],
        ),
        "Inside Stage, there is a loop: open it and mend that.",
        "Remove the wire from Scores to Add in Stage",
    ),
    "a parameter": (
        staged({"flatten": {"layer": "Flatten"}, "drop": {"layer": "Dropout", "params": {"p": 3.0}}, **FLAT},
               [CHAIN[0], "flatten.output -> drop.input", "drop.output -> scores.input", CHAIN[2]]),
        "Inside Stage, Drop (Dropout): ",
        "Reset Dropout probability of Drop in Stage",
    ),
    "an output of the document": (
        staged({**FLAT, "output": {"layer": "Output"}},
               [*CHAIN[:2], "scores.output -> output.input", "output.output -> out.y"]),
        "Inside Stage, Output ",
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("document", "message", "fix"), CASES.values(), ids=CASES)
def test_every_way_out_of_what_is_wrong_inside_leaves_a_clean_document(document, message, fix):
    errors = [each for each in check(document).problems if each.severity == "error"]

    assert [each.nodes[0] for each in errors] == ["stage"]
    assert errors[0].message.startswith(message)
    titles = [each.title for each in errors[0].fixes]
    assert fix in titles or not fix
    for each in errors[0].fixes:
        after = each.apply(document)
        assert [left.message for left in check(after).problems if left.severity == "error"] == [], (
            each.title
        )


def test_a_way_out_inside_is_not_offered_where_another_placement_would_suffer():
    nodes = {"tanh": {"layer": "Tanh"}, "scores": linear({"expr": "width"})}
    wires = ["in.x -> tanh.input", "tanh.output -> scores.input", "scores.output -> out.y"]
    block = {
        "face": {"inputs": ["x"], "outputs": ["y"], "params": {"width": 3}},
        "nodes": nodes,
        "wires": wires,
    }
    main = {
        "nodes": {
            "iris": {"layer": "Iris"},
            "one": {"network": "stage", "params": {"width": 0}},
            "two": {"network": "stage"},
            "loss": {"layer": "CrossEntropyLoss"},
            "loss_2": {"layer": "CrossEntropyLoss"},
        },
        "wires": [
            "iris.features -> one.x", "iris.features -> two.x", "one.y -> loss.logits", "two.y -> loss_2.logits",
            "iris.label -> loss.target", "iris.label -> loss_2.target",
        ],
    }  # fmt: skip
    document = file({"main": main, "stage": block})

    (problem,) = [each for each in check(document).problems if each.nodes[:1] == ("one",)]

    for each in problem.fixes:
        assert check(each.apply(document)).problems == (), each.title


@pytest.mark.parametrize(
    ("placed", "fix"),
    [
        ({"params": {"width": 10, "depth": 3}}, "Remove depth"),
        ({"params": {"width": {"expr": "[10][i + 1]"}}}, "Reset Width"),
        ({"params": {"width": {"expr": "a"}, "depth": {"expr": "b"}}}, "Reset its parameters"),
        ({"outputs": {"z": "last"}}, "Leave out z"),
    ],
)
def test_the_first_way_out_of_a_wrong_placement_takes_back_no_more_than_is_wrong(placed, fix):
    document = staged(FLAT, CHAIN, **placed)
    (problem,) = check(document).problems

    after = problem.fixes[0].apply(document)

    assert [each.title for each in problem.fixes] == [fix, "Remove Stage"]
    assert check(after).problems == ()
    assert after.main.nodes["stage"].layer is not None


def test_a_wire_to_a_port_that_a_block_has_not_moves_to_the_only_one_that_is_free():
    document = staged(FLAT, CHAIN)
    main = document.main
    wires = tuple(
        each._replace(target=each.target._replace(port="image"))
        if each.target.node == "stage"
        else each
        for each in main.wires
    )
    wrong = document.with_graph(main.changed(wires=wires))
    (problem,) = [each for each in check(wrong).problems if each.code == "G104"]

    after = problem.fixes[0].apply(wrong)

    assert [each.title for each in problem.fixes] == ['Use its input "x"', "Remove the wire"]
    assert set(after.main.wires) == set(main.wires)
    assert check(after).problems == ()
