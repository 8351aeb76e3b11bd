"""The search popup: type a few letters, press Enter, and the layer stands on the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QCursor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from studio.canvas.ink import mixed
from studio.search.layers import rank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QObject

    from graphs.layer import Info
    from studio.canvas.ink import Ink

WIDTH, ROW_HEIGHT, MOST_ROWS = 440, 44, 8
TYPE = Qt.ItemDataRole.UserRole


class Palette(QFrame):
    """A popup over the canvas. `chosen(type_id)` comes once; closing it with Esc or elsewhere chooses nothing."""

    chosen = Signal(str)

    def __init__(self, ink: Ink, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("layerPalette")
        self.setAccessibleName("Add a layer")
        self.search = QLineEdit(self)
        self.search.setAccessibleName("Search layers")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Layers that match")
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.nothing = QLabel(self)
        self.nothing.setWordWrap(True)
        self.nothing.setContentsMargins(8, 8, 8, 10)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(8, 8, 8, 8)
        inside.setSpacing(6)
        for widget in (self.search, self.list, self.nothing):
            inside.addWidget(widget)
        self._infos: list[Info] = []
        self._why = ""
        self._mouse = QPoint()  # where it was seen last, on the screen
        self.wear(ink)
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._choose)
        self.list.itemEntered.connect(self._point_at)
        self.setFixedWidth(WIDTH)

    def wear(self, ink: Ink) -> None:
        """Use these colours from now on."""
        theme = ink.theme
        self.list.setItemDelegate(_Row(ink, self.list))
        self.setStyleSheet(
            f"#layerPalette {{ background: {theme.base}; border: 1px solid {theme.border}; }}"
            f"QLineEdit {{ background: {theme.base}; color: {theme.text}; border: 1px solid {theme.border};"
            f" border-radius: 5px; padding: 6px 8px; font-size: 14px; }}"
            f"QLineEdit:focus {{ border: 1px solid {theme.accent}; }}"
            f"QListWidget {{ background: {theme.base}; border: none; outline: none; }}"
            f"QLabel {{ color: {theme.muted_text}; }}"
        )

    def ask(self, infos: Sequence[Info], point: QPoint, hint: str, why_empty: str = "") -> None:
        """Open at a global point with these layers to choose from; `hint` stands in the empty search field."""
        self._infos, self._why = list(infos), why_empty
        self.search.setPlaceholderText(hint)
        self.search.clear()
        self._fill("")
        self._mouse = QCursor.pos()
        screen = self.parentWidget().screen().availableGeometry()
        full = self.sizeHint().height()
        self.move(
            min(point.x(), screen.right() - WIDTH - 8),
            min(point.y(), max(screen.bottom() - full - 8, screen.top())),
        )
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def shown(self) -> list[str]:
        """The type ids in the list, best first."""
        return [self.list.item(row).data(TYPE).type for row in range(self.list.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up, down and Enter in the search field work on the list."""
        if (
            watched is self.search
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
        ):
            key, rows = event.key(), self.list.count()
            steps = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: MOST_ROWS,
                Qt.Key.Key_PageUp: -MOST_ROWS,
            }
            if key in steps and rows:
                step, row = steps[Qt.Key(key)], self.list.currentRow()
                self.list.setCurrentRow(
                    (row + step) % rows if abs(step) == 1 else min(max(row + step, 0), rows - 1)
                )
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
                if self.list.currentItem() is not None:
                    self._choose(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _fill(self, query: str) -> None:
        self.list.clear()
        for info in rank(query, self._infos):
            item = QListWidgetItem(self.list)
            item.setData(TYPE, info)
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole, f"{info.title}, {info.category}. {info.doc}"
            )
            item.setSizeHint(QSize(WIDTH - 20, ROW_HEIGHT))
        found = self.list.count()
        self.list.setVisible(found > 0)
        self.list.setFixedHeight(min(found, MOST_ROWS) * ROW_HEIGHT + 2)
        self.nothing.setVisible(found == 0)
        self.nothing.setText(
            f"No layer is called “{query.strip()}”." if query.strip() else self._why
        )
        if found:
            self.list.setCurrentRow(0)
        self.adjustSize()

    def _point_at(self, item: QListWidgetItem) -> None:
        """Take the row that the mouse moves to; a row that keys scroll under a resting mouse stays unchosen."""
        before, self._mouse = self._mouse, QCursor.pos()
        if self._mouse != before:
            self.list.setCurrentItem(item)

    def _choose(self, item: QListWidgetItem) -> None:
        self.hide()
        self.chosen.emit(item.data(TYPE).type)


class _Row(QStyledItemDelegate):
    """Title and category on one line, the first line of its description below."""

    def __init__(self, ink: Ink, parent: QObject) -> None:
        super().__init__(parent)
        self._ink = ink

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one row."""
        ink, info = self._ink, index.data(TYPE)
        theme = ink.theme
        rect: QRect = option.rect.adjusted(2, 1, -2, -1)  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(mixed(theme.base, theme.accent, 0.16))
            painter.drawRoundedRect(rect, 5, 5)
        painter.setBrush(ink.strip(info.category))
        painter.drawRoundedRect(QRect(rect.left() + 6, rect.top() + 6, 4, rect.height() - 12), 2, 2)
        painter.setFont(ink.title_font)
        painter.setPen(QColor(theme.text))
        left, line = rect.left() + 20, rect.height() // 2
        painter.drawText(
            QRect(left, rect.top() + 2, rect.width() - 140, line),
            Qt.AlignmentFlag.AlignVCenter,
            info.title,
        )
        painter.setFont(ink.row_font)
        chip_width = round(ink.row_metrics.horizontalAdvance(info.category)) + 14
        chip = QRect(rect.right() - chip_width - 6, rect.top() + 4, chip_width, line - 4)
        color = ink.strip(info.category).color()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(theme.base, color.name(), 0.2))
        painter.drawRoundedRect(chip, chip.height() / 2, chip.height() / 2)
        painter.setPen(QColor(theme.text))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, info.category)
        painter.setPen(QColor(theme.muted_text))
        room = rect.width() - 28
        words = ink.row_metrics.elidedText(info.doc, Qt.TextElideMode.ElideRight, room)
        painter.drawText(
            QRect(left, rect.top() + line, room, line - 2), Qt.AlignmentFlag.AlignVCenter, words
        )
        painter.restore()

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All rows are of one size."""
        return QSize(WIDTH - 20, ROW_HEIGHT)
