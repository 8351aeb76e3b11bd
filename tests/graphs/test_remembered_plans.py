"""Plans are found once for a network, and again only after edits that change what runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from graphs import edits
from graphs.content import Document, Objective
from graphs.graph import End, Face, Graph, Node, Placement, Wire
from graphs.plan import Plan, evaluation_plan, objective_plan, prediction_plan

Edit = Callable[[Graph], Graph]


def network() -> Document:
    """Digits, a block with a Tanh, a Dropout, and a classifier that is compared by a loss."""
    inside = Graph(
        {"tanh": Node("tanh", "Tanh")},
        (
            Wire(End("in", "x"), End("tanh", "input")),
            Wire(End("tanh", "output"), End("out", "x")),
        ),
        Face(("x",), ("x",)),
    )
    graph, data = edits.add_node(Graph(), "Digits", (0.0, 0.0))
    graph, last = edits.append_after(graph, data, "Flatten")
    graph = graph.changed(
        nodes={**graph.nodes, "stage": Node("stage", "", place=Placement("inside"))}
    )
    graph = edits.connect(graph, End(last, "output"), End("stage", "x"))
    graph, drop = edits.add_node(graph, "Dropout", (0.0, 0.0))
    graph = edits.connect(graph, End("stage", "x"), End(drop, "input"))
    graph, scores = edits.append_after(graph, drop, "Linear", params={"out_features": 10})
    for type_id in ("CrossEntropyLoss", "Accuracy"):
        graph, end = edits.append_after(graph, scores, type_id)
        graph = edits.connect(graph, End(data, "label"), End(end, "target"))
    return Document(networks={"main": graph, "inside": inside})


def plans(document: Document) -> list[Plan]:
    """The plans of all modes."""
    return [
        objective_plan(document, Objective()),
        evaluation_plan(document),
        prediction_plan(document),
    ]


def rebuilt(document: Document) -> Document:
    """The same document, of which nothing is remembered."""
    networks = {
        name: Graph(dict(graph.nodes), (*graph.wires,), graph.face)
        for name, graph in document.networks.items()
    }
    return replace(document, networks=networks)


EDITS: dict[str, Edit] = {
    "a parameter": lambda graph: edits.set_params(graph, "linear", bias=False),
    "a mute": lambda graph: edits.set_marks(graph, "dropout", muted=True),
    "a mode": lambda graph: edits.set_marks(graph, "dropout", only="train"),
    "shared weights": lambda graph: edits.set_marks(graph, "linear", weights="mine"),
    "a title": lambda graph: edits.rename(graph, "linear", "Scores"),
    "a muted block": lambda graph: edits.set_marks(graph, "stage", muted=True),
    "a wire": lambda graph: edits.connect(graph, End("flatten", "output"), End("linear", "input")),
    "a node": lambda graph: edits.add_node(graph, "ReLU", (0.0, 0.0))[0],
    "a place": lambda graph: edits.move(graph, {"linear": (50.0, 50.0)}),
}


@pytest.mark.parametrize("kind", EDITS)
def test_plans_after_an_edit_are_those_of_the_network_as_it_then_stands(kind: str) -> None:
    document = network()
    plans(document)

    after = document.with_graph(EDITS[kind](document.main))

    fresh = rebuilt(after)
    assert plans(after) == plans(fresh)
    assert [each.graph.nodes for each in plans(after)] == [
        each.graph.nodes for each in plans(fresh)
    ]


def test_a_changed_parameter_costs_no_new_plan() -> None:
    document = network()
    before = plans(document)

    after = plans(document.with_graph(EDITS["a parameter"](document.main)))

    assert all(one.calls is other.calls for one, other in zip(before, after, strict=True))
    assert after[0].graph.nodes["linear"].params["bias"] is False


def test_a_changed_block_is_laid_open_anew() -> None:
    document = network()
    plans(document)

    inside = edits.retype(document.networks["inside"], "tanh", "ReLU")
    after = document.with_graph(inside, "inside")

    assert plans(after)[0].graph.nodes["stage.tanh"].type == "ReLU"
    assert plans(after) == plans(rebuilt(after))
