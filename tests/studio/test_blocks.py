"""The window opens documents with blocks, draws a placement with its ports, and keeps the file."""

from __future__ import annotations

import pytest

from graphs.document import dumps, loads
from studio.canvas.node_look import look_at
from studio.graph_picture import graph_picture
from studio.panels.inspector import Inspector
from studio.store import Store
from tests.blocks import residual, scanned

REPEATED = {"repeat": 2, "params": {"width": 8, "stride": {"expr": "2 if i == 0 else 1"}}}


def test_a_placement_is_drawn_with_its_ports_its_repeats_and_its_weights():
    store = Store()
    store.open(residual(stage=REPEATED))
    node = store.graph.nodes["stage"]

    look = look_at(store.graph, node, store.report.shapes.nodes["stage"], store.report.at("stage"))

    assert [port.name for port in look.inputs] == ["x"]
    assert [port.name for port in look.outputs] == ["x"]
    assert look.rows == (("Repeat", "2"), ("Width", "8"), ("Stride", "= 2 if i == 0 else 1"))
    assert (look.category, look.weights, look.state) == ("Block", "680", "fine")


def test_a_picture_shows_how_often_a_block_stands_there():
    store = Store()
    for document, words in ((residual(stage=REPEATED), "Repeat: 2"), (scanned(), "Scan along: T")):
        store.open(document)

        texts = [getattr(shape, "text", "") for shape in graph_picture(store.report).shapes]

        assert words in texts


@pytest.mark.parametrize("document", [residual(stage=REPEATED), scanned()])
def test_the_inspector_shows_a_placement_and_the_file_stays_the_same(qtbot, document):
    store = Store()
    store.open(document)
    inspector = Inspector(store)
    qtbot.addWidget(inspector)
    inspector.show()

    for node_id in document.main.nodes:
        store.select({node_id})
        qtbot.wait(1)

    assert loads(dumps(store.document)) == document
