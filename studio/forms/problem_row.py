"""One problem or note as a row: mark, sentence, and a button for each way out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from graphs.preview import preview
from graphs.rule import Fix, Problem
from studio.looks.theme import Theme
from studio.store import Store


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
