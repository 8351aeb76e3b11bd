"""The results of a run: values on data that it never saw, and where it is wrong."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QGraphicsView,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from graphs.document import UnreadableDocument, load
from graphs.graph import Graph
from lightning_modules.events import Baselines, Evaluated, Event, Outcome, Started
from lightning_modules.job import Job
from lightning_modules.last_run import last_with_weights, results_of
from lightning_modules.run_folder import DOCUMENT
from lightning_modules.run_summary import name_of
from studio.asking import AskedRun
from studio.curves.export import write_picture
from studio.looks.theme import Theme
from studio.results.answers import AnswersView
from studio.results.compared import compared_columns, compared_lines, fitted_words
from studio.results.measures import full_table, measure_rows
from studio.results.use import UseBox
from studio.results.values_table import ValuesTable
from studio.results.words import rows, summary
from studio.store import Store
from studio.training import Trainer
from studio.value_words import SPLITS

if TYPE_CHECKING:
    from lightning_modules.assessment import Assessment
    from studio.results.scatter import ScatterView

EMPTY = "Results on the test data appear here after a run."
SLIM = "padding-left: 6px; padding-right: 6px;"
"""The choice beside the buttons has long titles."""

LEAST_WORDS_WIDTH, WORDS_WIDTH, LEAST_PICTURE_WIDTH = 180, 300, 270
"""In pixels. Words and numbers take what their table wants, as long as what stands beside them keeps so much."""


class ResultsPanel(QWidget):
    """A sentence, a table of values and a picture of right and wrong answers."""

    def __init__(
        self, store: Store, theme: Theme, trainer: Trainer, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("results")
        self.setWindowTitle("Results")
        self._theme, self._store, self._trainer = theme, store, trainer
        self._graph: Graph = store.graph
        self._samples: dict[str, int] = {}
        self.result: Evaluated | None = None
        self.baselines: Baselines | None = None
        self._unread: Path | None = None  # the last run of a document that was opened
        self._empty = QLabel(EMPTY)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._sentence = QLabel()
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setWordWrap(True)
        self._sentence.setAccessibleName("What the numbers mean")
        self._sentence.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._table = ValuesTable()
        self._run = AskedRun(trainer, self)
        self.answers = AnswersView(theme, self._run)
        self.answers.assessed.connect(self._show_measures)
        self.confusion = self.answers.confusion
        self._none, self._picture = self.answers.none, self.answers.stack
        self.use = UseBox(trainer)
        self._note, self._fitted = QLabel(), QLabel()
        for said in (self._note, self._fitted):
            said.setWordWrap(True)
            said.hide()
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._arranged())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
        store.opened.connect(self._reopen)
        trainer.started.connect(self._begin)
        trainer.progressed.connect(self.take)
        trainer.ended.connect(self._end)
        self.set_theme(theme)

    def _arranged(self) -> QWidget:
        copy, export = QPushButton("Copy"), QPushButton("Export…")
        copy.setToolTip("Copy the numbers as text that spreadsheets take")
        export.setToolTip("Save the numbers (CSV) or the picture (PNG, SVG)")
        copy.clicked.connect(self.copy)
        export.clicked.connect(self.export)
        for button in (copy, export):
            button.setAutoDefault(False)
            button.setStyleSheet(SLIM)
            button.setAccessibleName(button.text().rstrip("…"))
            self.answers.header.addWidget(button)  # beside the choice: a low panel needs its rows
        left = QVBoxLayout()
        left.addWidget(self._sentence)
        left.addWidget(self._table, 1)
        left.addWidget(self._fitted)
        left.addWidget(self._note)
        words = self._words = QWidget()
        words.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        words.setMinimumWidth(LEAST_WORDS_WIDTH)
        words.setMaximumWidth(WORDS_WIDTH)
        inside = QWidget()
        columns = self._columns = QHBoxLayout(inside)
        columns.setContentsMargins(10, 8, 8, 8)
        for each in (words, self.answers, self.use):
            columns.addWidget(each)
        self._share_width()
        return inside

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """Give the table the width that its columns want, and the rest to the pictures, in equal parts."""
        wanted = max(WORDS_WIDTH, self._table.wanted_width)
        beside = 1 if self.use.isHidden() else 2
        around = self._columns.contentsMargins()
        sides = around.left() + around.right() + beside * self._columns.spacing()
        room = self.width() - sides
        words = max(LEAST_WORDS_WIDTH, min(wanted, room - beside * LEAST_PICTURE_WIDTH))
        self._words.setMaximumWidth(wanted)
        for column, share in enumerate((words, *[max(1, (room - words) // beside)] * 2)):
            self._columns.setStretch(column, share)

    @property
    def scatter(self) -> ScatterView:
        """Predicted against true values, made when first asked for."""
        return self.answers.scatter

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self._empty.setStyleSheet(
            f"color: {theme.muted_text}; background: {theme.base}; font-size: 13pt;"
        )
        self.answers.set_theme(theme)

    @Slot()
    def _reopen(self) -> None:
        if self._trainer.running:
            return  # what runs stays in sight, whatever is opened meanwhile
        self._graph = self._store.graph
        self.result = self.baselines = None
        self.use.forget()
        self._run.forget()
        self._note.hide()
        self._empty.setText(EMPTY)
        self._pages.setCurrentIndex(0)
        self._unread = last_with_weights(self._store.path)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Read the results of the last run when somebody looks."""
        super().paintEvent(event)
        if self._unread is not None:
            QTimer.singleShot(0, self, self._read_last)

    @Slot()
    def _read_last(self) -> None:
        run, self._unread = self._unread, None
        told = results_of(run) if run is not None and not self._trainer.running else []
        if run is None or not any(isinstance(each, Evaluated) for each in told):
            return
        with suppress(UnreadableDocument):
            self._graph = load(run / DOCUMENT).main
        for event in told:
            self.take(event)
        self._run.open(run)
        self._tell(f"Of the run {name_of(run)}.", self._theme.muted_text)

    @Slot(object)
    def _begin(self, job: Job) -> None:
        self._unread = None
        self._graph = job.document.main
        self._samples = {}
        self.result = self.baselines = None
        self._run.forget()
        self._empty.setText("The run goes on. Results on the test data follow at its end.")
        self._pages.setCurrentIndex(0)

    @Slot(object)
    def take(self, event: Event) -> None:
        """Show an evaluation; note how many samples there are, and what simple models reach."""
        if isinstance(event, Started):
            self._samples = dict(event.samples)
        elif isinstance(event, Baselines):
            self.baselines = event
        elif isinstance(event, Evaluated):
            self._show(event)

    @Slot(object)
    def _end(self, _outcome: Outcome) -> None:
        if self.result is None:
            self._empty.setText("The run ended without results on test data.")

    def _show(self, result: Evaluated) -> None:
        self.result = result
        self._note.hide()
        self._sentence.setText(summary(result, self._samples.get(result.split)))
        self._fill(rows(result, self._graph))
        self.answers.show_result(result)
        self._pages.setCurrentIndex(1)

    @Slot(object)
    def _show_measures(self, found: Assessment) -> None:
        """Below the values of the document's own metrics stand those that were measured besides."""
        if self.result is not None:
            told = rows(self.result, self._graph)
            known = {title for title, _ in told}
            self._fill([*told, *(each for each in measure_rows(found) if each[0] not in known)])

    def _fill(self, found: list[tuple[str, str]]) -> None:
        assert self.result is not None
        part = SPLITS.get(self.result.split, self.result.split)
        models = compared_columns(self.baselines, self.result, self._graph)
        columns = [
            ("Measure", [title for title, _ in found]),
            (f"{part.capitalize()} part", [value for _, value in found]),
            *models,
        ]
        self._table.fill(columns)
        self._share_width()
        fitted = fitted_words(self.baselines, self.result)
        self._fitted.setText(fitted)
        self._fitted.setVisible(bool(fitted))

    @property
    def sentence(self) -> str:
        """What the panel says about the numbers."""
        return self._sentence.text() if self.result is not None else self._empty.text()

    def _all_numbers(self) -> list[list[str]]:
        assert self.result is not None
        numbers = full_table(self.result, self.answers.found, self._graph)
        return [*numbers, *compared_lines(self.baselines, self.result, self._graph)]

    @Slot()
    def copy(self) -> None:
        """Put all numbers into the clipboard, with tabs between them."""
        if self.result is not None:
            text = "\n".join("\t".join(line) for line in self._all_numbers())
            QGuiApplication.clipboard().setText(text)
            self._tell("Copied.", self._theme.muted_text)

    @Slot()
    def export(self) -> None:
        """Ask for a file, and write numbers or picture there."""
        kinds = "Numbers (*.csv);;Picture (*.png);;Drawing (*.svg)"
        name, kind = QFileDialog.getSaveFileName(self, "Export results", "results.csv", kinds)
        if name:
            path = Path(name)
            self.export_to(path if path.suffix else path.with_suffix(kind[-5:-1]))

    def export_to(self, path: Path) -> bool:
        """Write CSV, or else the picture, as the suffix says, and tell so; whether it worked."""
        if self.result is None:
            return False
        try:
            if path.suffix.lower() == ".csv":
                text = io.StringIO()
                csv.writer(text).writerows(self._all_numbers())
                path.write_text(text.getvalue(), encoding="utf-8", newline="")
            else:
                write_picture(path, self._picture.size(), self._paint)
        except OSError as error:
            reason = f"{error.strerror} ({path})" if error.strerror else str(error)
            self._tell(f"Not exported: {reason}", self._theme.error)
            return False
        self._tell(f"Exported to {path}", self._theme.muted_text)
        return True

    def _paint(self, painter: QPainter) -> None:
        shown = self._picture.currentWidget()
        if shown is self.confusion:
            self.confusion.paint_into(painter, QRectF(self._picture.rect()))
        elif isinstance(shown, QGraphicsView):
            shown.render(painter)
        elif (plot := self.answers.plots.get(self.answers.chosen)) is shown and plot is not None:
            plot.view.render(painter)
        else:
            shown.render(painter, QPoint())

    def _tell(self, words: str, color: str) -> None:
        self._note.setStyleSheet(f"color: {color};")
        self._note.setText(words)
        self._note.show()
