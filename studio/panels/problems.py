"""The problems: every sentence that the rules have for this graph, with a button for each way out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from graphs.preview import preview
from graphs.rule import Fix, Problem
from studio.looks.theme import Theme
from studio.store import Store

SHOWN = 60  # more rows than this help nobody; the rest is counted


class _FixButton(QPushButton):
    """A way out as a button; its tooltip says what it would do."""

    chosen = Signal(object)  # Fix

    def __init__(self, fix: Fix, store: Store) -> None:
        super().__init__(fix.title)
        self._fix, self._store = fix, store
        self.setAutoDefault(False)
        self.clicked.connect(self._choose)

    def event(self, event: QEvent) -> bool:
        """The tooltip is found out when it is asked for: most never are."""
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(preview(self._store.report, self._fix))
        return super().event(event)

    def _choose(self) -> None:
        self.chosen.emit(self._fix)


class ProblemRow(QFrame):
    """One problem: mark, sentence, buttons. A click or Enter asks for its node."""

    node_requested = Signal(str)
    fix_requested = Signal(object)  # Fix

    def __init__(
        self, problem: Problem, theme: Theme, store: Store, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.problem, self._store = problem, store
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setObjectName("problem")
        self.setAccessibleName(f"{problem.severity}: {problem.message}")
        error = problem.severity == "error"
        mark = QLabel("✕" if error else "!")
        mark.setFixedWidth(18)
        mark.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        mark.setToolTip(f"{problem.severity.capitalize()} {problem.code}")
        mark.setStyleSheet(f"color: {theme.error if error else theme.warning}; font-weight: bold;")
        sentence = QLabel(problem.message)
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setWordWrap(True)
        sentence.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(sentence)
        if problem.fixes:
            words.addLayout(self._buttons(problem.fixes))
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 6, 6, 6)
        row.addWidget(mark)
        row.addLayout(words, 1)
        self.setStyleSheet(
            f"QFrame#problem {{ border: 0; border-bottom: 1px solid {theme.border}; }}"
            f"QFrame#problem:focus, QFrame#problem:hover {{ background: {theme.window}; }}"
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the node that this is about."""
        super().mousePressEvent(event)
        self._go()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what a click does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go()
        else:
            super().keyPressEvent(event)

    def _go(self) -> None:
        if self.problem.nodes:
            self.node_requested.emit(self.problem.nodes[0])

    def _buttons(self, fixes: tuple[Fix, ...]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        for fix in fixes:
            button = _FixButton(fix, self._store)
            button.chosen.connect(self.fix_requested)
            row.addWidget(button)
        row.addStretch(1)
        return row


class ProblemsPanel(QWidget):
    """A list of rows, errors first; says so when there is nothing to mend."""

    node_requested = Signal(str)

    def __init__(self, store: Store, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problems")
        self.setWindowTitle("Problems")
        self._store, self._theme = store, theme
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
        title = f"Problems ({len(problems)})" if problems else "Problems"
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
            row.fix_requested.connect(self._fix)
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

    def _fix(self, fix: Fix) -> None:
        self._store.edit_document(fix.title, fix.apply)
