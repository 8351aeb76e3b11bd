"""The part of the inspector that reads one's own data: a button, what was found, and a role for each column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from graphs import edits
from graphs.layer import DataLayer
from graphs.param import Json
from studio.forms.schema_reading import SchemaThread, base_folder, with_role

if TYPE_CHECKING:
    from graphs.graph import Node
    from studio.looks.theme import Theme
    from studio.store import Store

ROLES = {
    "feature": "Feature",
    "class": "Class to predict",
    "target": "Number to predict",
    "ignore": "Ignored",
}
MOST_ROWS = 12  # the table scrolls beyond


class _Role(QComboBox):
    """What one column is for."""

    chosen = Signal(str, str)  # column, role

    def __init__(self, column: str, role: str) -> None:
        super().__init__()
        self._column = column
        self.setAccessibleName(f"Role of {column}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for key, words in ROLES.items():
            self.addItem(words, key)
        self.setCurrentIndex(self.findData(role))
        self.activated.connect(self._choose)

    def _choose(self, _index: int) -> None:
        self.chosen.emit(self._column, self.currentData())

    def wheelEvent(self, event: Any) -> None:
        """A passing wheel scrolls the form and does not choose."""
        event.ignore()


class SchemaForm(QWidget):
    """Reads the file or folder of a data node when asked, or when its path is another; one undo step each."""

    def __init__(
        self, store: Store, node: Node, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._id, self._theme = store, node.id, theme
        self._thread: SchemaThread | None = None
        self._shown: Json | None = None
        self._path = str(node.params.get("path", ""))
        self._button = QPushButton("Read again")
        self._button.setAutoDefault(False)
        self._button.clicked.connect(self.read_again)
        self._state = QLabel()
        self._state.setWordWrap(True)
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._table = QTableWidget(0, 2)
        self._table.setHorizontalHeaderLabels(["Column", "Role"])
        self._table.setAccessibleName("Columns of the table")
        self._table.verticalHeader().setVisible(False)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(self._state)
        rows.addWidget(self._table)
        rows.addWidget(self._button)
        self.destroyed.connect(self._forget)
        self.sync(node)

    def sync(self, node: Node) -> None:
        """Show what the node knows; read if its path is another one."""
        path = str(node.params.get("path", ""))
        if isinstance(node.layer, DataLayer):
            self._show(node.layer)
        self._button.setEnabled(bool(path) and self._thread is None)
        self._button.setToolTip("" if path else "Choose a path first.")
        if path != self._path:
            self._path = path
            self.read_again()

    def read_again(self) -> None:
        """Read the file or folder of the node as it is now."""
        layer = self._layer()
        if layer is not None and self._path:
            self._start(layer, "Read the data of")

    def _layer(self) -> DataLayer | None:
        node = self._store.graph.nodes.get(self._id)
        return node.layer if node is not None and isinstance(node.layer, DataLayer) else None

    def _start(self, layer: DataLayer, verb: str) -> None:
        if self._thread is not None:
            return
        self._verb = verb
        self._say("Reading…", self._theme.muted_text)
        self._button.setEnabled(False)
        self._thread = SchemaThread(layer, base_folder(self._store), self._store)
        self._thread.read.connect(self._keep)
        self._thread.refused.connect(self._refuse)
        self._thread.finished.connect(self._thread.deleteLater)
        QCoreApplication.instance().aboutToQuit.connect(self._thread.wait)  # type: ignore[union-attr]
        self._thread.start()

    def _keep(self, schema: Json) -> None:
        self._end()
        node = self._store.graph.nodes.get(self._id)
        if node is not None:
            self._store.edit(
                f"{self._verb} {node.name}",
                lambda graph: edits.set_params(graph, self._id, schema=schema),
            )
            if isinstance(node.layer, DataLayer):
                self._shown = None
                self._show(self._layer() or node.layer)

    def _refuse(self, sentence: str) -> None:
        self._end()
        self._say(sentence, self._theme.error)

    def _end(self) -> None:
        if self._thread is not None:
            self._thread.wait()
        self._thread = None
        self._button.setEnabled(True)

    def _forget(self) -> None:
        self._thread = None  # the store owns the thread, which ends by itself

    def _choose_role(self, column: str, role: str) -> None:
        layer = self._layer()
        if layer is not None:
            self._start(with_role(layer, column, role), f"Set the role of {column} in")

    def _show(self, layer: DataLayer) -> None:
        schema = layer.schema  # type: ignore[attr-defined]
        if schema is self._shown:
            return
        self._shown = schema
        columns = [each for each in schema.get("columns", ()) if isinstance(each, dict)]
        self._table.setVisible(bool(columns))
        self._table.setRowCount(len(columns))
        for row, column in enumerate(columns):
            name = str(column.get("name", ""))
            item = QTableWidgetItem(name)
            item.setToolTip(f"{name} ({column.get('dtype', 'number')})")
            self._table.setItem(row, 0, item)
            role = _Role(name, str(column.get("role", "ignore")))
            role.chosen.connect(self._choose_role)
            self._table.setCellWidget(row, 1, role)
        self._table.resizeRowsToContents()
        height = self._table.horizontalHeader().height() + sum(
            self._table.rowHeight(row) for row in range(min(len(columns), MOST_ROWS))
        )
        self._table.setFixedHeight(height + 4)
        self._say(_found(schema), self._theme.muted_text)

    def _say(self, words: str, color: str) -> None:
        self._state.setText(words)
        self._state.setStyleSheet(f"color: {color};")


def _found(schema: Json) -> str:
    if schema.get("columns"):
        return f"{schema.get('rows', 0):,} rows, {len(schema['columns'])} columns"
    if schema.get("classes"):
        names = ", ".join(map(str, schema["classes"][:8]))
        more = ", …" if len(schema["classes"]) > 8 else ""
        return (
            f"{schema.get('count', 0):,} images of {len(schema['classes'])} classes: {names}{more}"
        )
    return "Nothing has been read yet."
