"""The library: all layers by category, searched by any of their names, dragged or sent to the canvas."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QObject, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QSplitter,
    QTextBrowser,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

import graphs.layers  # noqa: F401 - registers all layer types
from graphs.layer import CATEGORIES, LAYERS, Info
from studio.layer_page import page
from studio.looks.theme import Theme
from studio.search.layers import rank
from studio.store import Store

LAYER_MIME = "application/x-lamina-layer"
LEAST_PAGE_PX = 110
_TYPE = int(Qt.ItemDataRole.UserRole)


class _Tree(QTreeWidget):
    """A tree whose layers can be dragged as their type id."""

    def mimeData(self, items: list[QTreeWidgetItem]) -> QMimeData:  # type: ignore[override]
        """The dragged layer, as its id and as text."""
        data = QMimeData()
        types = [item.data(0, _TYPE) for item in items if item.data(0, _TYPE)]
        if types:
            data.setData(LAYER_MIME, types[0].encode())
            data.setText(types[0])
        return data


class LibraryPanel(QWidget):
    """Search line above a tree of layers, and the page of the chosen one below.

    Enter or a double click asks for the layer.
    """

    layer_requested = Signal(str)  # type id
    layer_chosen = Signal(str)  # type id of the one whose page is shown

    def __init__(self, store: Store, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("library")
        self.setWindowTitle("Library")
        self._store, self._theme = store, theme
        self._infos: list[Info] = [cls.info for cls in LAYERS.values()]
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search layers, e.g. dense")
        self._search.setClearButtonEnabled(True)
        self._search.setAccessibleName("Search layers")
        self._search.textChanged.connect(self._fill)
        self._search.installEventFilter(self)
        self._tree = _Tree()
        self._tree.setAccessibleName("Layers")
        self._tree.setHeaderHidden(True)
        self._tree.setDragEnabled(True)
        self._tree.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self._tree.setIconSize(QSize(10, 14))
        self._tree.setIndentation(14)
        self._tree.setUniformRowHeights(True)
        self._tree.itemActivated.connect(self._activated)
        self._tree.itemClicked.connect(self._clicked)
        self._tree.currentItemChanged.connect(self._choose)
        self._page = QTextBrowser()
        self._page.setOpenLinks(False)
        self._page.setAccessibleName("Help on the chosen layer")
        self._page.document().setDocumentMargin(8)
        self._page.setMinimumHeight(LEAST_PAGE_PX)
        self._page.hide()
        self._parts = QSplitter(Qt.Orientation.Vertical)
        self._parts.setChildrenCollapsible(False)
        self._parts.addWidget(self._tree)
        self._parts.addWidget(self._page)
        self._parts.setStretchFactor(0, 3)
        self._parts.setStretchFactor(1, 2)
        self._none = QLabel()
        self._none.setWordWrap(True)
        self._none.setVisible(False)
        self._none.setContentsMargins(6, 2, 6, 2)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(6, 6, 6, 6)
        rows.setSpacing(6)
        rows.addWidget(self._search)
        rows.addWidget(self._none)
        rows.addWidget(self._parts, 1)
        self.setFocusProxy(self._search)
        self._fill("")

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self._fill(self._search.text())

    def focus_search(self) -> None:
        """Put the cursor into the search line, its text selected."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search line, arrow keys walk through the tree and Enter takes the current layer."""
        if (
            watched is self._search
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._tree.setFocus()
                self._tree.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._activated(self._tree.currentItem())
                return True
            if event.key() == Qt.Key.Key_Escape and self._search.text():
                self._search.clear()
                return True
        return super().eventFilter(watched, event)

    def _fill(self, query: str) -> None:
        open_ones = {
            item.text(0)
            for item in (
                self._tree.topLevelItem(row) for row in range(self._tree.topLevelItemCount())
            )
            if item is not None and item.isExpanded()
        }
        chosen = self.chosen
        with QSignalBlocker(self._tree):
            self._tree.clear()
            self._list(query, open_ones)
            self._choose_again(query, chosen)
        self._choose()

    def _list(self, query: str, open_ones: set[str]) -> None:
        found = rank(query, self._infos) if query.strip() else []
        self._none.setVisible(bool(query.strip()) and not found)
        self._none.setText(
            f"No layer is called “{query.strip()[:40]}”. Try another word, such as dense, conv or loss."
        )
        if query.strip():
            for info in found:
                self._tree.addTopLevelItem(self._leaf(info, with_category=True))
            return
        for category in CATEGORIES:
            members = [info for info in self._infos if info.category == category]
            if members:
                head = QTreeWidgetItem([category])
                head.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                font = self.font()
                font.setBold(True)
                head.setFont(0, font)
                head.addChildren([self._leaf(info) for info in members])
                self._tree.addTopLevelItem(head)
                head.setExpanded(
                    category in open_ones
                    or (not open_ones and category in ("Data", "Linear", "Activation"))
                )

    def _choose_again(self, query: str, chosen: str) -> None:
        """Of what was searched the best is chosen; of all layers the one that was before."""
        if query.strip():
            self._tree.setCurrentItem(self._tree.topLevelItem(0))
            return
        for row in range(self._tree.topLevelItemCount()):
            head = self._tree.topLevelItem(row)
            for each in (head.child(index) for index in range(head.childCount())):
                if chosen and each.data(0, _TYPE) == chosen:
                    self._tree.setCurrentItem(each)

    @property
    def chosen(self) -> str:
        """The type id of the layer whose page is shown, "" without one."""
        item = self._tree.currentItem()
        return str(item.data(0, _TYPE) or "") if item is not None else ""

    @Slot()
    def _choose(self) -> None:
        """Say what the chosen layer does."""
        type_id = self.chosen
        self._page.setVisible(bool(type_id))
        if type_id:
            self._page.setHtml(page(LAYERS[type_id].info, self._theme))
            self.layer_chosen.emit(type_id)

    def _leaf(self, info: Info, *, with_category: bool = False) -> QTreeWidgetItem:
        item = QTreeWidgetItem(
            [f"{info.title}   ·   {info.category}" if with_category else info.title]
        )
        item.setData(0, _TYPE, info.type)
        item.setIcon(0, self._swatch(info.category))
        others = f"<br><i>Also called: {', '.join(info.also)}</i>" if info.also else ""
        item.setToolTip(0, f"<b>{info.title}</b><br>{info.doc}{others}")
        item.setFlags(
            Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        )
        return item

    def _swatch(self, category: str) -> QIcon:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(10 * ratio), round(14 * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(self._theme.category_colors[category]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(1, 1, 8, 12, 2, 2)
        painter.end()
        return QIcon(pixmap)

    def _activated(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and item.data(0, _TYPE):
            self.layer_requested.emit(item.data(0, _TYPE))

    def _clicked(self, item: QTreeWidgetItem) -> None:
        if not item.data(0, _TYPE):
            item.setExpanded(not item.isExpanded())
