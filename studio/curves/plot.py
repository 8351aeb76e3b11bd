"""One plot of curves: draws what lies in view, as few points as pixels need, with marks and a crosshair."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, Signal

from studio.arrays import np
from studio.curves.chart import Chart
from studio.curves.level import Level
from studio.curves.mark import Mark, ShownMark
from studio.curves.shown_level import ShownLevel
from studio.curves.style import DENSE, Line, Style
from studio.looks.appearance import mixed
from studio.looks.theme import Theme

if TYPE_CHECKING:
    from studio.curves.data import Floats

DOTS = 40
"""A curve of fewer points shows each as a dot; a single point would be invisible without."""

DOT_SPACE_PX = 10
"""Closer than that dots would hide the line."""

WORDS_WIDTH_PX = 170
"""A narrower plot shows marks without words."""

LEVEL_WORDS_WIDTH_PX = 400
"""A narrower plot shows levels by numbers: three names beside each other would run over its edge."""

TIGHT = 0.7
"""A range of y that values fill to this part fits well enough while a run goes on."""


class CurvePlot(QObject):
    """Draws lines by their keys. It keeps no data: `draw` is called again when data or view have changed.

    Items that are not needed are hidden and used again. None is ever destroyed while the plot stands: the scene may
    still use it, and Python may drop the last reference in the thread that trains.
    """

    moved = Signal()  # a person has moved or zoomed it
    x_changed = Signal(object)  # (left, right), whoever changed it

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.name = name
        self.chart = Chart(title)
        self._log = False
        self._items: dict[Hashable, pg.PlotCurveItem] = {}
        self._dots: dict[Hashable, pg.ScatterPlotItem] = {}
        self._spare_items: list[pg.PlotCurveItem] = []
        self._spare_dots: list[pg.ScatterPlotItem] = []
        self.marks: list[ShownMark] = []
        self._spare_marks: list[ShownMark] = []
        self.levels: list[ShownLevel] = []
        self._level_color = self._number_color = self._paper = ""
        self._drawn: dict[Hashable, tuple[object, ...]] = {}
        self._bounds: dict[Hashable, tuple[float, float]] = {}
        self._behind: set[Hashable] = set()
        self._cross = pg.InfiniteLine(angle=90)
        self._cross.setZValue(20)
        self._cross.hide()
        self.box.addItem(self._cross, ignoreBounds=True)
        self.box.sigRangeChangedManually.connect(self._on_moved)
        self.box.sigXRangeChanged.connect(self._on_x_changed)

    @property
    def box(self) -> pg.ViewBox:
        """Where the lines are."""
        return self.chart.box

    def _on_moved(self, _axes: object) -> None:
        self.moved.emit()

    def _on_x_changed(self, _box: object, view: tuple[float, float]) -> None:
        self.x_changed.emit(tuple(view))

    def call(self, name: str, title: str) -> None:
        """Be the plot of other values."""
        self.name = name
        self.chart.call(title)

    def restyle(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.chart.restyle(theme)
        self._cross.setPen(pg.mkPen(theme.muted_text, width=1))
        self._level_color = mixed(theme.muted_text, theme.base, 0.35)
        self._number_color, self._paper = theme.muted_text, theme.base

    def label_x(self, words: str) -> None:
        """Say below the plot what x is; with "" the room is the curves'."""
        if self.chart.bottom.labelText != words:
            self.chart.bottom.setLabel(words)
            self.chart.bottom.showLabel(bool(words))

    def set_log(self, log: bool) -> None:
        """Show the logarithm of y; what is zero or less has none and is not drawn."""
        if log != self._log:
            self._log = log
            self.chart.left.setLogMode(log)

    def draw(self, lines: Mapping[Hashable, Line], *, fit_y: bool, jumps: bool = False) -> None:
        """Draw these lines over the x range that is in view, and no others.

        With `jumps` a range that fits y well enough is left alone: axes that stand still cost nothing.
        """
        left, right = self.chart.x_range
        columns = max(int(self.box.width()), 50)  # a line is no finer than that
        ratio = self.device_ratio()
        for key in self._items.keys() - lines.keys():
            self._drop(key)
        self._behind = {key for key, line in lines.items() if line.behind}
        for key, line in lines.items():
            state = (line, len(line.series), left, right, columns, ratio, self._log)
            if self._drawn.get(key) == state:
                continue
            self._drawn[key] = state
            x, y = line.series.between(left / line.scale, right / line.scale, columns)
            x, y = self._to_screen(x * line.scale, y)
            self._draw_line(key, line.style, x, y)
            self._bounds.pop(key, None)
            if len(y):
                self._bounds[key] = float(y.min()), float(y.max())
        if fit_y:
            self._fit_y(jumps)

    def device_ratio(self) -> float:
        """Pixels of the screen in one of ours."""
        widget = self.chart.getViewWidget()
        return float(widget.devicePixelRatioF()) if widget is not None else 1.0

    def _to_screen(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        if not self._log:
            return x, y
        positive = y > 0
        return x[positive], np.log10(y[positive])

    def _draw_line(self, key: Hashable, style: Style, x: Floats, y: Floats) -> None:
        item = self._items.get(key)
        if item is None:
            if self._spare_items:
                item = self._spare_items.pop()
                item.show()
            else:
                item = pg.PlotCurveItem(skipFiniteCheck=True)
                self.box.addItem(item, ignoreBounds=True)
            self._items[key] = item
            item.setZValue(10 * style.strength)
        item.setData(
            x,
            y,
            pen=style.pen(len(x), self.device_ratio()),
            antialias=len(x) < DENSE,
            skipFiniteCheck=True,
        )
        most = min(DOTS, max(self.box.width() / DOT_SPACE_PX, 1)) if style.dots else 1
        if 0 < len(x) <= most:  # a single point would not be seen as a line
            dots = self._dots.get(key)
            if dots is None:
                if self._spare_dots:
                    dots = self._spare_dots.pop()
                    dots.show()
                else:
                    dots = pg.ScatterPlotItem(pxMode=True)
                    self.box.addItem(dots, ignoreBounds=True)
                self._dots[key] = dots
                dots.setZValue(10 * style.strength)
            dots.setData(
                x, y, symbol="s" if style.dashed else "o", size=5, pen=None, brush=style.shade
            )
        elif key in self._dots:
            self._put_dots_by(key)

    def _put_dots_by(self, key: Hashable) -> None:
        dots = self._dots.pop(key)
        dots.hide()
        self._spare_dots.append(dots)

    def _drop(self, key: Hashable) -> None:
        self._drawn.pop(key, None)
        self._bounds.pop(key, None)
        item = self._items.pop(key)
        item.hide()
        self._spare_items.append(item)
        if key in self._dots:
            self._put_dots_by(key)

    def _fit_y(self, jumps: bool) -> None:
        if not self._bounds:
            return
        levels = [each.level.value for each in self.levels if each.level is not None]
        heights = [
            math.log10(each) if self._log else each for each in levels if each > 0 or not self._log
        ]
        front = [span for key, span in self._bounds.items() if key not in self._behind]
        low, high = _around(front or list(self._bounds.values()))
        most = high - low or max(abs(high), 1.0)
        near = [
            each
            for each in (*self._bounds.values(), *((height, height) for height in heights))
            if low - most <= each[0] and each[1] <= high + most
        ]
        low, high = _around([(low, high), *near])
        room = (0.12 if heights else 0.06) * (high - low) or max(
            abs(high) * 0.1, 0.1 if self._log else 1e-9
        )
        bottom, top = self.box.viewRange()[1]
        enough = bottom <= low and high <= top and high - low >= TIGHT * (top - bottom)
        if not (jumps and enough):
            self.box.setYRange(low - room, high + room, padding=0)

    def show_marks(self, marks: list[Mark]) -> None:
        """Show these marks, and no others; words only where there is room for them."""
        if self.box.width() < WORDS_WIDTH_PX:
            marks = [replace(mark, words="") for mark in marks]
        while len(self.marks) > len(marks):
            self.marks[-1].hide()
            self._spare_marks.append(self.marks.pop())
        while len(self.marks) < len(marks):
            self.marks.append(self._spare_marks.pop() if self._spare_marks else ShownMark(self.box))
        for shown, mark in zip(self.marks, marks, strict=True):
            shown.show(mark, log=self._log)

    @property
    def names_levels(self) -> bool:
        """Whether it is wide enough for the names of levels."""
        return bool(self.box.width() >= LEVEL_WORDS_WIDTH_PX)

    def show_levels(self, levels: Sequence[Level], numbers: Mapping[str, int]) -> None:
        """Show these levels, and no others, before what is drawn next; y reaches to those that are near.

        `numbers` by title stand in a narrow plot for the names, unless there are none.
        """
        while len(self.levels) < len(levels):
            self.levels.append(ShownLevel(self.box))
        for each in self.levels[len(levels) :]:
            each.hide()
        for index, (shown, level) in enumerate(zip(self.levels, levels, strict=False)):
            beside = index % 3  # each other: some lie on one line
            place = 0.02 + 0.24 * beside if self.names_levels else 0.96 - 0.07 * beside
            words = level.title if self.names_levels else str(numbers.get(level.title, ""))
            shown.show(
                level,
                log=self._log,
                color=self._number_color if words.isdigit() else self._level_color,
                place=place,
                words=words,
                paper=self._paper if words.isdigit() else "",
            )

    def show_cross(self, x: float | None) -> None:
        """Show the crosshair at x, or hide it."""
        self._cross.setVisible(x is not None)
        if x is not None:
            self._cross.setPos(x)

    def x_at(self, scene_position: QPointF) -> float | None:
        """The x below a point of the scene, if it lies inside the plot."""
        if not self.box.sceneBoundingRect().contains(scene_position):
            return None
        return float(self.box.mapSceneToView(scene_position).x())

    def drawn(self) -> Mapping[Hashable, tuple[Floats, Floats]]:
        """What is on the screen now, by key."""
        return {key: item.getData() for key, item in self._items.items()}


def _around(spans: list[tuple[float, float]]) -> tuple[float, float]:
    return min(low for low, _ in spans), max(high for _, high in spans)
