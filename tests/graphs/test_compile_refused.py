"""What cannot be compiled is refused with a sentence, and no id reaches torch as code."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from graphs.compile import build
from graphs.content import Minimise, Objective
from graphs.expression import Expression
from graphs.graph import End, Graph, Marks, Node, Placement
from graphs.plan import (
    CannotBuild,
    prediction_plan,
)
from tests.documents import changed, digits_mlp, document, wire, with_marks


def test_a_state_with_a_missing_weight_is_refused():
    network = build(digits_mlp())
    state = network.state_dict()
    del state["hidden.weight"]

    with pytest.raises(RuntimeError, match=r"hidden\.weight"):
        network.load_state_dict(state)


def test_wires_from_nodes_and_ports_that_are_not_there_are_refused():
    described = digits_mlp()
    graph = described.main
    from_nowhere = [*graph.wires, wire("ghost.output -> relu.input")]
    from_no_port = [*graph.wires, wire("hidden.smoke -> relu.input")]

    sentences = []
    for wires in (from_nowhere, from_no_port):
        with pytest.raises(CannotBuild) as refused:
            prediction_plan(described.with_graph(Graph(graph.nodes, tuple(wires))))
        sentences.append(str(refused.value))

    assert sentences == [
        'A wire comes from "ghost", which is no node of this network.',
        'Hidden (Linear) has no output called "smoke".',
    ]


@pytest.mark.parametrize(
    "name", ["type", "training", "forward", "class", "code", "graph", "x0", "self", "torch", "n_1"]
)
def test_ids_that_are_names_in_torch_do_no_harm(name):
    described = digits_mlp()
    graph = described.main

    def renamed(end):
        return End(name, end.port) if end.node == "hidden" else end

    nodes = {
        (name if key == "hidden" else key): replace(each, id=name if key == "hidden" else key)
        for key, each in graph.nodes.items()
    }
    wires = tuple(type(each)(renamed(each.source), renamed(each.target)) for each in graph.wires)

    network = build(described.with_graph(Graph(nodes, wires)))
    found = network({"image": torch.zeros(2, 1, 8, 8)})

    assert found["logits"].shape == (2, 10)
    assert f"{name}.weight" in network.state_dict()


@pytest.mark.parametrize("name", ['training"), print("x"', "Hidden", "a.b", "", "1st", "a" * 65])
def test_ids_that_are_no_ids_never_reach_torch(name):
    described = digits_mlp()
    nodes = {key: each for key, each in described.main.nodes.items() if key != "hidden"}
    nodes[name] = Node(name, "Linear", {"out_features": 10})
    wires = tuple(
        type(each)(*(End(name, end.port) if end.node == "hidden" else end for end in each))
        for each in described.main.wires
    )

    with pytest.raises(CannotBuild) as refused:
        build(described.with_graph(Graph(nodes, wires)))

    assert (
        str(refused.value) == f'"{name[:80]}" cannot be the id of a node: ids look like "linear_2".'
    )


@pytest.mark.parametrize(
    ("described", "sentence"),
    [
        (
            changed(digits_mlp(), hidden=Node("hidden", "", place=Placement("tower"))),
            "Hidden cannot be built. There is no network called tower here.",
        ),
        (
            with_marks(digits_mlp(), hidden=Marks(when=Expression("i > 0"))),
            "Hidden (Linear) stands under a condition, which only has a meaning inside a block.",
        ),
        (
            with_marks(digits_mlp(), hidden=Marks(tie={"weight": "scores.weight"})),
            (
                "Hidden (Linear) cannot have the weight scores.weight as its weight: both must be there and have the "
                "same size."
            ),
        ),
        (
            changed(digits_mlp(), hidden=Node("hidden", "Linear", {"out_features": 0})),
            "Hidden (Linear) cannot be built. Out features must be at least 1, but is 0.",
        ),
        (
            changed(digits_mlp(), hidden=Node("hidden", "Warp")),
            "Hidden (Warp) cannot be built. This layer type is not known here.",
        ),
        (
            changed(digits_mlp(), scores=Node("scores", "Linear", {"out_features": 9})),
            (
                "Loss (Cross entropy) has 10 classes to choose from, but gets 9 scores for them. "
                "Let the layer before it give 10 outputs."
            ),
        ),
        (
            document({"digits": "Digits"}, []),
            "The network has no loss, so there is nothing to learn from. Add a loss and wire it.",
        ),
        (
            digits_mlp(Objective("learn", minimise=(Minimise("scores"),))),
            'Objective "learn" minimises "scores", which is not a loss of this network; its losses are: loss.',
        ),
        (
            document(
                {"digits": "Digits", "loss": "CrossEntropyLoss"}, ["digits.label -> loss.target"]
            ),
            'Loss (Cross entropy) has nothing wired to its input "logits".',
        ),
        (
            document(
                {"a": "ReLU", "b": "ReLU", "loss": "MSELoss"},
                ["a.output -> b.input", "b.output -> a.input", "b.output -> loss.input"],
            ),
            "A (ReLU) stands in or behind a loop, which cannot be computed.",
        ),
        (
            with_marks(digits_mlp(), digits=Marks(muted=True)),
            "Digits is muted, but something needs its data. Unmute it.",
        ),
        (
            with_marks(digits_mlp(), loss=Marks(muted=True)),
            "The network has no loss, so there is nothing to learn from. Add a loss and wire it.",
        ),
        (
            with_marks(digits_mlp(), loss=Marks(only="evaluate")),
            "The network has no loss, so there is nothing to learn from. Add a loss and wire it.",
        ),
        (
            changed(digits_mlp(), relu=Node("relu", "ReLU", marks=Marks(weights="Bad name"))),
            '"Bad name" cannot be the name of shared weights; take another.',
        ),
    ],
)
def test_what_cannot_be_built_is_refused_with_a_sentence(described, sentence):
    with pytest.raises(CannotBuild) as refused:
        build(described)

    assert str(refused.value) == sentence


def test_updating_a_node_that_is_not_there_is_refused():
    with pytest.raises(CannotBuild) as refused:
        build(digits_mlp()).parameters_of(("ghost",))

    assert str(refused.value) == 'An objective updates "ghost", which is no node of this network.'


def test_a_missing_column_is_named():
    network = build(digits_mlp())

    with pytest.raises(ValueError, match="column") as refused:
        network({"picture": torch.zeros(1, 1, 8, 8)})

    assert (
        str(refused.value)
        == 'The network needs the column "image", but the columns given are: picture.'
    )
