"""The document as PyTorch source, to read and to copy; written anew when the document changes while it is seen."""

from __future__ import annotations

import keyword
import re

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QShowEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from studio.looks.theme import Theme
from studio.store import Store

WAIT_MS = 150
"""After an edit: a drag of a slider is many, and writing takes some milliseconds."""

COPIED_MS = 2_000


class CodePanel(QWidget):
    """Follows the store; out of sight it does nothing."""

    def __init__(self, store: Store, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("code")
        self.setWindowTitle("Code")
        self._store = store
        self.text = QPlainTextEdit()
        self.text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("The document as PyTorch source")
        self.text.setPlaceholderText("The network as PyTorch source stands here.")
        self._colors = Highlighter(self.text.document(), theme)
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Copy the source to the clipboard")
        self.copy.clicked.connect(self._copy)
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(self.said, 1)
        row.addWidget(self.copy)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(row)
        box.addWidget(self.text, 1)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._wait.timeout.connect(self._write)
        self._thanks = QTimer(self)
        self._thanks.setSingleShot(True)
        self._thanks.setInterval(COPIED_MS)
        self._thanks.timeout.connect(self._offer_copy)
        self._shown: object = None
        store.changed.connect(self._follow)

    def set_theme(self, theme: Theme) -> None:
        """Wear these colours."""
        self._colors.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Write what has changed out of sight."""
        super().showEvent(event)
        self._write()

    @Slot()
    def _follow(self) -> None:
        if self.isVisible():
            self._wait.start()

    @Slot()
    def _write(self) -> None:
        document = self._store.document
        if not self.isVisible() or document is self._shown:
            return
        self._shown = document
        from graphs.codegen import CannotBuild, source  # only who looks pays for the import

        try:
            text, said = source(document).text, ""
        except CannotBuild as reason:
            text, said = "", str(reason)
        self.said.setText(said)
        self.copy.setEnabled(bool(text))
        if text != self.text.toPlainText():
            across, down = (
                self.text.horizontalScrollBar().value(),
                self.text.verticalScrollBar().value(),
            )
            self.text.setPlainText(text)
            self.text.horizontalScrollBar().setValue(across)
            self.text.verticalScrollBar().setValue(down)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText("Copied")
        self._thanks.start()

    @Slot()
    def _offer_copy(self) -> None:
        self.copy.setText("Copy")


WORDS = re.compile(
    r"""(?P<comment>\#.*) | (?P<text>f?"(?:[^"\\]|\\.)*"|f?'(?:[^'\\]|\\.)*')
    | (?P<name>(?<=class\ )\w+|(?<=def\ )\w+) | (?P<number>\b\d[\w.]*) | (?P<word>\b[A-Za-z_]\w*)""",
    re.VERBOSE,
)


class Highlighter(QSyntaxHighlighter):
    """Colours of Python source. A docstring over several lines is known by the state of the line before."""

    PLAIN, IN_TEXT = 0, 1

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._formats = _formats(theme)

    def set_theme(self, theme: Theme) -> None:
        """Wear these colours."""
        self._formats = _formats(theme)
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        inside = self.previousBlockState() == self.IN_TEXT
        quotes = text.count('"""')
        self.setCurrentBlockState(self.IN_TEXT if inside != (quotes % 2 == 1) else self.PLAIN)
        if inside or quotes:
            self.setFormat(0, len(text), self._formats["text"])
            return
        for found in WORDS.finditer(text):
            kind = found.lastgroup or ""
            if kind == "word":
                kind = "keyword" if keyword.iskeyword(found[0]) else ""
            if kind:
                self.setFormat(found.start(), len(found[0]), self._formats[kind])


def _formats(theme: Theme) -> dict[str, QTextCharFormat]:
    colors = theme.category_colors
    table = {
        "comment": theme.muted_text,
        "text": colors["Data"],
        "number": colors["Attention"],
        "keyword": theme.accent,
        "name": colors["Normalization"],
    }
    found: dict[str, QTextCharFormat] = {}
    for kind, color in table.items():
        form = QTextCharFormat()
        form.setForeground(QColor(color))
        if kind == "keyword":
            form.setFontWeight(QFont.Weight.DemiBold)
        found[kind] = form
    return found
