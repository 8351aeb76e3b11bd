"""The queue on screen: what waits, what runs, what failed; reorder, remove, start and pause."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from lightning_modules.run_queue import Queued
from studio.looks.flow_layout import FlowLayout
from studio.looks.plain_tip import plain_tip
from studio.looks.theme import Theme
from studio.runs.queue_runner import QueueRunner

EMPTY = (
    "Nothing waits. Add to queue puts the graph as it is now here; Add several… tries other "
    "epochs, learning rates, batch sizes or seeds."
)
AS_IT_IS = "as it is"
ID = Qt.ItemDataRole.UserRole


class QueuePage(QWidget):
    """A list with buttons. It asks for additions; everything else it does with the runner."""

    add_requested = Signal()
    add_several_requested = Signal()

    def __init__(self, runner: QueueRunner, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner, self._theme = runner, theme
        self.list = QTreeWidget()
        self.list.setColumnCount(3)
        self.list.setHeaderLabels(["Document", "With", "State"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setAccessibleName("Runs that wait")
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.itemSelectionChanged.connect(self._refresh_buttons)
        self.list.installEventFilter(self)
        self._empty = QLabel(EMPTY)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.list)
        self.start = _button("Start", "Train what waits, one run after the other")
        self.add = _button("Add to queue", "Put the graph as it is now at the end (Ctrl+F5)")
        self.several = _button("Add several…", "Choose lists of epochs, rates, batch sizes, seeds")
        self.up = _button("Up", "Run the chosen one earlier (Alt+Up)")
        self.down = _button("Down", "Run the chosen one later (Alt+Down)")
        self.again = _button("Try again", "Let the chosen run that failed wait once more")
        self.remove = _button("Remove", "Take the chosen ones out of the queue (Delete)")
        bar = QWidget()
        row = FlowLayout(bar, spacing=6)
        for button in self._buttons:
            row.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(bar)
        rows.addWidget(self._pages, 1)
        self.start.clicked.connect(self.toggle)
        self.add.clicked.connect(self.add_requested)
        self.several.clicked.connect(self.add_several_requested)
        self.up.clicked.connect(self._move_up)
        self.down.clicked.connect(self._move_down)
        self.again.clicked.connect(self._try_again)
        self.remove.clicked.connect(self._remove)
        runner.changed.connect(self.refresh)
        self.set_theme(theme)

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return self.start, self.add, self.several, self.up, self.down, self.again, self.remove

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self._empty.setStyleSheet(
            f"color: {theme.muted_text}; background: {theme.base}; padding: 8px;"
        )
        self.refresh()

    @property
    def chosen(self) -> tuple[Queued, ...]:
        """The entries that are selected, in order."""
        ids = {each.data(0, ID) for each in self.list.selectedItems()}
        return tuple(each for each in self._entries if each.id in ids)

    @Slot()
    def refresh(self) -> None:
        """Show the queue as it is now."""
        chosen = {each.data(0, ID) for each in self.list.selectedItems()}
        self._entries = self._runner.entries
        self.list.blockSignals(True)
        self.list.clear()
        for entry in self._entries:
            row = self._row(entry)
            self.list.addTopLevelItem(row)
            row.setSelected(entry.id in chosen)
        self.list.blockSignals(False)
        self._pages.setCurrentWidget(self.list if self._entries else self._empty)
        self._refresh_buttons()

    def _row(self, entry: Queued) -> QTreeWidgetItem:
        state, color = self._state(entry)
        row = QTreeWidgetItem([entry.title or "Untitled", with_words(entry), state])
        row.setData(0, ID, entry.id)
        row.setForeground(2, QColor(color))
        for column, text in enumerate((entry.title, with_words(entry), state)):
            row.setToolTip(column, plain_tip(text))
        return row

    def _state(self, entry: Queued) -> tuple[str, str]:
        if self._runner.is_going_on(entry):
            return "Running", self._theme.accent
        if entry.state == "failed":
            return f"Failed: {entry.reason}", self._theme.error
        if entry.run_dir is not None:
            return "Waiting to go on", self._theme.warning
        return "Waiting", self._theme.text

    @Slot()
    def _refresh_buttons(self) -> None:
        chosen = self.chosen
        waiting = any(each.state != "failed" for each in self._entries)
        one = len(chosen) == 1
        self.start.setText("Pause" if self._runner.on else "Start")
        self.start.setEnabled(self._runner.on or waiting)
        self.up.setEnabled(one and chosen[0] is not self._entries[0])
        self.down.setEnabled(one and chosen[0] is not self._entries[-1])
        self.again.setEnabled(one and chosen[0].state == "failed")
        self.remove.setEnabled(any(not self._runner.is_going_on(each) for each in chosen))

    @Slot()
    def toggle(self) -> None:
        """Start the queue, or pause it."""
        if self._runner.on:
            self._runner.pause()
        else:
            self._runner.start()

    @Slot()
    def _move_up(self) -> None:
        self._move(-1)

    @Slot()
    def _move_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        if len(self.chosen) == 1:
            self._runner.move(self.chosen[0], by)

    @Slot()
    def _try_again(self) -> None:
        if len(self.chosen) == 1:
            self._runner.try_again(self.chosen[0])

    @Slot()
    def _remove(self) -> None:
        self._runner.remove(self.chosen)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete removes, Alt and an arrow moves."""
        if watched is self.list and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
            if event.key() == Qt.Key.Key_Delete:
                self._remove()
                return True
            if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._move(-1 if event.key() == Qt.Key.Key_Up else 1)
                return True
        return super().eventFilter(watched, event)


def with_words(entry: Queued) -> str:
    """What was chosen for a run: "learning rate 0.01, on 2 devices"; "as it is" where nothing was."""
    devices = [f"on {entry.devices} devices"] if entry.devices > 1 else []
    return ", ".join([*filter(None, [entry.words]), *devices]) or AS_IT_IS


def _button(words: str, tip: str) -> QPushButton:
    button = QPushButton(words)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
