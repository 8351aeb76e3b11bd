"""How a curve is drawn: its colour, its dashes, its width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from studio.looks.appearance import mixed

if TYPE_CHECKING:
    from studio.curves.data import Series

DENSE = 250
"""From so many points in view a line is drawn solid, thin and with hard edges: dashes would melt together, and Qt
takes a hundred times as long for wide soft ones."""


@dataclass(frozen=True)
class Style:
    """How a curve looks. `strength` is 0 to 1; dashes tell validation from training without colour.

    A faint line is mixed with the background rather than transparent: wide transparent lines of some
    thousand points take Qt a quarter of a second, opaque ones milliseconds.
    """

    color: str
    dashed: bool = False
    width: float = 2.0
    strength: float = 1.0
    dots: bool = True
    background: str = "#ffffff"

    @property
    def shade(self) -> str:
        """The colour as it is painted."""
        return mixed(self.color, self.background, 1 - self.strength)

    def pen(self, points: int = 0, ratio: float = 1.0) -> QPen:
        """The pen for so many points in view, on a screen with `ratio` pixels in one of ours."""
        pen = QPen(QColor(self.shade), (self.width if points < DENSE else 1.0) * ratio)
        pen.setCosmetic(True)  # as wide at every zoom
        if self.dashed and points < DENSE:
            pen.setStyle(Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([4.0, 2.5])
        return pen


@dataclass(frozen=True)
class Line:
    """One curve to draw; x of the series times `scale` is x of the plot.

    One of an earlier run stands `behind`: where it lies far outside the others, y does not stretch to it.
    """

    series: Series
    style: Style
    scale: float = 1.0
    behind: bool = False
