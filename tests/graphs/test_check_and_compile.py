"""What the rules let pass can be built: check and compile say the same."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from graphs import edits
from graphs.check import check
from graphs.compile import build
from graphs.content import Document
from graphs.graph import Graph
from tests.graphs.strategies import graphs_, trainable


def mended(document: Document, most: int = 30) -> Document:
    """The document after taking the first way out of its first error, again and again."""
    for _ in range(most):
        errors = [
            each for each in check(document).problems if each.severity == "error" and each.fixes
        ]
        if not errors:
            break
        document = errors[0].fixes[0].apply(document)
    return document


@st.composite
def marked(draw: st.DrawFn, graph: Graph) -> Graph:
    """The graph with a mark here and there."""
    for node_id in graph.nodes:
        marks = draw(
            st.sampled_from(
                [
                    {},
                    {},
                    {},
                    {"muted": True},
                    {"frozen": True},
                    {"weights": "shared"},
                    {"only": "train"},
                ]
            )
        )
        graph = edits.set_marks(graph, node_id, **marks) if marks else graph
    return graph


@given(st.one_of(trainable().flatmap(marked), graphs_()))
def test_what_has_no_errors_can_be_built(graph):
    document = mended(replace(Document(), networks={"main": graph}))
    report = check(document)
    assume(report.ok)
    assume(sum(known.parameters for known in report.shapes.nodes.values()) < 10**6)

    module = build(document)

    assert sum(each.numel() for each in module.parameters()) >= 0
