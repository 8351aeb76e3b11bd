"""Cutting: a line drawn across wires takes them away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen

from graphs import edits
from studio.canvas.gesture import Gesture

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from graphs.graph import Wire
    from studio.canvas.bench import Bench, Pointer


class Cut(Gesture):
    """Alt and the right button. The wires that would go light up while the line is drawn."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._start = self._here = QPointF()
        self._crossed: tuple[Wire, ...] = ()

    def start(self, at: Pointer) -> None:
        """Where the line begins."""
        self._start = self._here = at.canvas

    def move(self, at: Pointer) -> None:
        """Where it ends now."""
        old = self._rect
        self._here = at.canvas
        self._light(self.bench.scene.places.wires_across(self._start, self._here))
        self.bench.repaint(old | self._rect)

    def end(self, at: Pointer) -> None:
        """Remove the wires that the line crosses, as one step."""
        self.move(at)
        wires = self._crossed
        self.cancel()
        if wires:
            text = "Remove wire" if len(wires) == 1 else f"Remove {len(wires)} wires"
            self.bench.store.edit(text, lambda graph: edits.disconnect(graph, *wires))

    def cancel(self) -> None:
        """Cut nothing."""
        rect = self._rect
        self._light(())
        self._here = self._start
        self.bench.repaint(rect)

    def paint(self, painter: QPainter) -> None:
        """The line."""
        line = QPen(self.bench.scene.sight.ink.error, 1.6, Qt.PenStyle.DashLine)
        line.setCosmetic(True)
        painter.setPen(line)
        painter.drawLine(self._start, self._here)

    @property
    def _rect(self) -> QRectF:
        return QRectF(self._start, self._here).normalized()

    def _light(self, wires: tuple[Wire, ...]) -> None:
        for wire in {*self._crossed, *wires}:
            self.bench.scene.wires[wire].mark(lit=wire in wires)
        self._crossed = wires
