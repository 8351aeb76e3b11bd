"""All plots of a run side by side: one x range for all, one crosshair through all, earlier runs behind."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.curves.data import Series, Smoothed
from studio.curves.mark import Mark
from studio.curves.options import Options
from studio.curves.plot import CurvePlot
from studio.curves.run import Key, RunCurves
from studio.curves.style import Line, Style
from studio.looks.theme import Theme

WIDE = 1.7
"""How many times wider than high a plot likes to be."""

KEY_STEPS = 50
"""An arrow key moves the crosshair by this part of the range where there are no epochs to step through."""

ROOMY = 180
"""Where a plot has less height in pixels, no words stand below it."""

JUMP = 1.2
"""While a run goes on, x reaches so many times as far as the last value."""


class CurveView(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Draws runs; it is told when to, and keeps no data but averages that it has computed."""

    cursor_moved = Signal(object)  # step as float, or None
    view_changed = Signal()  # a person has moved or zoomed, or the size is another: draw again

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Curves")
        self.setAccessibleDescription(
            "Arrow keys move the crosshair, plus and minus zoom, 0 shows everything."
        )
        self.setMouseTracking(True)
        self.ci.setContentsMargins(4, 4, 10, 2)
        self.ci.setSpacing(4)
        self.plots: dict[str, CurvePlot] = {}
        self._spare: list[CurvePlot] = []
        self.fitted = True
        self.cursor: float | None = None
        self._columns = 0
        self._linking = False
        self._fitted_x = 0.0
        self._run = RunCurves()
        self._options = Options()
        self._smoothed: weakref.WeakKeyDictionary[Series, Smoothed] = weakref.WeakKeyDictionary()
        self.set_theme(theme)

    def minimumSizeHint(self) -> QSize:
        """A dock may be made small."""
        return QSize(160, 110)

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours; the next `draw` takes them."""
        self._theme = theme
        self.setBackground(theme.base)
        for plot in (*self.plots.values(), *self._spare):
            plot.restyle(theme)

    def style_of(self, key: Key, run: RunCurves) -> Style:
        """How a curve of the run that stands in front looks."""
        colors = self._theme.series
        if key.run:
            color = colors[tuple(run.paces).index(key.run) % len(colors)]
            return Style(color, key.split == "train", background=self._theme.base)
        objectives = list(
            dict.fromkeys(each.objective for each in run.curves if each.per == "step")
        )
        if key.per == "step":
            place = objectives.index(key.objective) if key.objective in objectives else 0
            color = colors[0 if place == 0 else (2 + place) % len(colors)]
            strength = 0.65 if self._theme.dark else 0.5
            return Style(color, False, 1.0, strength, dots=False, background=self._theme.base)
        order = {"train": 0, "val": 1, "test": 2}
        return Style(
            colors[order.get(key.split, 2)], key.split == "val", background=self._theme.base
        )

    def draw(
        self,
        run: RunCurves,
        past: Sequence[RunCurves],
        options: Options,
        is_shown: Callable[[Key], bool],
        *,
        number_levels: bool = False,
    ) -> None:
        """Draw a run, and the past ones behind it, the newest of them first.

        With `number_levels` a legend says what a number in a plot too narrow for names stands for.
        """
        self._run, self._options = run, options
        self._have_plots(run)
        ghosts = past if options.ghosts else ()
        if self.fitted:
            self._fit_x([run, *ghosts])
        rows = -(-len(self.plots) // self._columns) if self._columns else 1
        roomy = self.height() / rows > ROOMY
        words = ("Epoch" if options.by_epoch else "Step") if roomy else ""
        titles = run.level_titles if number_levels else ()
        numbers = {title: number for number, title in enumerate(titles, 1)}
        for name, plot in self.plots.items():
            plot.set_log(options.log)
            plot.label_x(words)
            plot.show_levels(run.levels.get(name, ()) if options.levels else (), numbers)
            lines: dict[Hashable, Line] = {}
            for age, ghost in reversed(list(enumerate(ghosts))):
                lines |= self._ghost_lines(age, ghost, name, is_shown)
            lines |= self._run_lines(run, name, is_shown)
            plot.draw(lines, fit_y=self.fitted, jumps=run.live)
            plot.show_marks(self._marks(run, name, is_shown))
        self._draw_cross()
        self.scene().prepareForPaint()  # else the first paint finds ranges changed, and asks for a second one

    @property
    def names_levels(self) -> bool:
        """Whether every plot is wide enough for the names of levels."""
        return all(plot.names_levels for plot in self.plots.values())

    def prepare(self, run: RunCurves) -> None:
        """Make the plots that a run will need: while it learns, that would hold up the window."""
        self._have_plots(run)

    def _scale(self, run: RunCurves, key: Key | None = None) -> float:
        pace = run.steps_per_epoch if key is None else run.pace(key)
        return 1.0 / pace if self._options.by_epoch else 1.0

    def smoothed(self, series: Series) -> Series:
        """The series as the options smooth it: itself where they do not."""
        weight = self._options.smoothing
        if weight <= 0 or len(series) < 3:  # of two points an average tells nothing
            return series
        known = self._smoothed.get(series)
        if known is None or known.weight != weight:
            known = self._smoothed[series] = Smoothed(weight)
        return known.follow(series)

    def _run_lines(
        self, run: RunCurves, name: str, is_shown: Callable[[Key], bool]
    ) -> dict[Hashable, Line]:
        lines: dict[Hashable, Line] = {}
        for key, series in run.curves.items():
            if key.name != name or not is_shown(key):
                continue
            scale = self._scale(run, key)
            style = self.style_of(key, run)
            smooth = self.smoothed(series)
            if smooth is not series:
                faint = replace(style, width=1.0, strength=0.28, dots=False)
                lines[key, "raw"] = Line(series, faint, scale)
                style = replace(style, width=2.0 if key.per == "epoch" else 1.6, strength=1.0)
            lines[key] = Line(smooth, style, scale)
        return lines

    def _ghost_lines(
        self, age: int, run: RunCurves, name: str, is_shown: Callable[[Key], bool]
    ) -> dict[Hashable, Line]:
        lines: dict[Hashable, Line] = {}
        with_epochs = any(key.per == "epoch" for key in run.curves)
        for key, series in run.curves.items():
            if key.name != name or not is_shown(key) or (key.per == "step" and with_epochs):
                continue
            style = self.style_of(key, run)
            faint = replace(style, width=1.2, strength=0.45 / (1 + 0.35 * age), dots=False)
            lines[age, key] = Line(self.smoothed(series), faint, self._scale(run), behind=True)
        return lines

    def _marks(self, run: RunCurves, name: str, is_shown: Callable[[Key], bool]) -> list[Mark]:
        marks: list[Mark] = []
        scale = self._scale(run)
        if run.best is not None and run.epochs > 1:
            key = Key(name, "val", "epoch")
            series = run.curves.get(key)
            dot = self.smoothed(series).at(run.best.step) if series and is_shown(key) else None
            words = (
                f"best: epoch {run.best.epoch}" if name == run.names[0] else ""
            )  # once is enough
            marks.append(Mark(run.best.step * scale, words, self._theme.ok, dot))
        if (step := run.first_not_finite(name)) is not None:
            marks.append(
                Mark(step * scale, f"NaN at step {step:,.0f}", self._theme.error, height=0.78)
            )
        elif (step := run.failed_step) is not None and not run.any_not_finite:
            words = f"failed at step {step:,}" if name == run.names[0] else ""
            marks.append(Mark(step * scale, words, self._theme.error, height=0.78))
        return marks

    def _have_plots(self, run: RunCurves) -> None:
        titles = {name: run.plot_title(name) for name in run.names}
        if list(titles) != list(self.plots):
            self._spare.extend(self.plots.values())
            self.plots = {name: self._plot(name, title) for name, title in titles.items()}
            self._columns = 0
        self._arrange()

    def _plot(self, name: str, title: str) -> CurvePlot:
        """A plot that stood here before, or a new one; none is ever destroyed while the scene could still use it."""
        if self._spare:
            plot = self._spare.pop()
            plot.call(name, title)
        else:
            plot = CurvePlot(name, title)
            plot.moved.connect(self._on_moved)
            plot.x_changed.connect(self._link)
        plot.restyle(self._theme)
        return plot

    def _arrange(self) -> None:
        count = len(self.plots)
        if not count:
            return
        width, height = max(self.width(), 1), max(self.height(), 1)
        columns = max(
            range(1, count + 1),
            key=lambda each: min(width / each / WIDE, height / -(-count // each)),
        )
        if columns == self._columns:
            return
        self._columns = columns
        grid = self.ci.layout  # rather than `ci`, which would take the charts out of the scene
        while grid.count():
            grid.removeAt(0)
        for plot in self._spare:
            plot.chart.hide()
        for index, plot in enumerate(self.plots.values()):
            grid.addItem(plot.chart, index // columns, index % columns)
            plot.chart.show()
        for column in range(grid.columnCount()):
            grid.setColumnPreferredWidth(column, 1)
            grid.setColumnStretchFactor(column, 1 if column < columns else 0)
        for row in range(grid.rowCount()):
            grid.setRowPreferredHeight(row, 1)
            grid.setRowStretchFactor(row, 1 if row <= (count - 1) // columns else 0)
        grid.activate()  # now: what is drawn next asks how wide the boxes are

    def _fit_x(self, runs: Sequence[RunCurves]) -> None:
        low, high = float("inf"), float("-inf")
        if self._run.failed_step is not None and not self._run.empty:
            low = high = self._run.failed_step * self._scale(self._run)
        for run in runs:
            for key, series in run.curves.items():
                if series.reach is not None:
                    scale = self._scale(run, key)
                    low = min(low, series.reach[0] * scale)
                    high = max(high, series.reach[1] * scale)
        if low > high:
            return
        if self._run.live:  # in jumps: axes that stand still cost nothing to draw
            furthest = low + (high - low) * JUMP * 1.02
            if not high <= self._fitted_x <= furthest:
                self._fitted_x = low + (high - low) * JUMP
            high = self._fitted_x
        room = 0.02 * (high - low) or 0.5
        left, right = low - room, high + room
        for plot in self.plots.values():
            if plot.chart.x_range != (left, right):
                self._set_x(left, right)
                return

    def _set_x(self, left: float, right: float) -> None:
        self._linking = True
        for plot in self.plots.values():
            plot.box.setXRange(left, right, padding=0)
        self._linking = False

    def _link(self, view: tuple[float, float]) -> None:
        if not self._linking:
            self._set_x(*view)
            self.view_changed.emit()

    def _on_moved(self) -> None:
        self.fitted = False
        self.view_changed.emit()

    def fit(self) -> None:
        """Show everything, and follow what comes."""
        self.fitted = True
        self.view_changed.emit()

    def zoom(self, factor: float) -> None:
        """Show so many times as much of x, around the crosshair or the middle."""
        if not self.plots:
            return
        left, right = next(iter(self.plots.values())).chart.x_range
        around = (
            self.cursor * self._scale(self._run) if self.cursor is not None else (left + right) / 2
        )
        self.fitted = False
        self._set_x(around + (left - around) * factor, around + (right - around) * factor)
        self.view_changed.emit()

    def set_cursor(self, step: float | None) -> None:
        """Put the crosshair at a step, or take it away."""
        if step != self.cursor:
            self.cursor = step
            self._draw_cross()
            self.cursor_moved.emit(step)

    def _draw_cross(self) -> None:
        for plot in self.plots.values():
            plot.show_cross(None if self.cursor is None else self.cursor * self._scale(self._run))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The crosshair follows the mouse."""
        super().mouseMoveEvent(event)
        point = self.mapToScene(event.position().toPoint())
        places = (plot.x_at(QPointF(point)) for plot in self.plots.values())
        x = next((place for place in places if place is not None), None)
        self.set_cursor(None if x is None else max(round(x / self._scale(self._run)), 0))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click shows everything again."""
        super().mouseDoubleClickEvent(event)
        self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        """No crosshair without a mouse."""
        super().leaveEvent(event)
        self.set_cursor(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the crosshair, plus and minus zoom, 0 fits, Escape takes the crosshair away."""
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step_cursor(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(1.4 if key == Qt.Key.Key_Minus else 1 / 1.4)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_Escape and self.cursor is not None:
            self.set_cursor(None)
        else:
            event.ignore()  # the window may know the key

    def _step_cursor(self, direction: int) -> None:
        if not self.plots:
            return
        left, right = (
            x / self._scale(self._run) for x in next(iter(self.plots.values())).chart.x_range
        )
        if self.cursor is None:
            self.set_cursor(float(round(right if direction < 0 else max(left, 0))))
            return
        epochs = sorted(
            {
                x
                for key, series in self._run.curves.items()
                if key.per == "epoch"
                for x in series.x.tolist()
            }
        )
        ahead = [x for x in epochs if (x - self.cursor) * direction > 0]
        step = min(ahead, key=lambda x: abs(x - self.cursor)) if ahead and len(epochs) > 1 else None
        if step is None:
            step = min(
                max(round(self.cursor + direction * (right - left) / KEY_STEPS), round(left)),
                round(right),
            )
        self.set_cursor(float(step))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size may want another arrangement."""
        super().resizeEvent(event)
        if getattr(self, "plots", None):  # Qt resizes while the base class is still being made
            self._arrange()
            self.view_changed.emit()
