"""A level in a plot: a quiet horizontal line with the name of the simple model that reaches it."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont

from studio.curves.level import Level


class ShownLevel:
    """The item of one level in a box: made once, and hidden rather than destroyed."""

    def __init__(self, box: pg.ViewBox) -> None:
        self.level: Level | None = None
        self._state: object = None
        self.line = pg.InfiniteLine(angle=0)
        self.line.setZValue(-5)
        self.label = pg.InfLineLabel(self.line, "", anchors=[(0, 1), (0, 0)], movable=False)
        font = QFont(self.label.textItem.font())
        font.setPointSizeF(8.0)
        self.label.setFont(font)
        box.addItem(self.line, ignoreBounds=True)

    def show(self, level: Level, *, log: bool, color: str, place: float, words: bool) -> None:
        """Stand at this level; `place` is where the words begin, as a part of the width."""
        drawn = not log or level.value > 0
        self.line.setVisible(drawn)
        state = (level, log, color, place, words)
        if not drawn or state == self._state:
            return
        self.level, self._state = level, state
        self.line.setPen(pg.mkPen(color, width=1, style=Qt.PenStyle.DashDotLine))
        self.label.setColor(color)
        self.label.setFormat(level.title if words else "")
        self.label.setPosition(place)
        self.line.setValue(math.log10(level.value) if log else level.value)

    def hide(self) -> None:
        """Be ready for another level."""
        self.level = self._state = None
        self.line.hide()
