"""Help on one layer type: what it does, its ports, its parameters and their ranges, from the layer's own words."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from graphs.layer import LAYERS
from studio.layer_page import page, paragraph
from studio.looks.theme import Theme
from studio.store import Store

EMPTY = "Select a layer on the canvas or in the library to read what it does."


class HelpPanel(QWidget):
    """Follows the selection; `show_layer` shows any other type, until the selection is another."""

    def __init__(self, store: Store, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("help")
        self.setWindowTitle("Help")
        self._store, self._theme, self._type = store, theme, ""
        self.text = QTextBrowser()
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.setOpenLinks(False)
        self.text.document().setDocumentMargin(12)
        self.text.setAccessibleName("Help on the selected layer")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.text)
        store.selection_changed.connect(self._follow)
        store.opened.connect(self._begin)
        self._follow()

    @Slot(str)
    def show_layer(self, type_id: str) -> None:
        """Show this layer type; an unknown one shows how to choose."""
        self._type = type_id
        cls = LAYERS.get(type_id)
        self.text.setHtml(
            page(cls.info, self._theme) if cls else paragraph(EMPTY, self._theme.muted_text)
        )

    def set_theme(self, theme: Theme) -> None:
        """Wear these colours."""
        self._theme = theme
        self.show_layer(self._type)

    @Slot()
    def _begin(self) -> None:
        self.show_layer("")  # what was selected in another document is no concern of this one
        self._follow()

    @Slot()
    def _follow(self) -> None:
        nodes = [
            self._store.graph.nodes[each]
            for each in self._store.selection
            if each in self._store.graph.nodes
        ]
        types = {node.type for node in nodes}
        if len(types) == 1:
            self.show_layer(types.pop())
        elif not self._type:
            self.show_layer("")
