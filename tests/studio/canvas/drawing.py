"""Graphs to draw, and hands that press, move and release with real mouse events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import graphs.layers  # noqa: F401 - registers all layer types
from graphs.edits import connect, move, put
from graphs.graph import End, Graph, Node

if TYPE_CHECKING:
    from studio.canvas.view import Canvas

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


def graph_of(*nodes: Node, wires: tuple[str, ...] = (), apart: float = 264.0) -> Graph:
    """Nodes in a row from left to right; a wire is written "a.output -> b.input"."""
    graph = Graph()
    for index, node in enumerate(nodes):
        graph = put(graph, node, (index * apart, 0.0))
    for wire in wires:
        source, target = (End(*end.split(".", 1)) for end in wire.split(" -> "))
        graph = connect(graph, source, target)
    return graph


def classifier(*, flat: bool = True) -> Graph:
    """Digits, Flatten, Linear and Cross entropy; without `flat` the loss refuses what it gets."""
    nodes = [
        Node("digits", "Digits"),
        Node("flatten", "Flatten"),
        Node("linear", "Linear", {"out_features": 10}),
    ]
    nodes.append(Node("cross_entropy_loss", "CrossEntropyLoss"))
    wires = ["digits.image -> flatten.input", "flatten.output -> linear.input"]
    if not flat:
        del nodes[1]
        wires = ["digits.image -> linear.input"]
    wires += [
        "linear.output -> cross_entropy_loss.logits",
        "digits.label -> cross_entropy_loss.target",
    ]
    return graph_of(*nodes, wires=tuple(wires))


def put_aside(graph: Graph, **places: tuple[float, float]) -> Graph:
    """The same graph with some nodes elsewhere."""
    return move(graph, places)


class Hand:
    """A mouse over a canvas. Points are viewport pixels."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas, self._on = canvas, canvas.viewport()
        self._pressed: dict[Qt.MouseButton, QPoint] = {}

    def let_go(self) -> None:
        """Give up what is under way, and release what is still pressed: Qt remembers it beyond the canvas."""
        self.canvas.hands.cancel()
        for button, at in tuple(self._pressed.items()):
            self.release(at, button=button)

    def press(self, at: QPoint, keys=NO_KEYS, button=LEFT) -> None:
        self._pressed[button] = at
        QTest.mouseMove(self._on, at)
        QTest.mousePress(self._on, button, keys, at)

    def move(self, *points: QPoint, keys=NO_KEYS) -> None:
        """Through these points; QTest's own move knows no modifier keys."""
        for point in points:
            if keys == NO_KEYS:
                QTest.mouseMove(self._on, point)
                continue
            where = QPointF(point)
            event = QMouseEvent(
                QEvent.Type.MouseMove, where, self._on.mapToGlobal(where), LEFT, LEFT, keys
            )
            QApplication.sendEvent(self._on, event)

    def release(self, at: QPoint, keys=NO_KEYS, button=LEFT) -> None:
        self._pressed.pop(button, None)
        QTest.mouseRelease(self._on, button, keys, at)

    def click(self, at: QPoint, keys=NO_KEYS) -> None:
        self.press(at, keys)
        self.release(at, keys)

    def double_click(self, at: QPoint) -> None:
        self.click(at)
        QTest.mouseDClick(self._on, LEFT, NO_KEYS, at)
        self.release(at)

    def drag(self, start: QPoint, end: QPoint, keys=NO_KEYS, button=LEFT) -> None:
        self.press(start, keys, button)
        self.move(start + (end - start) / 3, start + (end - start) * 2 / 3, end, keys=keys)
        self.release(end, keys, button)

    def title(self, node: str) -> QPoint:
        """A place on the node's name."""
        rect = self.canvas.node_rect(node)
        return QPoint(rect.left() + 40, rect.top() + round(14 * self.canvas.camera.zoom))

    def key(self, key: Qt.Key, keys=NO_KEYS) -> None:
        QTest.keyClick(self.canvas, key, keys)
