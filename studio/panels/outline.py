"""The graph as a list in the order of computation: for screen readers, and for finding a layer by its name."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QResizeEvent
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from graphs.content import Document
from graphs.graph import Node
from studio.looks.plain_tip import plain_tip
from studio.looks.theme import Theme
from studio.store import Store

ID_ROLE = Qt.ItemDataRole.UserRole

NAMES_SHARE = 0.6
"""How much of the panel's width the names get at least, if they need it."""


class OutlinePanel(QWidget):
    """One row a layer: name and shape. It follows the selection and sets it; Enter asks for the node."""

    node_requested = Signal(str)

    def __init__(self, store: Store, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outline")
        self.setWindowTitle("Outline")
        self._store, self._theme, self._following = store, theme, False
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setHeaderLabels(["Layer", "Shape"])
        self.tree.setRootIsDecorated(False)
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.tree.setUniformRowHeights(True)
        self.tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setAccessibleName("Layers of the graph in order of computation")
        self.tree.itemSelectionChanged.connect(self._tell_selection)
        self.tree.itemActivated.connect(self._ask)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.tree)
        store.changed.connect(self._sync)
        store.selection_changed.connect(self._follow_selection)
        self._fill()

    def set_theme(self, theme: Theme) -> None:
        """Wear these colours."""
        self._theme = theme
        self._fill()

    @Slot(object, object)
    def _sync(self, before: Document, after: Document) -> None:
        if before.main.nodes is not after.main.nodes or before.main.wires is not after.main.wires:
            self._fill()

    def _fill(self) -> None:
        self._following = True
        self.tree.clear()
        graph = self._store.graph
        placed = set(graph.order)
        for node_id in (*graph.order, *(each for each in graph.nodes if each not in placed)):
            self.tree.addTopLevelItem(self._row(graph.nodes[node_id]))
        self._divide_room()
        self._following = False
        self._follow_selection()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Both columns stay in sight."""
        super().resizeEvent(event)
        self._divide_room()

    def _divide_room(self) -> None:
        """As wide as the names are, unless shapes lack room then: of those the names leave a share at least."""
        room = self.tree.viewport().width()
        names, shapes = self.tree.sizeHintForColumn(0), self.tree.sizeHintForColumn(1)
        self.tree.setColumnWidth(0, min(names, max(room - shapes, round(room * NAMES_SHARE))))

    def _row(self, node: Node) -> QTreeWidgetItem:
        known = self._store.report.shapes.nodes.get(node.id)
        shape = (
            ", ".join(str(spec) if spec.dims else "1" for spec in known.outputs.values())
            if known
            else ""
        )
        row = QTreeWidgetItem([node.name, shape])
        row.setData(0, ID_ROLE, node.id)
        row.setToolTip(0, plain_tip(node.name))
        row.setToolTip(1, plain_tip(shape))
        problems = self._store.report.at(node.id)
        if problems:
            error = any(problem.severity == "error" for problem in problems)
            row.setForeground(
                0, QBrush(QColor(self._theme.error if error else self._theme.warning))
            )
            row.setToolTip(0, plain_tip("\n".join(each.message for each in problems)))
        return row

    @Slot()
    def _follow_selection(self) -> None:
        self._following = True
        for index in range(self.tree.topLevelItemCount()):
            row = self.tree.topLevelItem(index)
            row.setSelected(row.data(0, ID_ROLE) in self._store.selection)
        self._following = False

    @Slot()
    def _tell_selection(self) -> None:
        if not self._following:
            self._store.select(row.data(0, ID_ROLE) for row in self.tree.selectedItems())

    @Slot(QTreeWidgetItem)
    def _ask(self, row: QTreeWidgetItem) -> None:
        self.node_requested.emit(row.data(0, ID_ROLE))
