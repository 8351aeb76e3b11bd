"""The form of the document: its title, what it is for, and how large it is."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from graphs.content import Document
from studio.forms.muted_label import muted_label
from studio.looks.theme import Theme
from studio.store import Store

FEWEST_LINES, MOST_LINES = 2, 5
"""How many lines of the description are seen at once; more can be scrolled."""


class _Words(QPlainTextEdit):
    """A text as high as its lines, within bounds."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Its lines, and what is around them."""
        lines = min(max(round(self.document().size().height()), FEWEST_LINES), MOST_LINES)
        around = 2 * round(self.document().documentMargin() + self.frameWidth()) + 4
        return QSize(super().sizeHint().width(), lines * self.fontMetrics().lineSpacing() + around)

    def minimumSizeHint(self) -> QSize:
        """The same: there is nothing to squeeze."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width breaks the lines elsewhere."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()


class DocumentForm(QWidget):
    """Shown while nothing is selected."""

    def __init__(self, store: Store, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._title = QLineEdit()
        self._title.setPlaceholderText("Untitled")
        self._title.setAccessibleName("Title of the document")
        self._title.editingFinished.connect(self._set_title)
        self._words = _Words()
        self._words.setPlaceholderText("What is this network for?")
        self._words.setAccessibleName("Description of the document")
        self._words.setTabChangesFocus(True)
        self._words.installEventFilter(self)
        self._facts = muted_label("", theme)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(10, 10, 10, 10)
        rows.setSpacing(6)
        for words, widget in (("Title", self._title), ("Description", self._words)):
            label = QLabel(words)
            label.setBuddy(widget)
            rows.addWidget(label)
            rows.addWidget(widget)
        rows.addWidget(self._facts)
        rows.addWidget(muted_label("Select a node to see its parameters.", theme))
        rows.addStretch(1)
        self.sync()
        self.setEnabled(not store.document.read_only)

    def sync(self) -> None:
        """Show the document as it is now."""
        document = self._store.document
        if self._title.text() != document.title and not self._title.isModified():
            self._title.setText(document.title)
            self._title.setCursorPosition(0)
        if (
            self._words.toPlainText() != document.description
            and not self._words.document().isModified()
        ):
            self._words.setPlainText(document.description)
        nodes, wires = len(document.main.nodes), len(document.main.wires)
        self._facts.setText(
            f"{nodes} {'node' if nodes == 1 else 'nodes'}, {wires} {'wire' if wires == 1 else 'wires'}"
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """An edit of the description ends when it loses the focus."""
        if watched is self._words and event.type() == QEvent.Type.FocusOut:
            self._set_words()
        return super().eventFilter(watched, event)

    def _set_title(self) -> None:
        self._title.setModified(False)
        self._change("Set the title", title=self._title.text().strip())

    def _set_words(self) -> None:
        self._words.document().setModified(False)
        self._change("Set the description", description=self._words.toPlainText())

    def _change(self, text: str, **values: str) -> None:
        def change(document: Document) -> Document:
            return replace(document, **values)

        self._store.edit_document(text, change)
