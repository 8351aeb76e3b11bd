"""The part of the inspector that reads one's own data: a button, what was found, and a role for each column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor
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

from graphs.layer import DataLayer
from graphs.param import Json
from studio.forms.schema_reading import SchemaReader, with_role
from studio.looks.plain_tip import plain_tip

if TYPE_CHECKING:
    from graphs.graph import Node
    from studio.looks.theme import Theme
    from studio.store import Store

ROLES = {
    "feature": "Feature",
    "class": "Class to predict",
    "target": "Number to predict",
    "key": "Key to join by",
    "ignore": "Ignored",
}
MOST_ROWS = 12  # the table scrolls beyond
BEFORE = "The columns and classes are still those of what was read before."
"""Kept, with their wires and roles: a slip in a path loses nothing."""

FEW_SAMPLES = 30


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
    """Has the file or folder of a data node read when asked, or when its path is another."""

    def __init__(
        self,
        store: Store,
        node: Node,
        theme: Theme,
        reader: SchemaReader,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._id, self._theme, self._reader = store, node.id, theme, reader
        self._thing = "folder" if node.type == "ImageFolder" else "file"
        self._shown: Json | None = None
        self._path = str(node.params.get("path", ""))
        self._button = QPushButton()
        self._button.setAutoDefault(False)
        self._button.clicked.connect(self.read_again)
        self._state = QLabel()
        self._state.setWordWrap(True)
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._notes = QLabel()
        self._notes.setWordWrap(True)
        self._notes.setTextFormat(Qt.TextFormat.PlainText)
        self._notes.setStyleSheet(f"color: {theme.warning};")
        self._table = QTableWidget(0, 2)
        self._table.setHorizontalHeaderLabels(["Column", "Role"])
        self._table.setAccessibleName("Columns of the table")
        self._table.verticalHeader().setVisible(False)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        heads = self._table.horizontalHeader()
        heads.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        heads.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)  # as wide as its widest role
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(self._state)
        rows.addWidget(self._notes)
        rows.addWidget(self._table)
        rows.addWidget(self._button)
        reader.told.connect(self._hear)
        self.sync(node)

    def sync(self, node: Node) -> None:
        """Show what the node knows; read if its path is another one."""
        path = str(node.params.get("path", ""))
        if path != self._path:
            self._path = path
            self.read_again()
        if isinstance(node.layer, DataLayer):
            self._show(node.layer)
        self._show_state(node)

    def read_again(self) -> None:
        """Read the file or folder of the node as it is now."""
        self._reader.read(self._id, "Read the data of")

    def _show_state(self, node: Node) -> None:
        schema: Json = node.layer.schema if node.layer is not None else Json()  # type: ignore[attr-defined]
        reading, refusal = self._reader.reads(self._id), self._reader.refusal(node)
        if reading:
            self._say("Reading…", self._theme.muted_text)
        elif refusal:
            self._say(f"{refusal} {BEFORE}" if schema else refusal, self._theme.error)
        else:
            self._say(_found(schema), self._theme.muted_text)
        self._button.setText("Read again" if schema else f"Read the {self._thing}")
        self._button.setEnabled(bool(self._path) and not reading)
        self._button.setToolTip("" if self._path else f"Choose a {self._thing} first.")

    @Slot(str)
    def _hear(self, node_id: str) -> None:
        node = self._store.graph.nodes.get(self._id)
        if node_id != self._id or node is None:
            return
        if self._reader.refusal(node) and isinstance(node.layer, DataLayer):
            self._shown = None  # a role that was refused is taken back
            self._show(node.layer)
        self._show_state(node)

    def _choose_role(self, column: str, role: str) -> None:
        node = self._store.graph.nodes.get(self._id)
        if node is not None and isinstance(node.layer, DataLayer):
            layer = with_role(node.layer, column, role)
            self._reader.read(self._id, f"Set the role of {column} in", layer)

    def _show(self, layer: DataLayer) -> None:
        schema = layer.schema  # type: ignore[attr-defined]
        if schema is self._shown:
            return
        self._shown = schema
        columns = [each for each in schema.get("columns", ()) if isinstance(each, dict)]
        self._table.setVisible(bool(columns))
        self._table.setRowCount(len(columns))
        notes = _notes(schema, columns)
        self._notes.setText("\n".join(notes))
        self._notes.setVisible(bool(notes))
        for row, column in enumerate(columns):
            name = str(column.get("name", ""))
            item = QTableWidgetItem(name)
            note = str(column.get("note", ""))
            tip = f"{name} ({column.get('dtype', 'number')})" + (f": {note}" if note else "")
            item.setToolTip(plain_tip(tip))
            if note:
                item.setForeground(QColor(self._theme.warning))
            self._table.setItem(row, 0, item)
            role = _Role(name, str(column.get("role", "ignore")))
            role.chosen.connect(self._choose_role)
            self._table.setCellWidget(row, 1, role)
        self._table.resizeColumnToContents(1)
        self._table.resizeRowsToContents()
        height = self._table.horizontalHeader().height() + sum(
            self._table.rowHeight(row) for row in range(min(len(columns), MOST_ROWS))
        )
        self._table.setFixedHeight(height + 4)

    def _say(self, words: str, color: str) -> None:
        self._state.setText(words)
        self._state.setStyleSheet(f"color: {color};")


def _found(schema: Json) -> str:
    if schema.get("columns"):
        return f"{_counted(schema.get('rows', 0), 'row')}, {_counted(len(schema['columns']), 'column')}"
    if schema.get("classes"):
        names = ", ".join(map(str, schema["classes"][:8]))
        more = ", …" if len(schema["classes"]) > 8 else ""
        return f"{_counted(schema.get('count', 0), 'image')} of {len(schema['classes'])} classes: {names}{more}"
    return "Nothing has been read yet."


def _notes(schema: Json, columns: list[dict[str, Any]]) -> list[str]:
    """What a person should know of what was found, a sentence each."""
    found = [
        f"{column.get('name')}: {column['note']}. Mend it in the file and read again, or ignore the column."
        for column in columns
        if column.get("note")
    ]
    count = schema.get("rows", schema.get("count", FEW_SAMPLES)) if schema else FEW_SAMPLES
    if isinstance(count, int) and count < FEW_SAMPLES:
        what = _counted(count, "row" if columns else "image")
        found.append(
            f"With {what} a network can hardly learn, and what it is worth can hardly be measured. "
            f"Get {FEW_SAMPLES} or more."
        )
    return found


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
