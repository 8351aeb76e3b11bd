"""Layers dragged from the library onto the canvas."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from graphs.graph import End
from studio.canvas.drops import LAYER_MIME
from tests.studio.canvas.drawing import classifier


def layer(type_id):
    data = QMimeData()
    data.setData(LAYER_MIME, type_id.encode())
    return data


@pytest.fixture
def drag(canvas):
    """Bring data to a point; each step returns whether the canvas takes it."""

    def bring(data, at: QPoint, keys=Qt.KeyboardModifier.NoModifier, *, drop=True):
        on, copy, left = canvas.viewport(), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        taken = []
        events = [
            QDragEnterEvent(at, copy, data, left, keys),
            QDragMoveEvent(at, copy, data, left, keys),
        ]
        if drop:
            events.append(QDropEvent(QPointF(at), copy, data, left, keys))
        for event in events:
            QApplication.sendEvent(on, event)
            taken.append(event.isAccepted())
        return taken

    return bring


def test_a_layer_dropped_on_the_canvas_stands_there(store, canvas, drag):
    taken = drag(layer("Linear"), QPoint(500, 300))

    assert all(taken)
    assert set(store.graph.nodes) == {"linear"}
    assert canvas.node_rect("linear").contains(QPoint(500, 300))
    assert store.selection == {"linear"}
    assert store.history.undoText() == "Add Linear"
    store.history.undo()
    assert not store.graph.nodes


def test_a_layer_dropped_on_a_wire_is_put_into_it(store, canvas, show, drag):
    show(classifier())
    middle = (
        canvas.port_position("flatten", "output") + canvas.port_position("linear", "input")
    ) / 2

    drag(layer("ReLU"), middle)

    assert store.graph.incoming["relu"] == {"input": End("flatten", "output")}
    assert store.graph.incoming["linear"] == {"input": End("relu", "output")}
    assert store.history.count() == 1
    rects = [canvas.node_rect(node) for node in ("flatten", "relu", "linear", "cross_entropy_loss")]
    assert all(one.right() < two.left() for one, two in itertools.pairwise(rects))


def test_the_wire_that_would_take_the_layer_lights_up(canvas, show, drag):
    show(classifier())
    middle = (
        canvas.port_position("flatten", "output") + canvas.port_position("linear", "input")
    ) / 2

    drag(layer("ReLU"), middle, drop=False)
    lit = [item.wire.target.node for item in canvas._scene.wires.values() if item.lit]
    QApplication.sendEvent(canvas.viewport(), QDragLeaveEvent())

    assert lit == ["linear"]
    assert not any(item.lit for item in canvas._scene.wires.values())


def test_a_layer_that_does_not_fit_a_wire_is_only_put_there(store, canvas, show, drag):
    graph = show(classifier())
    middle = (
        canvas.port_position("flatten", "output") + canvas.port_position("linear", "input")
    ) / 2

    drag(layer("Conv2d"), middle)

    assert store.graph.wires == graph.wires
    assert "conv2d" in store.graph.nodes


def test_alt_keeps_a_layer_out_of_the_wire(store, canvas, show, drag):
    graph = show(classifier())
    middle = (
        canvas.port_position("flatten", "output") + canvas.port_position("linear", "input")
    ) / 2

    drag(layer("ReLU"), middle, Qt.KeyboardModifier.AltModifier)

    assert store.graph.wires == graph.wires
    assert "relu" in store.graph.nodes


def test_files_are_left_to_the_window(store, drag):
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/home/some.lamina")])

    assert drag(files, QPoint(500, 300)) == [False, False, False]
    assert not store.graph.nodes


def test_an_unknown_layer_is_not_taken(store, drag):
    assert drag(layer("os.system"), QPoint(500, 300)) == [False, False, False]
    assert not store.graph.nodes
