"""The curves: loss and metrics of the run that goes on, live, with the last runs behind it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QLabel,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from graphs.content import Document
from graphs.inner_ends import ends_of
from lightning_modules.events import Event
from lightning_modules.job import Job
from lightning_modules.run_places import last_runs, read_events
from studio.curves.bar import CurvesBar
from studio.curves.export import write_csv, write_curves
from studio.curves.legend import Extent, Legend
from studio.curves.run import Key, RunCurves
from studio.looks.theme import DARK, LIGHT, Theme
from studio.pace import Frames
from studio.store import Store
from studio.training import Trainer
from studio.value_words import titles_of
from studio.warm_up import is_loaded

if TYPE_CHECKING:
    from studio.curves.view import CurveView

BESIDE: dict[Extent, int] = {"full": 260, "compact": 190}
WIDE = 1.8
"""The legend stands beside the plots, so many pixels wide, where it leaves them so many times wider than high."""

LEAST_PLOT_PX = 90
"""Where the legend would leave less height for the plots it goes: lines too small to read need no names."""

EXTENTS: tuple[Extent, ...] = ("full", "compact", "curves")
"""Of the legend, the most wished for first; the first that leaves the plots their height is taken."""

GHOSTS = 4
"""How many earlier runs are kept."""

QWIDGETSIZE_MAX = 2**24 - 1
"""Qt's own name for "as wide as it likes", which PySide does not have."""

EXPORTS = "Picture (*.png);;Drawing (*.svg);;Numbers (*.csv)"
EXPORTS_IN_DARK = "Picture on dark paper (*.png);;Drawing on dark paper (*.svg)"

EMPTY = "Press Train to see curves here."
WAITING = "Training starts: the first values will appear here."


