"""The menus, the tool bar and every shortcut of the window, made from the registry of actions and kept true."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QToolBar, QToolButton

import studio.actions  # noqa: F401 - registers all actions
from studio.action import ACTIONS, MENUS, Action
from studio.looks.icons import icon
from studio.looks.plain_tip import plain_tip

if TYPE_CHECKING:
    from studio.looks.theme import Theme
    from studio.window import Window

TOOLBAR = (
    "file.new",
    "file.open",
    "file.save",
    "",
    "edit.undo",
    "edit.redo",
    "",
    "canvas.add_layer",
    "canvas.tidy",
    "canvas.fit",
)
TOOLBAR_RIGHT = ("help.palette",)


class Menus(QObject):
    """One QAction for every Action. `refresh` asks each of them whether it can be done now, and why not."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._theme = window.appearance.theme
        self.qactions = {each.id: self._make(each) for each in ACTIONS.values()}
        self._recent = QMenu("Open recent", window)
        self._recent.setToolTipsVisible(True)
        self._build_menu_bar()
        self.toolbar = self._build_toolbar()
        self.fill_recent()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Bring titles, marks and what can be done up to date."""
        for action in ACTIONS.values():
            qaction = self.qactions[action.id]
            title = action.words(self._window) if action.words else action.title
            why_not = action.why_not(self._window)
            if qaction.text() != title:
                qaction.setText(title)
            if qaction.isEnabled() == bool(why_not):
                qaction.setEnabled(not why_not)
            if action.checked is not None:
                qaction.setChecked(action.checked(self._window))
            tip = self._tip(action, title, why_not)
            if qaction.toolTip() != tip:
                qaction.setToolTip(tip)
                qaction.setStatusTip(why_not or action.doc)

    @Slot()
    def fill_recent(self) -> None:
        """List the recent files that are still there."""
        self._recent.clear()
        files = self._window.files
        for index, path in enumerate(files.recent):
            entry = self._recent.addAction(f"&{index + 1}  {path.name}" if index < 9 else path.name)
            entry.setToolTip(str(path))
            entry.triggered.connect(partial(files.open, path))
        self._recent.setEnabled(bool(files.recent))
        self._recent.menuAction().setToolTip(
            "" if files.recent else "No file was opened or saved yet."
        )
        if files.recent:
            self._recent.addSeparator()
            self._recent.addAction("Clear the list").triggered.connect(files.clear_recent)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in these colours."""
        self._theme = theme
        for action in ACTIONS.values():
            if action.icon:
                self.qactions[action.id].setIcon(icon(action.icon, theme.text, theme.border))

    def _make(self, action: Action) -> QAction:
        window = self._window
        qaction = QAction(action.title, window)
        qaction.setObjectName(action.id)
        qaction.setShortcuts([QKeySequence(keys) for keys in action.shortcuts])
        qaction.setCheckable(action.checked is not None)
        qaction.setMenuRole(QAction.MenuRole.NoRole)
        qaction.triggered.connect(partial(self._run, action))
        if action.icon:
            qaction.setIcon(icon(action.icon, self._theme.text, self._theme.border))
        if action.scope == "canvas":
            qaction.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            window.canvas.addAction(qaction)
        else:
            window.addAction(qaction)
        return qaction

    def _run(self, action: Action, _checked: bool = False) -> None:
        action.run(self._window)
        self.refresh()

    def _build_menu_bar(self) -> None:
        bar = self._window.menuBar()
        for title in MENUS:
            menu = bar.addMenu(f"&{title}")
            menu.setToolTipsVisible(True)
            submenus: dict[str, QMenu] = {}
            previous = None
            for action in sorted(
                (each for each in ACTIONS.values() if each.menu == title),
                key=lambda each: each.group,
            ):
                if previous is not None and previous.group != action.group:
                    menu.addSeparator()
                if action.submenu and action.submenu not in submenus:
                    submenus[action.submenu] = menu.addMenu(action.submenu)
                    submenus[action.submenu].setToolTipsVisible(True)
                submenus.get(action.submenu, menu).addAction(self.qactions[action.id])
                if action.id == "file.open":
                    menu.addMenu(self._recent)
                previous = action

    def _build_toolbar(self) -> QToolBar:
        bar = QToolBar("Tools")
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(20, 20))
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        for action_id in TOOLBAR:
            if not action_id:
                bar.addSeparator()
                continue
            bar.addAction(self.qactions[action_id])
            button = bar.widgetForAction(self.qactions[action_id])
            assert isinstance(button, QToolButton)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(ACTIONS[action_id].title)
        return bar

    @staticmethod
    def _tip(action: Action, title: str, why_not: str) -> str:
        keys = _key_words(action.shortcuts[0]) if action.shortcuts else ""
        head = title.rstrip("….") + (f" ({keys})" if keys else "")
        return plain_tip(f"{head}\n{why_not}" if why_not else head)


@cache
def _key_words(shortcut: str) -> str:
    """A shortcut as this system writes it; asked for often, while a run goes on too."""
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
