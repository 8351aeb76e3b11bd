"""What a person's hands do to the window, as real mouse and key events: for the demonstration and for tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QScrollArea,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from graphs.layer import LAYERS

if TYPE_CHECKING:
    from pathlib import Path

    from studio.window import Window

LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
MOVES = 8
MOVE_MS = 15
LIMIT_S = 20.0


class NotDone(RuntimeError):  # noqa: N818 - what the hands report
    """What was to be done did not happen; the sentence says what."""


class DemoHands:
    """Mouse and keyboard before one window that is shown. Points are pixels of the canvas's viewport."""

    def __init__(self, window: Window, pause_ms: int = 0) -> None:
        """`pause_ms` is waited after every act, so that people can follow."""
        self._window, self._pause_ms = window, pause_ms

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEYS) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(QApplication.focusWidget() or self._window, key, modifiers)
        self._settle()

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click a widget, in its middle if no point of it is given."""
        point = widget.mapTo(self._window, at or widget.rect().center())
        QTest.mouseClick(self._window.windowHandle(), LEFT, NO_KEYS, point)
        self._settle()

    def drag_layer(self, type_id: str, point: QPoint) -> str:
        """Find a layer in the library, drag it to a point of the canvas; the new node's id is returned.

        Raises:
            NotDone: no node came of it.
        """
        library = self._window.workbench.docks["library"].widget()
        search, tree = library.findChild(QLineEdit), library.findChild(QTreeWidget)
        title = LAYERS[type_id].info.title
        self._type(search, title)
        row = self._row(tree, type_id)
        before = set(self._window.store.graph.nodes)
        self._drag_row(tree, row, point)
        new = set(self._window.store.graph.nodes) - before
        if len(new) != 1:
            raise NotDone(f"Dragging {title} from the library added {len(new)} nodes.")
        self._type(search, "")
        return new.pop()

    def draw_wire(self, source: str, out: str, target: str, into: str) -> None:
        """Drag a wire from an output port to an input port.

        Raises:
            NotDone: the wire is not there.
        """
        canvas = self._window.canvas
        start, end = canvas.port_position(source, out), canvas.port_position(target, into)
        self._drag_on_canvas(start, end)
        wired = self._window.store.graph.incoming[target].get(into)
        if wired is None or (wired.node, wired.port) != (source, out):
            raise NotDone(f"The wire from {source}.{out} to {target}.{into} was not drawn.")

    def select(self, node: str) -> None:
        """Click a node on the canvas.

        Raises:
            NotDone: it is not selected then.
        """
        rect = self._window.canvas.node_rect(node)
        self.click(
            self._window.canvas.viewport(),
            QPoint(rect.center().x(), rect.top() + max(3, rect.height() // 6)),
        )
        if self._window.store.selection != {node}:
            raise NotDone(f"A click on {node} did not select it.")

    def set_field(self, panel: str, label: str, text: str) -> None:
        """Type into the field of a panel that stands beside this label, and press Enter.

        Raises:
            NotDone: there is no such field.
        """
        wait(MOVES * MOVE_MS)  # a form that was just made has no place yet
        inside = self._window.workbench.docks[panel].widget()
        labels = [each for each in inside.findChildren(QLabel) if each.text() == label]
        field = next((each.buddy() for each in labels if each.buddy() is not None), None)
        if field is None:
            raise NotDone(f"The panel {panel} has no field called {label}.")
        for area in (inside, *inside.findChildren(QScrollArea)):
            if isinstance(area, QScrollArea) and area.isAncestorOf(field):
                area.ensureWidgetVisible(field)
        line = field if isinstance(field, QLineEdit) else field.findChild(QLineEdit)
        self._type(line or field, text)
        self.press(Qt.Key.Key_Return)

    def save_to(self, path: Path) -> None:
        """Press Ctrl+S, paste the name into the dialog and press Enter.

        Raises:
            NotDone: the file is not there.
        """
        QTimer.singleShot(0, lambda: self._answer_file_dialog(path))
        QTest.keyClick(self._window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        self._settle()
        if not path.is_file():
            raise NotDone(f"{path.name} was not saved.")

    def wait_until(self, done: Callable[[], bool], what: str, limit_s: float = LIMIT_S) -> None:
        """Let the window work until something is so.

        Raises:
            NotDone: it was not within the limit.
        """
        end = time.monotonic() + limit_s
        while not done():
            if time.monotonic() > end:
                raise NotDone(f"{what} did not happen within {limit_s:g} s.")
            wait(10)

    def _settle(self) -> None:
        wait(self._pause_ms or 1)

    def _type(self, field: QWidget, text: str) -> None:
        self.click(field)
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(field, Qt.Key.Key_Delete)
        QTest.keyClicks(field, text)
        self._settle()

    def _row(self, tree: QTreeWidget, type_id: str) -> QTreeWidgetItem:
        anywhere = Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive
        for row in tree.findItems(LAYERS[type_id].info.title, anywhere):
            if row.data(0, Qt.ItemDataRole.UserRole) == type_id:
                tree.scrollToItem(row, QAbstractItemView.ScrollHint.EnsureVisible)
                return row
        raise NotDone(f"The library shows no {type_id}.")

    def _drag_row(self, tree: QTreeWidget, row: QTreeWidgetItem, point: QPoint) -> None:
        if QGuiApplication.platformName() == "offscreen":  # which has no drag and drop of its own
            self._drop_offscreen(tree, row, point)
            return
        start = tree.viewport().mapTo(self._window, tree.visualItemRect(row).center())
        end = self._window.canvas.viewport().mapTo(self._window, point)
        # The drag begins a loop of its own within a move: what follows must be under way before.
        handle = self._window.windowHandle()
        for index, step in enumerate(_steps(start, end), 1):
            QTimer.singleShot(index * MOVE_MS, lambda at=step: QTest.mouseMove(handle, at))
        QTimer.singleShot(
            (MOVES + 2) * MOVE_MS, lambda: QTest.mouseRelease(handle, LEFT, NO_KEYS, end)
        )
        QTest.mousePress(handle, LEFT, NO_KEYS, start)
        wait((MOVES + 4) * MOVE_MS)
        self._settle()

    def _drop_offscreen(self, tree: QTreeWidget, row: QTreeWidgetItem, point: QPoint) -> None:
        data = tree.mimeData([row])
        target, copy = self._window.canvas.viewport(), Qt.DropAction.CopyAction
        for kind in (QDragEnterEvent, QDragMoveEvent):
            QApplication.sendEvent(target, kind(point, copy, data, LEFT, NO_KEYS))
        QApplication.sendEvent(target, QDropEvent(QPointF(point), copy, data, LEFT, NO_KEYS))
        self._settle()

    def _drag_on_canvas(self, start: QPoint, end: QPoint) -> None:
        handle, viewport = self._window.windowHandle(), self._window.canvas.viewport()
        first, last = viewport.mapTo(self._window, start), viewport.mapTo(self._window, end)
        QTest.mouseMove(handle, first)
        QTest.mousePress(handle, LEFT, NO_KEYS, first)
        for step in _steps(first, last):
            QTest.mouseMove(handle, step)
            wait(1)
        QTest.mouseRelease(handle, LEFT, NO_KEYS, last)
        self._settle()

    def _answer_file_dialog(self, path: Path) -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QFileDialog):
            QTimer.singleShot(MOVE_MS, lambda: self._answer_file_dialog(path))
            return
        name = dialog.findChild(QLineEdit)
        name.selectAll()
        name.insert(
            str(path)
        )  # typed letter by letter, the dialog would choose every folder on the way
        wait(MOVES * MOVE_MS)
        QTest.keyClick(name, Qt.Key.Key_Return)


def wait(duration_ms: int) -> None:
    """Let the window work for a while. QTest.qWait keeps the interpreter from all other threads meanwhile."""
    loop = QEventLoop()
    QTimer.singleShot(duration_ms, loop.quit)
    loop.exec()


def _steps(start: QPoint, end: QPoint) -> list[QPoint]:
    return [start + (end - start) * index / MOVES for index in range(1, MOVES + 1)]
