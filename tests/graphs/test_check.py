"""Checking never raises, whatever the graph; and a report that follows edits is the report from nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs import edits
from graphs.check import check
from graphs.content import Document
from graphs.count_words import byte_words, count_words
from graphs.elementwise import Elementwise
from graphs.graph import Graph
from graphs.layer import LAYERS
from graphs.rule import RULES
from graphs.shapes import shapes_of, what_layers_make
from graphs.summary import summary
from tests.documents import digits_mlp, document
from tests.graphs.strategies import DOCUMENTS, graphs_, trainable


@given(DOCUMENTS)
def test_checking_never_raises(made):
    report = check(made)

    assert report.ok == all(problem.severity == "warning" for problem in report.problems)
    for problem in report.problems:
        assert problem.message.endswith((".", "?"))
        assert set(problem.nodes) <= set(made.main.nodes)
    assert summary(report)["ok"] == report.ok


@given(st.one_of(graphs_(), trainable()))
def test_every_way_out_of_a_random_graph_mends_what_it_says(graph):
    made = Document(networks={"main": graph})

    for problem in check(made).problems:
        for fix in problem.fixes:
            after = check(fix.apply(made))

            left = [(each.code, each.nodes, each.message) for each in after.problems]
            assert (problem.code, problem.nodes, problem.message) not in left


@given(st.lists(trainable(), min_size=2, max_size=4))
def test_a_report_that_follows_other_reports_is_the_report_from_nothing(graphs):
    report = None
    for graph in graphs:
        made = Document(networks={"main": graph})

        report = check(made, before=report)

        assert [(each.code, each.message) for each in report.problems] == [
            (each.code, each.message) for each in check(made).problems
        ]


def test_a_report_of_another_network_is_not_used():
    made = digits_mlp().with_graph(document({"linear": "Linear"}, []).main, "block")
    before = check(made)

    assert check(made, "block", before).problems == check(made, "block").problems


def test_the_problems_of_a_node_are_those_that_name_it_first():
    made = document({"data": "Iris", "a": "Conv2d"}, ["data.features -> a.input"])
    report = check(made)

    assert [problem.code for problem in report.at("a")] == ["G201"]
    assert report.at("data") == ()


def test_codes_of_rules_are_those_of_reports():
    assert sorted(RULES) == [
        "G100", "G101", "G102", "G103", "G104", "G105", "G106", "G107", "G201", "G301", "G302", "G303",
        "G304", "G305", "G306", "G401", "G402", "G403", "G501", "G502", "G503", "G504", "G505", "G506", "G601",
    ]  # fmt: skip


def test_counts_are_read_in_words():
    assert [count_words(count) for count in (0, 4096, 11_689_512, 2 * 10**9, 10**13, 3 * 10**20)] == [
        "0", "4,096", "11.7 million", "2 billion", "10 trillion", "10^20",
    ]  # fmt: skip
    assert [byte_words(count) for count in (12, 2048, 5 * 2**20, 2**40, 10**19)] == [
        "12 bytes", "2 KiB", "5 MiB", "1 TiB", "10^19 bytes",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "type_id", sorted(each for each, cls in LAYERS.items() if cls.infer is Elementwise.infer)
)
def test_layers_that_change_no_axes_are_known_as_by_the_long_way(type_id):
    graph, data = edits.add_node(Graph(), "Digits")
    graph, node_id = edits.append_after(graph, data, type_id)

    known = shapes_of(graph).nodes[node_id]

    layer = graph.nodes[node_id].layer
    long = what_layers_make.__wrapped__(layer, (("input", shapes_of(graph).output(data, "image")),))
    assert known == long
    assert known.layer == long.layer
    assert (known.parameters, known.weights, known.flops) == (
        long.parameters, long.weights, long.flops,
    )  # fmt: skip
