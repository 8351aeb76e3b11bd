"""Texts of files in tool tips, which Qt takes for HTML wherever they look like it."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import Qt


def plain_tip(text: str) -> str:
    """What a tool tip must be given so that it shows this text, letter by letter."""
    if not Qt.mightBeRichText(text):
        return text
    return f"<span>{escape(text)}</span>".replace("\n", "<br>")
