"""Every key on one page: the actions by menu, and the gestures of the canvas."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from studio.action import ACTIONS, MENUS

if TYPE_CHECKING:
    from studio.looks.theme import Theme

GESTURES = (
    ("Tab, double-click on empty canvas", "Search for a layer and place it there"),
    ("Drag from the library", "Place a layer; on a wire it is put between"),
    ("Drag from a port", "Draw a wire; dropped in empty space it offers what fits"),
    ("Drag on empty canvas", "Select with a box"),
    ("Shift+click, Ctrl+click", "Add to the selection, toggle in it"),
    ("Arrow keys, Shift+arrow keys", "Walk along the wires, move the selected layers"),
    ("C", "Draw a wire from the selected layer; arrows choose where to, Enter connects"),
    ("Alt+click on a wire", "Remove the wire"),
    ("Alt+right-drag", "Cut every wire that is crossed"),
    ("M", "Mute the selected layers: they pass their input through"),
    ("F", "Freeze the selected layers; with none selected, fit the graph into the view"),
    ("Shift+F", "Zoom to the selected layers"),
    ("Wheel", "Zoom at the cursor"),
    ("Middle-drag, Space+drag", "Move the view"),
    ("Escape", "Cancel what is being drawn or moved"),
)


class ShortcutsDialog(QDialog):
    """A page that can be searched."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self._theme = theme
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._fill)
        self.page = QTextBrowser()
        self.page.setAccessibleName("Keyboard shortcuts")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.addWidget(self.search)
        box.addWidget(self.page, 1)
        box.addWidget(buttons)
        self.resize(560, 620)
        self._fill("")

    def _fill(self, query: str) -> None:
        wanted = query.lower().strip()
        sections = [
            (
                menu,
                [
                    (keys_of(each.shortcuts), each.full_title)
                    for each in ACTIONS.values()
                    if each.menu == menu and each.shortcuts
                ],
            )
            for menu in MENUS
        ]
        sections.append(("On the canvas", list(GESTURES)))
        parts = []
        for title, rows in sections:
            kept = [row for row in rows if wanted in f"{row[0]} {row[1]}".lower()]
            if kept:
                parts.append(
                    f"<h4 style='margin:12px 0 2px 0'>{title}</h4><table width='100%' cellspacing='0' cellpadding='3'>"
                )
                parts += [
                    f"<tr><td width='46%'>{escape(words)}</td>"
                    f"<td style='color:{self._theme.muted_text}'>{escape(keys)}</td></tr>"
                    for keys, words in kept
                ]
                parts.append("</table>")
        self.page.setHtml("".join(parts) or "<p>No key has to do with that.</p>")


def keys_of(shortcuts: tuple[str, ...]) -> str:
    """Keys as this system writes them, alternatives with "or"."""
    return " or ".join(
        QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) for keys in shortcuts
    )
