"""Layers dragged from the library: dropped on the canvas they are added, on a wire they are put into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent

from graphs.edits import add_node
from graphs.layer import LAYERS
from studio.canvas.geometry import WIDTH, row_middle
from studio.canvas.splicing import fits_wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QGraphicsView

    from graphs.graph import Wire
    from studio.canvas.bench import Bench
    from studio.canvas.desk import Desk

LAYER_MIME = "application/x-lamina-layer"
"""The type id of one layer as UTF-8 text. Everything else, such as files, is left to the window."""

REACH_PX = 14.0


class Drops:
    """Answers drag events of the viewport; false lets them go on to the window."""

    def __init__(self, view: QGraphicsView, bench: Bench, desk: Desk) -> None:
        self._bench, self._desk = bench, desk
        self._wire: Wire | None = None
        view.setAcceptDrops(True)
        kind = QEvent.Type
        self._answers: dict[QEvent.Type, Callable[..., bool]] = {
            kind.DragEnter: self._enter,
            kind.DragMove: self._move,
            kind.DragLeave: self._leave,
            kind.Drop: self._drop,
        }

    def handle(self, event: QEvent) -> bool:
        """Answer a drag event, true; anything else is none of its business."""
        answer = self._answers.get(event.type())
        return answer(event) if answer else False

    def _enter(self, event: QDragEnterEvent) -> bool:
        if not layer_in(event):
            event.ignore()
        else:
            event.acceptProposedAction()
        return True

    def _move(self, event: QDragMoveEvent) -> bool:
        type_id = layer_in(event)
        if not type_id:
            event.ignore()
            return True
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        self._light(
            None
            if alt
            else self._wire_below(type_id, self._bench.camera.to_canvas(event.position()))
        )
        event.acceptProposedAction()
        return True

    def _leave(self, event: QDragLeaveEvent) -> bool:
        self._light(None)
        return True

    def _drop(self, event: QDropEvent) -> bool:
        type_id = layer_in(event)
        if not type_id:
            event.ignore()
            return True
        point = self._bench.camera.to_canvas(event.position())
        wire = self._wire
        self._light(None)
        event.acceptProposedAction()
        if wire is not None:
            self._desk.add_into(type_id, wire, point)
        else:
            self._desk.add_layer(type_id, point - QPointF(WIDTH / 2, row_middle(0)))
        return True

    def _wire_below(self, type_id: str, point: QPointF) -> Wire | None:
        wire = self._bench.scene.places.wire_at(point, REACH_PX / self._bench.camera.zoom)
        if wire is None:
            return None
        store = self._bench.store
        trial, new = add_node(store.graph, type_id)
        return wire if fits_wire(trial, store.report.shapes, wire, new) else None

    def _light(self, wire: Wire | None) -> None:
        for old, lit in ((self._wire, False), (wire, True)):
            item = self._bench.scene.wires.get(old) if old else None
            if item is not None:
                item.mark(lit=lit)
        self._wire = wire


def layer_in(event: QDropEvent) -> str:
    """The layer type that is dragged, "" if it is something else or unknown."""
    data = event.mimeData()
    if not data.hasFormat(LAYER_MIME):
        return ""
    type_id = bytes(data.data(LAYER_MIME).data()).decode("utf-8", "replace")
    return type_id if type_id in LAYERS else ""
