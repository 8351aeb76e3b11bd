"""A label for quiet words in a form, which may hold names from a file and so are never read as markup."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from studio.looks.theme import Theme


def muted_label(words: str, theme: Theme) -> QLabel:
    """Words in the theme's muted colour, broken into lines."""
    label = QLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setStyleSheet(f"color: {theme.muted_text};")
    return label
