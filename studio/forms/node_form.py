"""The form of one node: its name, its parameters, its data, its marks, and what is known of it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from graphs import edits
from graphs.graph import Node
from graphs.param import Path
from studio.forms.mark_boxes import MarkBoxes, mark_nodes
from studio.forms.muted_label import muted_label
from studio.forms.param_rows import ParamRows
from studio.forms.schema_form import SchemaForm
from studio.forms.schema_reading import SchemaReader, portable
from studio.looks.theme import Theme
from studio.node_facts import facts
from studio.store import Store

_NOTHING = object()


class NodeForm(QWidget):
    """Made for one node; `sync` shows it as it is after an edit."""

    rename_requested = Signal(str, str)  # the node, its new name

    def __init__(
        self,
        store: Store,
        node: Node,
        theme: Theme,
        reader: SchemaReader,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._id = store, node.id
        rows = QVBoxLayout(self)
        rows.setContentsMargins(10, 10, 10, 10)
        rows.setSpacing(8)
        self._name = QLineEdit()
        self._name.setAccessibleName("Name of the node")
        self._name.setToolTip("The name on the canvas. Leave it empty for the layer's own.")
        font = self._name.font()
        font.setBold(True)
        self._name.setFont(font)
        self._name.editingFinished.connect(self._rename)
        rows.addWidget(self._name)
        info = node.info
        about = (
            f"{info.title} · {info.category}\n{info.doc}" if info else f"Unknown layer {node.type}"
        )
        rows.addWidget(muted_label(about, theme))
        params = tuple(info.params.values()) if info else ()
        rare = any(param.advanced and param.name in node.params for param in params)
        self._params = ParamRows(params, theme, unfolded=rare)
        self._params.edited.connect(self._edit)
        self._params.reset.connect(self._reset)
        rows.addWidget(self._params)
        self._params.setVisible(not self._params.empty)
        if self._params.empty:
            rows.addWidget(muted_label("It has no parameters.", theme))
        reads = info is not None and "schema" in info.params
        self._schema = SchemaForm(store, node, theme, reader) if reads else None
        if self._schema is not None:
            rows.addWidget(self._schema)
        self._marks = MarkBoxes()
        self._marks.marked.connect(self._mark)
        rows.addWidget(self._marks)
        self._facts = muted_label("", theme)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        rows.addWidget(self._facts)
        rows.addStretch(1)
        self.sync(node)
        self.setEnabled(not store.document.read_only)

    def sync(self, node: Node) -> None:
        """Show the node as it is now."""
        if not self._name.hasFocus() or not self._name.isModified():
            self._name.setText(node.title)
            self._name.setCursorPosition(0)  # of a long name the beginning is seen
        self._name.setPlaceholderText(replace(node, title="").name)
        self._params.show_values(node.params)
        self._marks.show_nodes([node])
        self._facts.setText("\n".join(facts(node, self._store.report)))
        if self._schema is not None:
            self._schema.sync(node)

    def _node(self) -> Node:
        return self._store.graph.nodes[self._id]

    def _rename(self) -> None:
        title = self._name.text().strip()
        if title != self._node().title:
            self._name.setModified(False)
            self.rename_requested.emit(self._id, title)

    def _edit(self, name: str, value: object) -> None:
        text = f"Set {self._node().info.params[name].title} of {self._node().name}"  # type: ignore[union-attr]
        if isinstance(value, Path):
            value = Path(portable(value, self._store))
        if self._node().params.get(name, _NOTHING) != value:
            self._store.edit(text, lambda graph: edits.set_params(graph, self._id, **{name: value}))

    def _reset(self, name: str) -> None:
        self._store.edit(
            f"Reset {name} of {self._node().name}",
            lambda graph: edits.reset_param(graph, self._id, name),
        )

    def _mark(self, mark: str, on: bool) -> None:
        mark_nodes(self._store, [self._id], self._node().name, mark, on=on)
