"""A mark in a plot: a vertical line with words and a star, for the best epoch or a value that was no number."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont


@dataclass(frozen=True)
class Mark:
    """A vertical line, with words unless they are "": the best epoch, or where a value was no number."""

    x: float
    words: str
    color: str
    dot: float | None = None  # y of a star on the line
    height: float = 0.93  # where the words stand, as a part of the plot's height


class ShownMark:
    """The items of one mark in a box: made once, because that takes milliseconds, and hidden rather than destroyed."""

    def __init__(self, box: pg.ViewBox) -> None:
        self.mark: Mark | None = None
        self._log = False
        self.line = pg.InfiniteLine(angle=90)
        anchors = [(0, 0.5), (1, 0.5)]
        self.label = pg.InfLineLabel(self.line, "", anchors=anchors, rotateAxis=None)
        font = QFont(self.label.textItem.font())
        font.setPointSizeF(8.5)
        self.label.setFont(font)
        self.star = pg.ScatterPlotItem(symbol="star", size=13, pen=None)
        self.star.setZValue(15)
        box.addItem(self.line, ignoreBounds=True)
        box.addItem(self.star, ignoreBounds=True)

    def show(self, mark: Mark, *, log: bool) -> None:
        """Stand where this mark says; `log` where y is shown as a logarithm."""
        self.line.show()
        if (mark, log) == (self.mark, self._log):
            self.star.setVisible(self._has_star)
            return
        before, self.mark, self._log = self.mark, mark, log
        if before is None or before.color != mark.color:
            self.line.setPen(pg.mkPen(mark.color, width=1, style=Qt.PenStyle.DotLine))
            self.label.setColor(mark.color)
            self.star.setBrush(mark.color)
        if before is None or before.words != mark.words:
            self.label.setFormat(mark.words)
        if before is None or before.height != mark.height:
            self.label.setPosition(mark.height)
        self.line.setValue(mark.x)
        self.star.setVisible(self._has_star)
        if mark.dot is not None and self._has_star:
            self.star.setData([mark.x], [math.log10(mark.dot) if log else mark.dot])

    @property
    def _has_star(self) -> bool:
        dot = self.mark.dot if self.mark is not None else None
        return dot is not None and (dot > 0 or not self._log)

    def hide(self) -> None:
        """Be ready for another mark."""
        self.line.hide()
        self.star.hide()
