"""A quiet bar above the canvas: one sentence and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from studio.looks.theme import Theme


@dataclass(frozen=True)
class Notice:
    """What the bar says, and its buttons: (words, what they do)."""

    text: str
    choices: tuple[tuple[str, Callable[[], object]], ...] = ()


class NoticeBar(QFrame):
    """Shows one notice at a time; a later one replaces it. Hidden when there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)  # a notice may quote a file
        self._label.setWordWrap(True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 8, 6)
        self._row.addWidget(self._label, 1)
        self._buttons: list[QPushButton] = []
        self._close = QToolButton()
        self._close.setText("✕")
        self._close.setAutoRaise(True)
        self._close.setToolTip("Hide this notice")
        self._close.setAccessibleName("Hide this notice")
        self._close.clicked.connect(self.clear)
        self._row.addWidget(self._close)
        self.set_theme(theme)
        self.hide()

    @property
    def text(self) -> str:
        """What it says now."""
        return self._label.text() if self.isVisibleTo(self.parentWidget()) else ""

    @Slot()
    def clear(self) -> None:
        """Say nothing."""
        self.show_notice(None)

    @Slot(object)
    def show_notice(self, notice: Notice | None) -> None:
        """Say this, None for nothing."""
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons.clear()
        self.setVisible(notice is not None)
        if notice is None:
            return
        self._label.setText(notice.text)
        for index, (words, act) in enumerate(notice.choices):
            button = QPushButton(words)
            button.clicked.connect(self.clear)
            button.clicked.connect(act)
            self._row.insertWidget(1 + index, button)
            self._buttons.append(button)

    def set_theme(self, theme: Theme) -> None:
        """Wear these colours."""
        self.setStyleSheet(
            f"QFrame#notice {{ background: {theme.base}; border: none; border-left: 4px solid {theme.warning};"
            f" border-bottom: 1px solid {theme.border}; }}"
        )