class CurvesPanel(QWidget):
    """Plots, legend and what a person may choose; draws 4 to 11 times a second, and only what is new."""

    def __init__(
        self, store: Store, theme: Theme, trainer: Trainer, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("curves")
        self.setWindowTitle("Curves")
        self._store, self._theme, self._trainer = store, theme, trainer
        self.run = RunCurves()
        self.past: deque[RunCurves] = deque(maxlen=GHOSTS)
        self.compared: RunCurves | None = None
        self.redraws = 0
        self._frames = Frames(self._draw_if_can, self)
        self._writing = False
        self.legend = Legend(theme)
        self.bar = CurvesBar(GHOSTS)
        self.options = self.bar.options
        self._view: CurveView | None = None
        self._empty = QLabel(EMPTY)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._note.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 6, 8, 6)
        rows.setSpacing(4)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.addWidget(self.legend)
        self.legend.hide()
        self._body.addWidget(self._pages, 1)
        rows.addWidget(self.bar)
        rows.addLayout(self._body, 1)
        rows.addWidget(self._note)
        self.legend.changed.connect(self._mark_stale)
        self.bar.changed.connect(self._choose)
        self.bar.watching_changed.connect(self._fit)  # other values, another range
        self.bar.fit_requested.connect(self._fit)
        self.bar.export_requested.connect(self.export)
        store.opened.connect(self._reopen)
        trainer.started.connect(self._begin)
        trainer.progressed.connect(self.take)
        trainer.ended.connect(self.take)
        self.set_theme(theme)

    @property
    def view(self) -> CurveView:
        """The plots. Made when first asked for: the window shows without pyqtgraph, which takes long to import."""
        if self._view is None:
            from studio.curves.view import CurveView

            view = self._view = CurveView(self._theme)
            self._pages.addWidget(view)
            view.view_changed.connect(self._mark_stale)
            view.cursor_moved.connect(self._show_values)
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            view.customContextMenuRequested.connect(self._open_menu)
        return self._view

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        if self._view is not None:
            self._view.set_theme(theme)
        self._empty.setStyleSheet(
            f"color: {theme.muted_text}; background: {theme.base}; font-size: 13pt;"
        )
        self._mark_stale()

    def show_run(self, events: Iterable[Event], document: Document | None = None) -> None:
        """Show a run that was recorded; the one shown so far goes behind it."""
        self._show(RunCurves(titles_of((document or self._store.document).main)).take_all(events))

    def show_past(self, runs: Iterable[Iterable[Event]]) -> None:
        """Have these recorded runs, the newest first, behind the one in front."""
        self.past.extend(
            RunCurves(titles_of(self._store.document.main)).take_all(events) for events in runs
        )
        self._mark_stale()

    def compare(self, runs: RunCurves | None) -> None:
        """Show curves of several runs in place of all others; None goes back."""
        if runs is not self.compared:
            self.compared = runs
            self._fit()

    @Slot()
    def _reopen(self) -> None:
        self._note.hide()
        self.compare(None)
        if self._trainer.running:
            return  # what runs stays in sight, whatever is opened meanwhile
        self.run = RunCurves()
        self.past.clear()
        self._empty.setText(EMPTY)
        if self._store.path is not None:
            self.show_past(filter(None, map(read_events, last_runs(self._store.path, GHOSTS))))
        self._mark_stale()

    @Slot(object)
    def _begin(self, job: Job) -> None:
        self.compare(None)
        metrics = tuple(ends_of(job.document.main, "metric"))
        self._show(RunCurves(titles_of(job.document.main), ("loss", *metrics)))
        self._empty.setText(WAITING)
        if self._front is self.run and is_loaded("pyqtgraph"):
            self.view.prepare(self.run)

    def _show(self, run: RunCurves) -> None:
        if not self.run.empty:
            self.past.appendleft(self.run)
        self.run = run
        if self._view is not None:
            self._view.set_cursor(None)
        self._note.hide()
        self._fit()

    @Slot()
    def _fit(self) -> None:
        if self._view is not None:
            self._view.fitted = True
        self._mark_stale()

    @Slot(object)
    def take(self, event: Event) -> None:
        """Add what an event of the running run tells; it is drawn in its turn."""
        self.run.take(event)
        self._frames.want(soon=False)

    def _mark_stale(self) -> None:
        self._frames.want(soon=True)

    def _draw_if_can(self) -> bool:
        can = self._front.empty or self._can_draw()
        if can:
            self.redraw()
        return can

    def _can_draw(self) -> bool:
        """Whether plots can be made at once. If not, what they need is being imported beside the window."""
        if self._view is not None or is_loaded("pyqtgraph"):
            return True
        self._trainer.warm_up()
        return not (self._trainer.warming or self._trainer.ends_with_window)

    def redraw(self) -> None:
        """Draw now what is there."""
        self.redraws += 1
        if self._front.empty:
            self._empty.setText(WAITING if self._empty.text() == WAITING else EMPTY)
            self._pages.setCurrentWidget(self._empty)
            self.legend.show_curves({}, self._theme)
            self.legend.hide()  # the words take all the room
            return
        front = self._front
        self._pages.setCurrentWidget(self.view)
        styles = {key: (front.title(key), self.view.style_of(key, front)) for key in front.ordered}
        self.legend.show_curves(styles, self._theme)
        levels = front.level_titles if self.options.levels else ()
        self.legend.show_levels(levels, numbered=not self.view.names_levels)
        self._place_legend()
        behind = [run for run in self.past if front not in (run, self.compared)]
        if self.bar.watching.isChecked():
            behind = [run.as_watched for run in behind if self.run is not run]
        seen = self.legend.isVisibleTo(self) and self.legend.extent != "curves"
        self.view.draw(
            front, behind, self.options, self.legend.is_shown, number_levels=seen or self._writing
        )
        self.legend.show_levels(levels, numbered=not self.view.names_levels)
        self._show_values(self.view.cursor)

    @property
    def _front(self) -> RunCurves:
        if self.compared is not None:
            return self.compared
        found = self.past[0] if self.run.empty and self.past else self.run  # until a value comes
        return found.as_watched if self.bar.watching.isChecked() and found.watched else found

    def values_at(self, step: float | None) -> dict[Key, float | None]:
        """The value of every curve at a step as it is drawn, or its last."""
        values: dict[Key, float | None] = {}
        for key, series in self._front.curves.items():
            drawn = self.view.smoothed(series)
            last = float(drawn.y[-1]) if len(drawn) else None
            pace = self._front.pace(key) / self._front.steps_per_epoch
            values[key] = (
                last if step is None else drawn.at(step * pace if self.options.by_epoch else step)
            )
        return values

    @Slot(object)
    def _show_values(self, step: float | None) -> None:
        words = (
            ""
            if step is None
            else f"Step {step:,.0f} · epoch {step / self._front.steps_per_epoch:.1f}"
        )
        self.legend.show_values(self.values_at(step), words)

    @Slot()
    def _choose(self) -> None:
        before, self.options = self.options, self.bar.options
        if self.options.by_epoch != before.by_epoch:
            self._fit()  # the old range means nothing in the other unit
        self._mark_stale()

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction("Fit", self._fit)
        menu.addAction("Export…", self.export)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.mapToGlobal(place))

    def export(self) -> None:
        """Ask for a file, and write curves or picture there."""
        kinds = EXPORTS + (f";;{EXPORTS_IN_DARK}" if self._theme.dark else "")
        name, kind = QFileDialog.getSaveFileName(self, "Export curves", "curves.png", kinds)
        if name:
            path = Path(name)
            self.export_to(
                path if path.suffix else path.with_suffix(kind[-5:-1]), dark=" dark " in kind
            )

    def export_to(self, path: Path, *, dark: bool = False) -> bool:
        """Write CSV, SVG or PNG, as the suffix says, and tell so below the plots; whether it worked.

        Pictures stand on white paper, whatever the screen wears, unless they are wanted `dark`.
        """
        self.redraw()
        try:
            if self._front.empty:
                raise OSError("There are no curves to export yet: train first.")
            if path.suffix.lower() == ".csv":
                write_csv(self._front, path)
            elif path.suffix.lower() in (".png", ".svg"):
                self._write_picture(path, DARK if dark else LIGHT)
            else:
                ending = f"ends in {path.suffix}" if path.suffix else "has no ending"
                raise OSError(
                    f"The name {path.name} {ending}. Give .png or .svg for a picture, .csv for numbers."
                )
        except OSError as error:
            reason = f"{error.strerror} ({path})" if error.strerror else str(error)
            self._tell(f"Not exported: {reason}", self._theme.error)
            return False
        self._tell(f"Exported to {path}", self._theme.muted_text)
        return True

    def _write_picture(self, path: Path, paper: Theme) -> None:
        values = self.values_at(None)
        self.view.set_theme(paper)
        self._writing = True  # a picture has room for every name
        try:
            self.redraw()
            legend = {
                self._front.title(key): (self.view.style_of(key, self._front), values[key])
                for key in self._front.ordered
                if self.legend.is_shown(key)
            }
            levels = [each.words for each in self.legend.levels]
            write_curves(path, self.view, legend, levels, paper)
        finally:
            self._writing = False
            self.view.set_theme(self._theme)
            self.redraw()

    def _tell(self, words: str, color: str) -> None:
        self._note.setStyleSheet(f"color: {color};")
        self._note.setText(words)
        self._note.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another shape may want the legend elsewhere."""
        super().resizeEvent(event)
        self._place_legend()

    def _place_legend(self) -> None:
        room = self.height() - self.bar.height() - 16
        beside = _beside(self.legend, self.width(), room)
        direction = QBoxLayout.Direction.RightToLeft if beside else QBoxLayout.Direction.TopToBottom
        most = room - LEAST_PLOT_PX - self._body.spacing()
        above = (each for each in EXTENTS if self.legend.height_if(each, self.width() - 16) <= most)
        extent = beside or next(above, None)
        self.legend.setVisible(bool(self.legend.entries) and extent is not None)
        if extent is not None:
            self.legend.take_room(extent)
        if direction != self._body.direction():
            self._body.setDirection(direction)
        self.legend.setMinimumWidth(BESIDE[beside] if beside else 0)
        self.legend.setMaximumWidth(BESIDE[beside] if beside else QWIDGETSIZE_MAX)

    def showEvent(self, event: QShowEvent) -> None:
        """What came while the panel was hidden is drawn now."""
        super().showEvent(event)
        self._frames.show()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is drawn that nobody sees."""
        super().hideEvent(event)
        self._frames.hide()


def _beside(legend: Legend, width: int, height: int) -> Extent | None:
    """The extent to which the legend leaves plots beside it, in this room, the shape that they are best seen with."""
    for extent, taken in BESIDE.items():
        if width - taken > WIDE * height and legend.height_if(extent, taken) <= height:
            return extent
    return None
