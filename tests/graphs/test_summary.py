"""The value of `check --json` has exactly the fields of its contract, and the right numbers."""

from __future__ import annotations

import json
from dataclasses import replace

from graphs import edits
from graphs.check import check
from graphs.content import Document
from graphs.graph import Graph, Marks, Node, Placement
from graphs.summary import summary
from tests.documents import digits_mlp, document, node

HIDDEN = 64 * 32 + 32
SCORES = 32 * 10 + 10


def test_a_network_without_problems():
    found = summary(check(digits_mlp()))

    assert list(found) == ["ok", "problems", "nodes", "parameters", "flops", "activation_bytes"]
    assert found["ok"] is True
    assert found["problems"] == []
    assert found["nodes"]["hidden"] == {
        "type": "Linear",
        "outputs": {"output": [32]},
        "parameters": HIDDEN,
        "flops": 2 * 64 * 32,
        "activation_bytes": 32 * 4,
    }
    assert found["nodes"]["digits"]["outputs"] == {"image": [1, 8, 8], "label": []}
    assert found["nodes"]["digits"]["activation_bytes"] == 64 * 4 + 8
    assert found["parameters"] == HIDDEN + SCORES
    assert found["flops"] == 2 * (64 * 32 + 32 * 10)
    assert found["activation_bytes"] == sum(
        each["activation_bytes"] for each in found["nodes"].values()
    )


def test_a_problem_names_its_code_its_nodes_and_the_ways_out():
    graph = edits.set_params(digits_mlp().main, "scores", out_features=12)

    found = summary(check(digits_mlp().with_graph(graph)))

    assert found["ok"] is False
    assert found["problems"][0] == {
        "code": "G203",
        "severity": "error",
        "message": "Loss (Cross entropy) has 10 classes to choose from, but Scores gives 12 scores for them. "
        "Let the layer before it give 10 outputs.",
        "nodes": ["loss", "scores"],
        "fixes": ["Set Out features of Scores to 10", "Insert Linear with Out features 10"],
    }
    assert found["nodes"]["loss"]["outputs"] == {}


def test_a_warning_leaves_it_ok():
    graph, _ = edits.add_node(digits_mlp().main, "Tanh")

    found = summary(check(digits_mlp().with_graph(graph)))

    assert found["ok"] is True
    assert [each["severity"] for each in found["problems"]] == ["warning"]


def test_everything_can_be_written_as_json():
    for made in (digits_mlp(), Document()):
        found = summary(check(made))

        assert json.loads(json.dumps(found)) == found


def test_shared_weights_count_once():
    shared = Marks(weights="tower")
    made = document(
        {
            "iris": "Iris",
            "a": node("Linear", shared, out_features=3),
            "b": node("Linear", shared, out_features=3),
        },
        ["iris.features -> a.input", "iris.features -> b.input"],
    )

    found = summary(check(made))

    assert found["nodes"]["a"]["parameters"] == found["nodes"]["b"]["parameters"] == 15
    assert found["parameters"] == 15


def test_a_muted_layer_costs_nothing():
    graph = edits.set_marks(digits_mlp().main, "relu", muted=True)

    muted = summary(check(digits_mlp().with_graph(graph)))["nodes"]["relu"]

    assert muted == {
        "type": "ReLU", "outputs": {"output": [32]}, "parameters": 0, "flops": 0, "activation_bytes": 0,
    }  # fmt: skip


def test_sizes_that_data_decide_are_texts():
    from graphs.cost import activation_bytes
    from graphs.shapes import NodeShapes
    from graphs.size import length
    from graphs.spec import Axis, Spec

    report = check(digits_mlp())
    text = Spec((Axis("T", length("T")), Axis("E", 5)))
    known = NodeShapes({}, {"output": text}, layer=report.shapes.nodes["flatten"].layer)
    report = replace(
        report, shapes=replace(report.shapes, nodes={**report.shapes.nodes, "flatten": known})
    )

    found = summary(report)

    assert found["nodes"]["flatten"]["outputs"] == {"output": ["T", 5]}
    assert found["nodes"]["flatten"]["activation_bytes"] == "20*T" == str(activation_bytes(known))
    assert str(found["activation_bytes"]).startswith("20*T+")


def test_a_placed_block_is_listed_by_the_name_of_its_network():
    graph = Graph({"tower": Node("tower", "", place=Placement("block"))})

    found = summary(check(Document(networks={"main": graph, "block": Graph()})))

    assert found["nodes"]["tower"]["type"] == "block"
