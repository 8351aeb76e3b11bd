"""A level in a plot: a quiet horizontal line with the name of the simple model that reaches it."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont

from studio.curves.level import Level

ON_LINE, IN_LINE = [(0, 1), (0, 0)], [(0.5, 0.5), (0.5, 0.5)]
"""Which point of the words lies at their place, in the lower and in the upper half of the plot."""


class ShownLevel:
    """The item of one level in a box: made once, and hidden rather than destroyed."""

    def __init__(self, box: pg.ViewBox) -> None:
        self.level: Level | None = None
        self._state: object = None
        self.line = pg.InfiniteLine(angle=0)
        self.line.setZValue(-5)
        self.label = pg.InfLineLabel(self.line, "", anchors=ON_LINE, movable=False)
        font = QFont(self.label.textItem.font())
        font.setPointSizeF(8.0)
        self.label.setFont(font)
        box.addItem(self.line, ignoreBounds=True)

    def show(
        self, level: Level, *, log: bool, color: str, place: float, words: str, paper: str = ""
    ) -> None:
        """Stand at this level; `place` is where the words are, as a part of the width.

        With a `paper` they interrupt the line, and cover what is behind with this colour; else they stand on it.
        """
        drawn = not log or level.value > 0
        self.line.setVisible(drawn)
        state = (level, log, color, paper, place, words)
        if not drawn or state == self._state:
            return
        self.level, self._state = level, state
        self.line.setPen(pg.mkPen(color, width=1, style=Qt.PenStyle.DashDotLine))
        self.label.setColor(color)
        self.label.fill = pg.mkBrush(paper or None)
        self.label.anchors = IN_LINE if paper else ON_LINE
        self.label.setFormat(words)
        self.label.setPosition(place)
        self.line.setValue(math.log10(level.value) if log else level.value)

    def hide(self) -> None:
        """Be ready for another level."""
        self.level = self._state = None
        self.line.hide()
