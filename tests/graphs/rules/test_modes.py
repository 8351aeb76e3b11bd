"""What does not fit in one mode only, in blocks and out of them: who is named, and what the way out leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graphs.check import check
from tests.blocks import file

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.rule import Problem

MAIN: dict[str, Any] = {
    "nodes": {
        "iris": {"layer": "Iris"},
        "mix": {"network": "mix"},
        "loss": {"layer": "CrossEntropyLoss"},
    },
    "wires": ["iris.features -> mix.x", "mix.y -> loss.logits", "iris.label -> loss.target"],
}


def linear(size: int, **marks: Any) -> dict[str, Any]:
    return {"layer": "Linear", "params": {"out_features": size}, **marks}


def row(nodes: dict[str, Any], **placed: Any) -> Document:
    """Iris through a placement of a block of these nodes, one after the other, to a loss of three classes."""
    ends = ["in.x", *(f"{node}.output" for node in nodes)]
    wires = [f"{end} -> {node}.input" for end, node in zip(ends, nodes, strict=False)]
    block = {
        "face": {"inputs": ["x"], "outputs": ["y"]},
        "nodes": nodes,
        "wires": [*wires, f"{ends[-1]} -> out.y"],
    }
    places = {**MAIN["nodes"], "mix": {"network": "mix", **placed}}
    outer = {
        "face": {"inputs": ["x"], "outputs": ["y"]},
        "nodes": {"inner": {"network": "mix"}},
        "wires": ["in.x -> inner.x", "inner.y -> out.y"],
    }
    return file({"main": {**MAIN, "nodes": places}, "mix": block, "outer": outer})


def plain(nodes: dict[str, Any], wires: list[str]) -> Document:
    return file({"main": {"nodes": nodes, "wires": wires}})


def found(document: Document, network: str = "main") -> list[Problem]:
    return [each for each in check(document, network).problems if each.severity == "error"]


@pytest.mark.parametrize(
    ("document", "network", "message", "nodes", "fix"),
    [
        pytest.param(
            row({"head": linear(3, only="train")}),
            "main",
            "In evaluation, where Head in Mix does not run: Loss (Cross entropy) has 3 classes to choose from, "
            "but gets 4 scores for them. Let the layer before it give 3 outputs.",
            ("loss", "mix"),
            "Let Head in Mix always run",
            id="passed by inside",
        ),
        pytest.param(
            row({"head": linear(3, only="train")}, network="outer"),
            "main",
            "In evaluation, where Head in Mix does not run: Loss (Cross entropy) has 3 classes to choose from, "
            "but gets 4 scores for them. Let the layer before it give 3 outputs.",
            ("loss", "mix"),
            "Let Head in Mix always run",
            id="passed by deep inside",
        ),
        pytest.param(
            row({"wide": linear(8, only="train"), "scores": linear(3)}),
            "main",
            "In evaluation and prediction, where Wide in Mix does not run: Mix would need other weights: "
            "scores.weight would be 3 x 4 instead of 3 x 8.",
            ("mix",),
            "Let Wide in Mix always run",
            id="other weights, seen from outside",
        ),
        pytest.param(
            row({"wide": linear(8, only="train"), "scores": linear(3)}),
            "mix",
            "In evaluation and prediction, where Wide does not run: Scores (Linear) would need other weights: "
            "weight would be 3 x 4 instead of 3 x 8.",
            ("scores", "wide"),
            "Let Wide always run",
            id="other weights, seen inside",
        ),
        pytest.param(
            row({"tanh": {"layer": "Tanh", "only": "train"}, "scores": linear(3)}),
            "main",
            "",
            (),
            "",
            id="fits though it is passed by",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_in_one_mode_is_told_with_its_way_out(
    document, network, message, nodes, fix
):
    problems = found(document, network)

    assert [each.message for each in problems] == ([message] if message else [])
    for each in problems:
        assert each.code == "G305"
        assert each.nodes == nodes
        assert [way.title for way in each.fixes] == [fix]
        assert found(each.fixes[0].apply(document, network), network) == []


def test_a_misfit_where_a_switch_takes_another_wire_is_none():
    document = plain(
        {
            "iris": {"layer": "Iris"},
            "wide": linear(3, only="train"),
            "scores": linear(3),
            "switch": {"layer": "Switch"},
            "loss": {"layer": "CrossEntropyLoss"},
            "output": {"layer": "Output"},
        },
        [
            "iris.features -> wide.input",
            "iris.features -> scores.input",
            "wide.output -> switch.train",
            "scores.output -> switch.evaluate",
            "switch.output -> loss.logits",
            "iris.label -> loss.target",
            "switch.output -> output.input",
        ],
    )

    assert found(document) == []


def test_a_misfit_at_what_a_mode_does_not_need_is_none():
    document = plain(
        {
            "iris": {"layer": "Iris"},
            "features": linear(5),
            "head": linear(3, only="train"),
            "loss": {"layer": "CrossEntropyLoss", "only": "train"},
            "output": {"layer": "Output"},
        },
        [
            "iris.features -> features.input",
            "features.output -> head.input",
            "head.output -> loss.logits",
            "iris.label -> loss.target",
            "features.output -> output.input",
        ],
    )

    assert found(document) == []
