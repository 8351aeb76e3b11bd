"""Small parts of the bar above the curves."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget


def check_box(words: str, tip: str, *, checked: bool = False) -> QCheckBox:
    """A box with a tip."""
    box = QCheckBox(words)
    box.setChecked(checked)
    box.setToolTip(tip)
    return box


def in_one_piece(*parts: QWidget) -> QWidget:
    """Parts that stay beside each other, also where the bar takes two lines."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for part in parts:
        row.addWidget(part)
    return made
