"""Asking for a layer in the palette and putting the answer where it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Slot
from PySide6.QtGui import QCursor

from studio.canvas.offers import after, all_layers, that_give, that_take
from studio.canvas.palette import Palette
from studio.canvas.wire_label import axes_words

if TYPE_CHECKING:
    from PySide6.QtWidgets import QGraphicsView

    from graphs.graph import End, Wire
    from studio.canvas.bench import Bench
    from studio.canvas.desk import Desk
    from studio.canvas.ink import Ink


class Placing(QObject):
    """Holds the question that the palette is open for."""

    def __init__(self, view: QGraphicsView, bench: Bench, desk: Desk) -> None:
        super().__init__(view)
        self._view, self._bench, self._desk = view, bench, desk
        self.palette = Palette(bench.scene.sight.ink, view)
        self.palette.chosen.connect(self._place)
        self._at: QPointF | None = None
        self._source: End | None = None
        self._target: End | None = None
        self._wire: Wire | None = None

    def wear(self, ink: Ink) -> None:
        """Give the palette these colours."""
        self.palette.wear(ink)

    def ask(
        self, at: QPointF | None, source: End | None, target: End | None, wire: Wire | None
    ) -> None:
        """Open the palette with what fits the question."""
        store = self._bench.store
        viewport = self._view.viewport()
        if at is None and len(store.selection) != 1 and viewport.underMouse():
            at = self._bench.camera.to_canvas(viewport.mapFromGlobal(QCursor.pos()))
        self._at, self._source, self._target, self._wire = at, source, target, wire
        carried = source or (wire.source if wire else None)
        spec = store.report.shapes.output(carried.node, carried.port) if carried else None
        hint, why_empty = "Search layers", "There is no layer."
        if carried is not None:
            infos = that_take(store.graph, store.report.shapes, carried)
            if wire is not None:
                infos = [info for info in infos if info.outputs and info.role == "layer"]
            if spec is not None:
                hint = f"Layers that take {axes_words(spec)}"
                why_empty = f"No layer takes {axes_words(spec)}."
        elif target is not None:
            infos, hint = (
                that_give(store.graph),
                f"Layers before {store.graph.nodes[target.node].name}",
            )
        else:
            infos = all_layers()
            chosen = next(iter(store.selection)) if len(store.selection) == 1 else None
            if chosen is not None and at is None and store.graph.nodes[chosen].info is not None:
                infos, hint = (
                    after(store.graph, chosen, infos),
                    f"Search layers to put after {store.graph.nodes[chosen].name}",
                )
        self.palette.ask(infos, self._global(at), hint, why_empty)

    def _global(self, at: QPointF | None) -> QPoint:
        viewport = self._view.viewport()
        if at is not None:
            return viewport.mapToGlobal(self._bench.camera.to_viewport(at).toPoint())
        if viewport.underMouse():
            return QCursor.pos()
        return viewport.mapToGlobal(viewport.rect().center())

    @Slot(str)
    def _place(self, type_id: str) -> None:
        self._view.setFocus(Qt.FocusReason.PopupFocusReason)
        if self._source is not None:
            self._desk.add_behind(type_id, self._source, self._at)
        elif self._target is not None and self._at is not None:
            self._desk.add_before(type_id, self._target, self._at)
        elif self._wire is not None and self._at is not None:
            self._desk.add_into(type_id, self._wire, self._at)
        elif self._at is not None:
            self._desk.add_layer(type_id, self._at)
        else:
            self._desk.append_layer(type_id)
