"""A bare chart: title, two axes and a box between them, in the theme's colours, without pyqtgraph's menus."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPaintEngine,
    QPainter,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication

from studio.looks.theme import Theme

LARGE, MOST_PLACES = 1e6, 5
"""Numbers beside an axis are written with an exponent beyond."""

AXIS_PX, WIDE_AXIS_PX = 50, 68
"""How wide the left axis is, and where numbers of six digits stand beside its label."""

GRID_ALPHA = 46
"""How strongly the grid is drawn, of 255."""


class PlainAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis that paints its lines and words itself: ten times faster than pyqtgraph's QPicture with a grid.

    The left one writes 0.001 as 0.001 and 1e-05 as 1e-05, also on a log scale, without any prefix.
    """

    picture: Any  # pyqtgraph's: None when range or size have changed

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.enableAutoSIPrefix(False)
        self.setStyle(maxTickLevel=1)
        self._specs: Any = None
        self._shown: dict[object, QPixmap] = {}  # at most one, as it stands on the screen

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The words beside the ticks."""
        if self.orientation != "left":
            return list(super().tickStrings(values, scale, spacing))
        if self.logMode:
            return [f"{10**value:.3g}" for value in values]
        places = max(0, -math.floor(math.log10(spacing))) if spacing > 0 else 0
        return [
            f"{value:.3g}" if abs(value) >= LARGE or places > MOST_PLACES else f"{value:.{places}f}"
            for value in values
        ]

    def paint(self, painter: QPainter, _option: object, _widget: object = None) -> None:
        """Paint from what was worked out when range or size changed; pyqtgraph says so by `picture`.

        On a screen it is painted once, and then shown: while a run goes on, ten times a second.
        """
        if self.picture is None:
            self._specs = self.generateDrawSpecs(painter)
            self._shown.clear()
            self.picture = True
        if self._specs is None:
            return
        engine, device, place = painter.paintEngine(), painter.device(), painter.worldTransform()
        changed = place.isScaling() or place.isRotating()
        if engine is None or engine.type() != QPaintEngine.Type.Raster or changed:
            self._paint_anew(painter)  # into a drawing, which is made of lines and words
            return
        ratio = device.devicePixelRatio() if device is not None else 1.0
        shift = QPointF(place.dx() % 1, place.dy() % 1)
        rect = QRectF(self.boundingRect().toAlignedRect().adjusted(-1, -1, 1, 1))
        key = ratio, shift.toTuple(), rect.getRect()
        if key not in self._shown:
            self._shown.clear()
            self._shown[key] = self._picture(painter, rect, shift, ratio)
        painter.drawPixmap(rect.topLeft() - shift, self._shown[key])

    def _picture(self, like: QPainter, rect: QRectF, shift: QPointF, ratio: float) -> QPixmap:
        made = QPixmap((rect.size() * ratio).toSize())
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setFont(like.font())
        painter.translate(shift - rect.topLeft())
        self._paint_anew(painter)
        painter.end()
        return made

    def _paint_anew(self, painter: QPainter) -> None:
        (pen, start, end), ticks, words = self._specs
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen)
        painter.drawLine(start, end)
        lines: dict[int, list[QLineF]] = {}
        pens: dict[int, QPen] = {}
        for tick_pen, first, second in ticks:
            color = tick_pen.color().rgba()
            pens[color] = tick_pen
            lines.setdefault(color, []).append(QLineF(first, second))
        for color, each in lines.items():
            painter.setPen(pens[color])
            painter.drawLines(each)
        painter.setPen(self.textPen())
        written: list[QRectF] = []
        for rect, flags, text in words:
            if not any(
                rect.intersects(each) for each in written
            ):  # in a low plot there is no room for all
                painter.drawText(rect, int(flags), text)
                written.append(rect)


class _Title(pg.GraphicsWidget):  # type: ignore[misc]
    """One line of text in the middle, elided where there is no room: it never makes a chart wider."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words, self._color = words, QColor()
        self._font = QFont(QApplication.font())
        self.setFixedHeight(QFontMetricsF(self._font).height() + 4)

    def say(self, words: str) -> None:
        """Write these words."""
        self._words = words
        self.update()

    def wear(self, color: str) -> None:
        """Write in this colour."""
        self._color = QColor(color)
        self.update()

    def paint(self, painter: QPainter, _option: object, _widget: object = None) -> None:
        """Write the words."""
        painter.setFont(self._font)
        painter.setPen(self._color)
        room = self.rect()
        words = QFontMetricsF(self._font).elidedText(
            self._words, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)


class Chart(pg.GraphicsLayout):  # type: ignore[misc]
    """Items go into `box`. pyqtgraph's PlotItem would bring seven menus along that nobody deletes."""

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self.words = title
        self.box = pg.ViewBox(enableMenu=False, defaultPadding=0)
        self.left, self.bottom = PlainAxis("left"), PlainAxis("bottom")
        self._title = _Title(title)
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(0)
        if title:
            self.addItem(self._title, 0, 1)
        self.addItem(self.left, 1, 0)
        self.addItem(self.box, 1, 1)
        self.addItem(self.bottom, 2, 1)
        self.layout.setRowStretchFactor(1, 1)
        self.layout.setColumnStretchFactor(1, 1)
        for axis in (self.left, self.bottom):
            axis.linkToView(self.box)
            axis.setZValue(0.5)
        self.left.setWidth(AXIS_PX)
        self.box.disableAutoRange()

    def call(self, title: str) -> None:
        """Write another title above."""
        self.words = title
        self._title.say(title)

    def restyle(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._title.wear(theme.text)
        for axis in (self.left, self.bottom):
            axis.setPen(theme.border)
            axis.setTextPen(theme.muted_text)
            axis.setGrid(GRID_ALPHA)
            if axis.labelText:
                axis.setLabel(axis.labelText, color=theme.muted_text)

    @property
    def x_range(self) -> tuple[float, float]:
        """What lies between the left and the right side."""
        left, right = self.box.viewRange()[0]
        return float(left), float(right)
