"""Tests of where nodes stand best."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from graphs.graph import End, Graph, Node, Wire
from graphs.layout import USUAL_SIZE, layout


def graph_of(
    nodes: str, wires: str = "", positions: dict[str, tuple[float, float]] | None = None
) -> Graph:
    """A graph of nodes named by single letters; "ab" is a wire from a to b."""
    return Graph(
        {each: Node(each, "Linear") for each in nodes},
        tuple(Wire(End(a, "output"), End(b, f"from_{a}")) for a, b in wires.split()),
        positions=positions or {},
    )


def test_an_empty_graph_has_no_places():
    assert layout(Graph()) == {}


def test_every_node_stands_to_the_right_of_what_it_is_computed_from():
    graph = graph_of("dcblxa", "ab ac bd cd dl al lx")

    places = layout(graph)

    assert all(places[source.node][0] < places[target.node][0] for source, target in graph.wires)


def test_a_chain_is_a_straight_line_even_beside_a_long_wire():
    places = layout(graph_of("abcdel", "ab bc cd de el al"))

    assert len({places[node][1] for node in "abcde"}) == 1


def test_no_two_nodes_overlap():
    chance = random.Random(3)
    names = [f"n{index}" for index in range(60)]
    sizes = {name: (chance.uniform(80, 300), chance.uniform(30, 200)) for name in names}
    wires = [(a, b) for a, b in combinations(names, 2) if chance.random() < 0.03]
    graph = Graph(
        {name: Node(name, "Linear") for name in names},
        tuple(Wire(End(a, "output"), End(b, f"from_{a}")) for a, b in wires),
    )

    places = layout(graph, sizes)

    for a, b in combinations(names, 2):
        apart_x = max(
            places[a][0] - places[b][0] - sizes[b][0], places[b][0] - places[a][0] - sizes[a][0]
        )
        apart_y = max(
            places[a][1] - places[b][1] - sizes[b][1], places[b][1] - places[a][1] - sizes[a][1]
        )
        assert max(apart_x, apart_y) >= 0, (a, b)


def test_what_stands_above_stays_above_where_that_costs_no_crossing():
    wires = "ab ac bd cd"
    below = layout(graph_of("abcd", wires, {"b": (0.0, 300.0), "c": (0.0, 10.0)}))
    above = layout(graph_of("abcd", wires, {"b": (0.0, 10.0), "c": (0.0, 300.0)}))

    assert below["b"][1] > below["c"][1]
    assert above["b"][1] < above["c"][1]


def test_wires_are_uncrossed():
    places = layout(
        graph_of(
            "abxy", "ay bx", {"a": (0.0, 0.0), "b": (0.0, 99.0), "x": (9.0, 0.0), "y": (9.0, 99.0)}
        )
    )

    assert (places["a"][1] < places["b"][1]) == (places["y"][1] < places["x"][1])


def test_a_second_source_stands_right_before_the_node_that_needs_it():
    places = layout(graph_of("abcdz", "ab bc cd zd"))

    assert places["z"][0] == places["c"][0]


def test_a_loop_is_laid_out_too():
    places = layout(graph_of("abc", "ab bc ca"))

    assert set(places) == {"a", "b", "c"}


def test_parts_without_wires_between_them_stand_below_each_other():
    places = layout(graph_of("abcd", "ab cd"))

    assert places["c"][1] >= places["a"][1] + USUAL_SIZE[1]


@pytest.mark.parametrize("times", [1, 2])
def test_the_same_graph_is_laid_out_the_same_way_again(times: int):
    graph = graph_of("abcdef", "ab ac bd cd ce df ef")
    places = layout(graph)

    for _ in range(times):
        graph = Graph(graph.nodes, graph.wires, positions=places)
        assert layout(graph) == places
