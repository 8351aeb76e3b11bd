"""Nodes travel as readable text, and text that holds none is refused with a sentence."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given

from graphs import edits
from graphs.clipboard import NotNodes, copied, pasted
from graphs.graph import Graph
from tests.documents import digits_mlp
from tests.graphs.strategies import graphs_

GRAPH = edits.move(digits_mlp().main, {"hidden": (220.0, 0.0), "relu": (440.0, 7.5)})

TEXT = """{
  "lamina nodes": 1,
  "network": {
      "nodes": {
        "hidden": {"layer": "Linear", "params": {"out_features": 32}},
        "relu": {"layer": "ReLU"}
      },
      "wires": [
        "hidden.output -> relu.input"
      ]
    },
  "view": {
      "positions": {
        "hidden": [220, 0],
        "relu": [440, 7.5]
      }
    }
}
"""


def test_nodes_are_copied_as_the_lines_of_a_file():
    assert copied(GRAPH, {"hidden", "relu", "nobody"}) == TEXT


def test_what_was_copied_is_pasted_with_new_ids():
    part = pasted(TEXT)

    after, new = edits.paste(GRAPH, part, (40.0, 40.0))

    assert new == {"hidden": "linear", "relu": "relu_2"}
    assert after.positions["relu_2"] == (480.0, 47.5)
    assert str(after.wires[-1]) == "linear.output -> relu_2.input"


@given(graphs_())
def test_any_part_of_a_graph_comes_back_as_it_was(graph):
    part = pasted(copied(graph, graph.nodes))

    assert part == replace(graph, frames=(), notes=())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The clipboard cannot be pasted: it is empty."),
        (
            "hello",
            'The clipboard cannot be pasted: line 1, column 1 is not JSON: it does not make sense from "hello" on.',
        ),
        ("[1, 2]", "The clipboard holds no layers."),
        ('{"cells": []}', "The clipboard holds no layers."),
        ('{"lamina nodes": 2}', "The clipboard holds nodes of another version of Lamina."),
        ('{"lamina nodes": true}', "The clipboard holds nodes of another version of Lamina."),
        (
            TEXT.replace("ReLU", "Quantum"),
            (
                'The clipboard cannot be pasted: node relu is of a type "Quantum", '
                "which this version of Lamina does not know."
            ),
        ),
        (
            TEXT.replace("hidden.output", "gone.output"),
            (
                "The clipboard cannot be pasted: wire gone.output -> relu.input of network clipboard names "
                '"gone", but there is no such node.'
            ),
        ),
        (
            json.dumps({"lamina nodes": 1, "network": {"nodes": {"a": {"network": "tower"}}}}),
            "The clipboard holds the block a, which only stands in its own document.",
        ),
        (
            "\ud800",
            "The clipboard cannot be pasted: line 1, column 1 is not UTF-8 (byte 0xed): save it as UTF-8.",
        ),
    ],
)
def test_text_that_holds_no_nodes_gets_a_sentence(text, sentence):
    with pytest.raises(NotNodes) as refused:
        pasted(text)

    assert str(refused.value) == sentence


def test_nothing_copied_is_nothing_pasted():
    assert pasted(copied(GRAPH, ())) == Graph()
