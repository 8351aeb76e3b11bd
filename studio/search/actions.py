"""Every action by its name: type a few letters, press Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter
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
)

from studio.action import ACTIONS, Action
from studio.search.fuzzy import NO_MATCH, score

if TYPE_CHECKING:
    from studio.looks.theme import Theme
    from studio.window import Window

ACTION_ROLE = Qt.ItemDataRole.UserRole
WHY_NOT_ROLE = Qt.ItemDataRole.UserRole + 1
WIDTH, HEIGHT, ROW_HEIGHT = 560, 380, 30
Index = QModelIndex | QPersistentModelIndex


def rank(query: str, actions: list[Action]) -> list[Action]:
    """The actions that answer the query, best first, of equal ones the shorter. Nothing typed finds all."""
    wanted = " ".join(query.lower().split())
    if not wanted:
        return actions
    points = {each.id: _score(wanted, each) for each in actions}
    found = [each for each in actions if points[each.id] > NO_MATCH]
    return sorted(found, key=lambda each: (-points[each.id], len(each.full_title)))


def _score(wanted: str, action: Action) -> int:
    titles = (
        action.title.lower().rstrip("."),
        action.full_title.lower(),
        f"{action.menu.lower()} {action.full_title.lower()}",
    )
    best = max(
        score(wanted, title) * weight for title, weight in zip(titles, (3, 2, 1), strict=True)
    )
    words = wanted.split()
    if not best and all(
        any(each.startswith(word) for each in titles[2].replace(":", "").split()) for word in words
    ):
        best = 15
    return best or (5 if len(wanted) >= 3 and wanted in action.doc.lower() else NO_MATCH)


class CommandPalette(QFrame):
    """Stands over the window until an action is chosen, Escape is pressed, or something else gets the focus."""

    chosen = Signal(str)  # an action's id; the palette is closed by then

    def __init__(self, window: Window) -> None:
        super().__init__(window, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("command_palette")
        self._window = window
        theme = window.appearance.theme
        self.setStyleSheet(
            f"QFrame#command_palette {{ background: {theme.base}; border: 1px solid {theme.border}; }}"
            f"QListWidget {{ border: none; background: {theme.base}; }}"
            f"QLineEdit {{ border: none; border-bottom: 1px solid {theme.border}; background: {theme.base};"
            " padding: 8px; font-size: 14px; }"
        )
        self.search = QLineEdit()
        self.search.setPlaceholderText("What would you like to do?")
        self.search.setAccessibleName("Search all actions")
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setItemDelegate(_Row(theme, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._take)
        self._nothing = QLabel("No action is called that.")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setStyleSheet(f"color: {theme.muted_text}; padding: 24px;")
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 1, 1, 1)
        box.setSpacing(0)
        box.addWidget(self.search)
        box.addWidget(self.list, 1)
        box.addWidget(self._nothing, 1)
        self._fill("")
        self.resize(min(WIDTH, window.width() - 40), HEIGHT)

    def open(self) -> None:
        """Stand in the upper middle of the window, ready for typing."""
        frame: QWidget = self._window
        corner = frame.mapToGlobal(frame.rect().topLeft())
        self.move(corner.x() + (frame.width() - self.width()) // 2, corner.y() + 70)
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up, Down and Enter in the search field move in the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_PageUp: -10,
                Qt.Key.Key_PageDown: 10,
            }
            if event.key() in step:
                last = self.list.count() - 1
                self.list.setCurrentRow(
                    max(0, min(last, self.list.currentRow() + step[Qt.Key(event.key())]))
                )
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.list.currentItem())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close()
                return True
        return super().eventFilter(watched, event)

    @Slot(str)
    def _fill(self, query: str) -> None:
        self.list.clear()
        found = [(each, each.why_not(self._window)) for each in rank(query, list(ACTIONS.values()))]
        if (
            not query.strip()
        ):  # else the best match stays first, and Enter does no other one instead
            found.sort(key=lambda each: bool(each[1]))
        for action, why_not in found:
            row = QListWidgetItem()
            row.setData(ACTION_ROLE, action)
            row.setData(WHY_NOT_ROLE, why_not)
            row.setText(
                f"{action.full_title}. {why_not}" if why_not else action.full_title
            )  # for screen readers
            row.setToolTip(f"Not now: {why_not}" if why_not else action.doc)
            self.list.addItem(row)
        self.list.setCurrentRow(0)
        self.list.setVisible(bool(found))
        self._nothing.setVisible(not found)

    @Slot(QListWidgetItem)
    def _take(self, row: QListWidgetItem | None) -> None:
        if row is None or row.data(WHY_NOT_ROLE):
            return
        action: Action = row.data(ACTION_ROLE)
        self.close()
        self.chosen.emit(action.id)


class _Row(QStyledItemDelegate):
    """Title on the left, why it cannot be done or its keys on the right."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One row."""
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one row."""
        action, why_not = index.data(ACTION_ROLE), index.data(WHY_NOT_ROLE)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        theme = self._theme
        rect = QRect(option.rect)
        painter.save()
        if chosen:
            painter.fillRect(rect, QColor(theme.accent))
        inner = rect.adjusted(10, 0, -10, 0)
        ink = theme.accent_text if chosen else theme.muted_text if why_not else theme.text
        painter.setPen(QColor(ink))
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(inner, left, action.full_title)
        keys = (
            QKeySequence(action.shortcuts[0]).toString(QKeySequence.SequenceFormat.NativeText)
            if action.shortcuts
            else ""
        )
        room = inner.adjusted(
            painter.fontMetrics().horizontalAdvance(action.full_title) + 16, 0, 0, 0
        )
        words = painter.fontMetrics().elidedText(
            why_not or keys, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.setPen(QColor(theme.accent_text if chosen else theme.muted_text))
        painter.drawText(room, right, words)
        painter.restore()
