"""Where the panels stand around the canvas: docks that can be moved, closed, remembered and put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtCore import QByteArray, Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabWidget, QWidget

from studio.settings import LAYOUT_VERSION

Place: TypeAlias = Literal["left", "right", "right_below", "bottom"]

AREAS: dict[Place, Qt.DockWidgetArea] = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "right_below": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
LEFT_WIDTH, RIGHT_WIDTH = 220, 300
INSPECTOR_HEIGHT, TRAINING_HEIGHT, BOTTOM_HEIGHT = 370, 330, 240
"""At first, in pixels: the canvas keeps most of a window of 1280 by 800."""


@dataclass(frozen=True)
class Docked:
    """A panel and where it stands at first; panels of one place share it as tabs, the first one in front."""

    panel: QWidget
    place: Place


class Workbench(QMainWindow):
    """The canvas with its docks; it lives inside the window, so that the welcome page can take its place whole."""

    def __init__(
        self, centre: QWidget, docked: Sequence[Docked], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.GroupedDragging  # then a tab can be dragged, where no title bar is shown
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        for corner, area in (
            (Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea),
            (Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea),
        ):
            self.setCorner(corner, area)
        self.setCentralWidget(centre)
        self._docked = tuple(docked)
        self.docks = {each.panel.objectName(): self._dock(each.panel) for each in docked}
        self._placed = False
        self._remembered, self._at_first = QByteArray(), QByteArray()
        self._first: dict[Place, QDockWidget] = {}
        self._bare = {name: _no_title(dock) for name, dock in self.docks.items()}
        self._titles = QTimer(self)
        self._titles.setSingleShot(True)
        self._titles.timeout.connect(self._drop_doubled_titles)
        for dock in self.docks.values():
            for fact in (dock.visibilityChanged, dock.topLevelChanged, dock.dockLocationChanged):
                fact.connect(self._doubt_titles)

    def _place_all(self) -> None:
        first: dict[Place, QDockWidget] = {}
        for each in self._docked:
            dock = self.docks[each.panel.objectName()]
            if each.place not in first:
                first[each.place] = dock
                self.addDockWidget(AREAS[each.place], dock)
        if (
            "right" in first and "right_below" in first
        ):  # a dock that has tabs already is not split but joined
            self.splitDockWidget(first["right"], first["right_below"], Qt.Orientation.Vertical)
        for each in self._docked:
            dock = self.docks[each.panel.objectName()]
            if dock is not first[each.place]:
                self.tabifyDockWidget(first[each.place], dock)
        for dock in first.values():
            dock.raise_()
        self._first = first
        self._size_all()

    def _size_all(self) -> None:
        across: dict[Place, int] = {"left": LEFT_WIDTH, "right": RIGHT_WIDTH}
        down: dict[Place, int] = {
            "right": INSPECTOR_HEIGHT,
            "right_below": TRAINING_HEIGHT,
            "bottom": BOTTOM_HEIGHT,
        }
        for sizes, way in ((across, Qt.Orientation.Horizontal), (down, Qt.Orientation.Vertical)):
            chosen = [place for place in sizes if place in self._first]
            self.resizeDocks(
                [self._first[place] for place in chosen], [sizes[place] for place in chosen], way
            )

    def showEvent(self, event: QShowEvent) -> None:
        """Place the docks at the first show, not before.

        Sizes need the window's own; and tab bars that Qt makes for a hidden main window stay on it as ghosts
        (seen with 6.11.3).
        """
        super().showEvent(event)
        if not self._placed:
            self._placed = True
            self._place_all()
            self._at_first = self.saveState(LAYOUT_VERSION)
            self.restore(self._remembered)

    @Slot()
    def _doubt_titles(self) -> None:
        self._titles.start()

    @Slot()
    def _drop_doubled_titles(self) -> None:
        for name, dock in self.docks.items():
            tabbed = any(
                other.isVisible() or other.toggleViewAction().isChecked()
                for other in self.tabifiedDockWidgets(dock)
            )
            bare = self._bare[name] if tabbed and not dock.isFloating() else None
            if dock.titleBarWidget() is not bare:
                dock.setTitleBarWidget(bare)

    def restore(self, layout: QByteArray) -> None:
        """Put the docks where they stood; a layout that does not fit this version changes nothing."""
        self._remembered = layout
        if self._placed and not layout.isEmpty():
            self.restoreState(layout, LAYOUT_VERSION)

    def layout_state(self) -> QByteArray:
        """Where the docks stand now, for `restore`."""
        return self.saveState(LAYOUT_VERSION) if self._placed else self._remembered

    def reset(self) -> None:
        """Put every dock back to its first place."""
        if not self._placed:
            self._remembered = QByteArray()
            return
        # Not by placing them anew: a dock that floated since the last session would stand nowhere (seen with 6.11.3).
        self.restoreState(self._at_first, LAYOUT_VERSION)
        for dock in self._first.values():
            dock.raise_()
        self._size_all()

    def reveal(self, name: str) -> None:
        """Open a panel and bring it to the front of its tabs."""
        dock = self.docks[name]
        dock.show()
        dock.raise_()

    def toggle(self, name: str) -> None:
        """Close a panel that can be seen; open one that cannot, or that stands behind another tab."""
        dock = self.docks[name]
        if self.shows(name):
            dock.close()
        else:
            self.reveal(name)
            self._focus(dock.widget())

    def shows(self, name: str) -> bool:
        """Whether a panel is open and in front."""
        dock = self.docks[name]
        return dock.isVisible() and not dock.visibleRegion().isEmpty()

    def focus_next(self, step: int) -> None:
        """Give the focus to the next place that can be seen: the canvas, then the panels in order."""
        panels = [dock.widget() for name, dock in self.docks.items() if self.shows(name)]
        stops = [self.centralWidget(), *panels]
        focused = QApplication.focusWidget()
        here = next(
            (i for i, each in enumerate(stops) if focused and each.isAncestorOf(focused)), 0
        )
        self._focus(stops[(here + step) % len(stops)])

    def _focus(self, place: QWidget) -> None:
        for each in (place, *place.findChildren(QWidget)):
            takes = each.focusPolicy() & Qt.FocusPolicy.TabFocus
            if takes and each.isVisible() and each.isEnabled():
                each.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def _dock(self, panel: QWidget) -> QDockWidget:
        dock = QDockWidget(panel.windowTitle(), self)
        dock.setObjectName(f"{panel.objectName()}_dock")
        dock.setWidget(panel)
        panel.windowTitleChanged.connect(dock.setWindowTitle)  # "Problems (2)"
        return dock


def _no_title(dock: QDockWidget) -> QWidget:
    """What stands for a title bar where it would only repeat the tab."""
    bar = QWidget(dock)
    bar.hide()
    return bar
