"""Whatever is edited, undone and redone: the items and the arrays say the same as the graph."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QApplication

from graphs import edits
from graphs.graph import End, Node
from graphs.layer import LAYERS
from graphs.ports import inputs_of, outputs_of
from studio.canvas.view import Canvas
from studio.looks.theme import LIGHT
from tests.studio.canvas.drawing import classifier, graph_of, put_aside

KINDS = ("Linear", "ReLU", "Conv2d", "Flatten", "Add", "Digits", "CrossEntropyLoss", "LSTM")
DEEDS = (
    "add",
    "add",
    "connect",
    "connect",
    "connect",
    "remove",
    "heal",
    "move",
    "cut",
    "rename",
    "copy",
)


def random_edit(rng, graph):
    """One edit that a hand could make, sensible or not."""
    nodes, deed = list(graph.nodes), rng.choice(DEEDS)
    place = rng.randrange(0, 2000, 8), rng.randrange(0, 900, 8)
    if deed == "add" or len(nodes) < 2:
        return edits.add_node(graph, rng.choice(KINDS), place)[0]
    node, other = rng.choice(nodes), rng.choice(nodes)
    if deed == "connect":
        outputs, inputs = outputs_of(graph, node), inputs_of(graph, other)
        if not outputs or not inputs:
            return graph
        return edits.connect(graph, End(node, rng.choice(outputs)), End(other, rng.choice(inputs)))
    if deed == "remove":
        return edits.remove_nodes(graph, {node})
    if deed == "heal":
        return edits.remove_and_heal(graph, {node})
    if deed == "move":
        return edits.move(graph, {node: place})
    if deed == "cut" and graph.wires:
        return edits.disconnect(graph, rng.choice(graph.wires))
    if deed == "rename":
        return edits.rename(graph, node, f"Name {rng.random()}")
    return edits.duplicate(graph, {node, other})[0]


def assert_same(canvas: Canvas, store) -> None:
    scene, graph = canvas._scene, store.graph
    assert scene.nodes.keys() == graph.nodes.keys()
    assert scene.wires.keys() == set(graph.wires)
    assert scene.places.nodes == list(scene.nodes)
    assert set(scene.places.wires) == set(graph.wires)
    for row, (node, item) in enumerate(scene.nodes.items()):
        assert (item.x(), item.y()) == tuple(graph.positions[node])
        rect = (item.x(), item.y(), item.box.width, item.box.height)
        np.testing.assert_array_equal(scene.places.rects[row], rect)
        assert [port.name for port in item.look.inputs] == list(inputs_of(graph, node))
    for row, wire in enumerate(scene.places.wires):
        item = scene.wires[wire]
        assert (item.start, item.end) == scene.wire_ends(wire)
        np.testing.assert_array_equal(
            scene.places.ends[row], (item.start.x(), item.start.y(), item.end.x(), item.end.y())
        )
        assert item.spec == store.report.shapes.output(*wire.source)
    shown = set(scene.bubbles.items)
    assert shown <= graph.nodes.keys()
    assert len(scene.items()) == len(scene.nodes) + len(scene.wires) + len(shown)


@pytest.mark.parametrize("seed", range(6))
def test_items_and_arrays_follow_any_edits(qtbot, store, canvas, show, seed):
    rng = random.Random(seed)
    show(classifier())

    for _ in range(60):
        step = rng.random()
        if step < 0.15 and store.history.canUndo():
            store.history.undo()
        elif step < 0.25 and store.history.canRedo():
            store.history.redo()
        else:
            store.edit("Edit", lambda graph: random_edit(rng, graph))
        if rng.random() < 0.3 and store.graph.nodes:
            store.select({rng.choice(list(store.graph.nodes))})
        assert_same(canvas, store)


def test_a_canvas_made_afresh_looks_the_same(qtbot, store, canvas, show):
    rng = random.Random(11)
    show(classifier())
    for _ in range(40):
        store.edit("Edit", lambda graph: random_edit(rng, graph))

    fresh = Canvas(store, LIGHT)
    qtbot.addWidget(fresh)

    assert {node: item.look for node, item in fresh._scene.nodes.items()} == {
        node: item.look for node, item in canvas._scene.nodes.items()
    }
    lanes = {wire: item.lane for wire, item in fresh._scene.wires.items()}
    assert lanes == {wire: item.lane for wire, item in canvas._scene.wires.items()}


@pytest.mark.parametrize("type_id", sorted(LAYERS))
def test_every_layer_type_can_be_drawn(store, canvas, show, type_id):
    show(graph_of())

    node = canvas.add_layer(type_id)

    item = canvas._scene.nodes[node]
    assert item.look.name == LAYERS[type_id].info.title
    assert item.box.width <= 240
    assert not canvas.grab().isNull()


class Painted(QObject):
    """What of a viewport is painted, from now on."""

    def __init__(self, viewport) -> None:
        super().__init__(viewport)
        self.region = QRegion()
        viewport.installEventFilter(self)

    def eventFilter(self, _watched, event):  # noqa: N802 - Qt calls it so
        if event.type() == QEvent.Type.Paint:
            self.region += event.region()
        return False


def test_a_wire_that_takes_another_way_between_the_same_ends_is_painted_anew(canvas, show, store):
    """Its rectangle may stay the same: the way it had stood on the screen beside the new one."""
    row = graph_of(
        Node("digits", "Digits"),
        Node("linear", "Linear"),
        Node("flatten", "Flatten"),
        Node("last", "Linear", {"out_features": 10}),
        Node("loss", "CrossEntropyLoss"),
        wires=(
            "digits.image -> linear.input",
            "linear.output -> flatten.input",
            "flatten.output -> last.input",
            "last.output -> loss.logits",
            "digits.label -> loss.target",
        ),
    )
    places = {"flatten": (256.0, 112.0), "last": (520.0, 168.0), "loss": (784.0, 280.0)}
    show(put_aside(row, **places))
    wire = next(each for each in store.graph.wires if each.target.port == "target")
    item = canvas.scene().wires[wire]
    QApplication.processEvents()
    before, rect = item.lane, item.rect()
    painted = Painted(canvas.viewport())

    store.edit("Delete", lambda graph: edits.remove_nodes(graph, {"last"}))
    QApplication.processEvents()

    assert before is not None
    assert item.lane not in (None, before)
    assert item.rect() == rect
    for lane in (before, item.lane):
        assert painted.region.contains(canvas.mapFromScene(QPointF(item.start.x() + 90, lane)))
