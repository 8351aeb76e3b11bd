"""The notes on the last run: what ails its learning, with the evidence, and a button for each remedy."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from graphs.rule import Fix, Problem
from lightning_modules.events import Event, Noted
from lightning_modules.job import Job
from lightning_modules.remedies import remedies
from studio.forms.problem_row import ProblemRow
from studio.looks.theme import Theme
from studio.store import Store
from studio.training import Trainer

EMPTY = "Train to get notes here: on overfitting, the learning rate, dead units, gradients and simple models."
HEALTHY = "Nothing to note about this run."
WAITING = "The run goes on. What there is to note about it appears here."


class NotesPanel(QWidget):
    """A row for each note of the run that goes on, or that ended last.

    `mend` takes a remedy, which is an edit that can be undone.
    """

    node_requested = Signal(str)
    marked = Signal(object)  # the notes as warnings at their nodes, for the canvas

    def __init__(
        self,
        store: Store,
        theme: Theme,
        trainer: Trainer,
        mend: Callable[[Fix], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("notes")
        self.setWindowTitle("Notes")
        self._store, self._theme, self._trainer = store, theme, trainer
        self._mend = mend
        self._notes: list[Noted] = []
        self._words = EMPTY
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._area)
        store.opened.connect(self._reopen)
        store.changed.connect(self._sync)
        trainer.started.connect(self._begin)
        trainer.progressed.connect(self.take)
        trainer.ended.connect(self._end)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self._show()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The notes as warnings, with what helps in the document that stands here now."""
        document = self._store.document
        return tuple(
            Problem(
                each.code,
                each.message,
                tuple(node for node in each.nodes if node in document.main.nodes),
                "warning",
                remedies(each, document),
            )
            for each in self._notes
        )

    @Slot(object)
    def take(self, event: Event) -> None:
        """Add a note."""
        if isinstance(event, Noted):
            self._notes.append(event)
            self._show()

    @Slot()
    def _reopen(self) -> None:
        if not self._trainer.running:
            self._forget(EMPTY)

    @Slot(object)
    def _begin(self, _job: Job) -> None:
        self._forget(WAITING)

    @Slot(object)
    def _end(self, _outcome: object) -> None:
        self._words = HEALTHY
        self._show()

    @Slot(object, object)
    def _sync(self, _before: object = None, _after: object = None) -> None:
        if self._notes:
            self._show()  # a remedy that was taken is offered no more

    def _forget(self, words: str) -> None:
        self._notes, self._words = [], words
        self._show()

    def _show(self) -> None:
        problems = self.problems
        self.setWindowTitle(f"Notes ({len(problems)})" if problems else "Notes")
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for problem in problems:
            row = ProblemRow(problem, self._theme, self._store)
            row.node_requested.connect(self.node_requested)
            row.fix_requested.connect(self._mend)
            rows.addWidget(row)
        if not problems:
            note = QLabel(self._words)
            note.setWordWrap(True)
            note.setContentsMargins(12, 10, 12, 10)
            note.setStyleSheet(f"color: {self._theme.muted_text};")
            rows.addWidget(note)
        rows.addStretch(1)
        self._area.setWidget(inside)
        self.marked.emit(tuple(each for each in problems if each.nodes))
