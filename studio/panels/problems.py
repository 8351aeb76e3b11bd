"""The problems: every sentence that the rules have for this graph, with a button for each way out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from graphs.rule import Fix, Problem
from studio.forms.problem_row import ProblemRow
from studio.looks.theme import Theme
from studio.store import Store

SHOWN = 60  # more rows than this help nobody; the rest is counted


class ProblemsPanel(QWidget):
    """A list of rows, errors first; says so when there is nothing to mend. `mend` takes a way out."""

    node_requested = Signal(str)

    def __init__(
        self,
        store: Store,
        theme: Theme,
        mend: Callable[[Fix], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("problems")
        self.setWindowTitle("Problems")
        self._store, self._theme, self._mend = store, theme, mend
        self._shown: tuple[Problem, ...] | None = None
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._area)
        store.changed.connect(self._sync)
        self._sync()

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme, self._shown = theme, None
        self._sync()

    def _sync(self, _before: object = None, _after: object = None) -> None:
        problems = self._store.report.problems
        if problems is self._shown:
            return
        focused = self.isAncestorOf(focus) if (focus := self.focusWidget()) else False
        self._shown = problems
        # On an empty canvas nothing is wrong yet: the row says how to begin, and is not counted.
        counted = bool(problems) and bool(self._store.graph.nodes)
        title = f"Problems ({len(problems)})" if counted else "Problems"
        if self.windowTitle() != title:
            self.setWindowTitle(title)
        self._area.setWidget(self._list(problems))
        if focused:
            self._area.setFocus()

    def _list(self, problems: tuple[Problem, ...]) -> QWidget:
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for problem in problems[:SHOWN]:
            row = ProblemRow(problem, self._theme, self._store)
            row.node_requested.connect(self.node_requested)
            row.fix_requested.connect(self._mend)
            rows.addWidget(row)
        rest = len(problems) - SHOWN
        if rest > 0 or not problems:
            note = QLabel(
                f"and {rest} more" if problems else "No problems. The graph is ready to train."
            )
            note.setWordWrap(True)
            note.setContentsMargins(12, 10, 12, 10)
            note.setStyleSheet(f"color: {self._theme.muted_text};")
            rows.addWidget(note)
        rows.addStretch(1)
        return inside
