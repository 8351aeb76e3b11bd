"""What no machine could hold is refused with its size, wherever it stands, before anything of it is built."""

from __future__ import annotations

import tracemalloc

import pytest

from graphs.check import check
from graphs.compile import build
from graphs.content import Document
from graphs.graph import End, Face, Graph, Node, Placement, Wire
from graphs.plan import CannotBuild
from tests.documents import document, node

WIDE = "more than any machine can hold."


def deep(wide: Node) -> Document:
    """Iris through two of these layers and three scores to a loss."""
    return document(
        {
            "iris": "Iris",
            "a": wide,
            "b": wide,
            "scores": node("Linear", out_features=3),
            "loss": "CrossEntropyLoss",
        },
        [
            "iris.features -> a.input",
            "a.output -> b.input",
            "b.output -> scores.input",
            "scores.output -> loss.logits",
            "iris.label -> loss.target",
        ],
    )


def test_a_network_with_absurd_weights_is_not_built():
    tracemalloc.start()
    with pytest.raises(CannotBuild) as caught:
        build(deep(node("Linear", out_features=2**31 - 1)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert str(caught.value) == f"B (Linear) would have 10^18 weights (10^19 bytes), {WIDE}"
    assert most < 10_000_000


def test_what_is_computed_inside_a_block_counts_all_its_rounds():
    inside = Graph(
        {
            "wide": Node("wide", "ConstantPad2d", {"padding": (3000,)}),
            "back": Node("back", "Mean", {"axes": (0, 1, 2)}),
        },
        (
            Wire(End("in", "x"), End("wide", "input")),
            Wire(End("wide", "output"), End("back", "input")),
            Wire(End("in", "x"), End("out", "x")),
            Wire(End("back", "output"), End("out", "y")),
        ),
        Face(("x",), ("x", "y")),
    )
    main = document(
        {"digits": "Digits", "end": "Output"},
        ["digits.image -> stage.x", "stage.y -> end.input"],
    ).main
    stage = Node("stage", "", place=Placement("inside", repeat=9000))
    made = Document(
        networks={
            "main": Graph({**main.nodes, "stage": stage}, main.wires),
            "inside": inside,
        }
    )

    (problem,) = (each for each in check(made).problems if each.code == "G601")

    assert problem.message == (
        "Stage would give 324.9 billion numbers for each sample (1.2 TiB), "
        "more than any machine can hold. Choose smaller sizes."
    )
    assert problem.severity == "error"
