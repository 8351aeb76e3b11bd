"""Selecting with a box: left to right takes what it encloses, right to left what it touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPen

from studio.canvas.gesture import Gesture

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from studio.canvas.bench import Bench, Pointer


class BoxSelect(Gesture):
    """A press on empty canvas. Shift adds to the selection, Ctrl toggles; a click alone clears it."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._start = self._here = QPointF()
        self._before: frozenset[str] = frozenset()

    def start(self, at: Pointer) -> None:
        """One corner of the box."""
        self._start = self._here = at.canvas
        self._before = self.bench.store.selection

    def move(self, at: Pointer) -> None:
        """The other corner; the selection shows what it would be."""
        old = self._rect
        self._here = at.canvas
        self.bench.store.select(self._chosen(at))
        self.bench.repaint(old | self._rect)

    def end(self, at: Pointer) -> None:
        """Keep what is selected now."""
        self.move(at)
        self._here = self._start

    def cancel(self) -> None:
        """Select again what was selected before."""
        self.bench.store.select(self._before)
        rect, self._here = self._rect, self._start
        self.bench.repaint(rect)

    def paint(self, painter: QPainter) -> None:
        """The box: with a solid line where it encloses, a dashed one where it touches."""
        if self._here == self._start:
            return
        color = self.bench.scene.sight.ink.accent
        line = QPen(color, 1.2, Qt.PenStyle.DashLine if self._touching else Qt.PenStyle.SolidLine)
        line.setCosmetic(True)
        fill = QColor(color)
        fill.setAlpha(28)
        painter.setPen(line)
        painter.setBrush(QBrush(fill))
        painter.drawRect(self._rect)

    @property
    def _rect(self) -> QRectF:
        return QRectF(self._start, self._here).normalized()

    @property
    def _touching(self) -> bool:
        return self._here.x() < self._start.x()

    def _chosen(self, at: Pointer) -> frozenset[str]:
        inside = frozenset(self.bench.scene.places.nodes_in(self._rect, touching=self._touching))
        if self._here == self._start:
            inside = frozenset()
        if at.holds(Qt.KeyboardModifier.ControlModifier):
            return self._before ^ inside
        return self._before | inside if at.holds(Qt.KeyboardModifier.ShiftModifier) else inside
