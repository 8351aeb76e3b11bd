"""The inspector: a form for what is selected, made from the parameters that its layer declares."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from graphs.graph import Node
from studio.forms.document_form import DocumentForm
from studio.forms.node_form import NodeForm
from studio.forms.schema_reading import SchemaReader
from studio.forms.several_form import SeveralForm
from studio.looks.theme import Theme
from studio.store import Store


class InspectorPanel(QWidget):
    """Shows the form of the selected node, of several together, or of the document if nothing is selected."""

    rename_requested = Signal(str, str)  # a node, its new name

    def __init__(
        self,
        store: Store,
        theme: Theme,
        reader: SchemaReader | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setWindowTitle("Inspector")
        self._store, self._theme, self._reader = store, theme, reader or SchemaReader(store)
        self._form: QWidget = QWidget()
        self._shown: frozenset[tuple[str, str]] = frozenset()  # ids and types of nodes in the form
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields take the keys
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._area)
        store.changed.connect(self._sync)
        store.selection_changed.connect(self._select)
        store.opened.connect(self._rebuild)
        self._rebuild()

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self._rebuild()

    def focus_name(self) -> None:
        """Put the cursor into the name of the selected node, or the title."""
        name = self._form.findChild(QLineEdit)
        if name is not None:
            name.setFocus(Qt.FocusReason.ShortcutFocusReason)
            name.selectAll()

    def _select(self, _chosen: object) -> None:
        self._rebuild()

    def _sync(self, _before: object, _after: object) -> None:
        nodes = self._nodes()
        if _shape(nodes) != self._shown:
            self._rebuild()
        elif isinstance(self._form, NodeForm):
            self._form.sync(nodes[0])
        elif isinstance(self._form, SeveralForm):
            self._form.sync(nodes)
        elif isinstance(self._form, DocumentForm):
            self._form.sync()

    def _nodes(self) -> list[Node]:
        """What is selected, in the order of the document."""
        graph, chosen = self._store.graph, self._store.selection
        return [node for each, node in graph.nodes.items() if each in chosen] if chosen else []

    def _rebuild(self) -> None:
        nodes = self._nodes()
        self._shown = _shape(nodes)
        if not nodes:
            self._form = DocumentForm(self._store, self._theme)
        elif len(nodes) == 1:
            self._form = form = NodeForm(self._store, nodes[0], self._theme, self._reader)
            form.rename_requested.connect(self.rename_requested)
        else:
            self._form = SeveralForm(self._store, nodes, self._theme)
        self._area.setWidget(self._form)


def _shape(nodes: list[Node]) -> frozenset[tuple[str, str]]:
    return frozenset((node.id, node.type) for node in nodes)
