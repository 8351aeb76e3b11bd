"""The registry of actions: complete, without clashes, and true to what can be done now."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

import studio.actions  # noqa: F401 - registers all actions
from graphs import edits
from graphs.content import Document
from graphs.graph import Graph
from studio.action import ACTIONS, MENUS
from studio.actions.view import PANELS
from studio.frame.menus import TOOLBAR

WITHOUT_KEYS = {"view.theme_system", "view.theme_light", "view.theme_dark", "help.about"}
"""Reached through the menus' own keys or the command palette; F9 switches the theme."""


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.id)
def test_every_action_has_its_words(action):
    assert action.title[0].isupper()
    assert action.doc.endswith((".", ".)"))
    assert action.menu in MENUS
    assert action.id.partition(".")[0] in {menu.lower() for menu in MENUS}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.id)
def test_every_action_has_a_key(action):
    assert bool(action.shortcuts) != (action.id in WITHOUT_KEYS)
    assert all(QKeySequence(keys)[0].key() != Qt.Key.Key_unknown for keys in action.shortcuts)


def test_no_two_actions_have_one_key():
    keys = Counter(
        QKeySequence(each).toString() for action in ACTIONS.values() for each in action.shortcuts
    )

    assert [key for key, count in keys.items() if count > 1] == []


def test_every_panel_has_an_action(window):
    assert set(window.workbench.docks) == set(PANELS)
    assert [
        dock.windowTitle().partition(" (")[0] for dock in window.workbench.docks.values()
    ] == list(PANELS.values())


def test_every_action_stands_in_its_menu(window):
    shown = set()
    for menu in window.menuBar().actions():
        for entry in menu.menu().actions():
            shown |= (
                {each.objectName() for each in entry.menu().actions()}
                if entry.menu()
                else {entry.objectName()}
            )

    assert shown >= set(ACTIONS)


def test_an_action_that_cannot_be_done_says_why(window):
    off = {
        each: window.menus.qactions[each]
        for each in ("edit.undo", "edit.delete", "canvas.fit", "run.train", "file.save")
    }

    tips = {name: qaction.toolTip().partition("\n")[2] for name, qaction in off.items()}

    assert not any(qaction.isEnabled() for qaction in off.values())
    assert tips == {
        "edit.undo": "Nothing was done yet.",
        "edit.delete": "No document is open.",
        "canvas.fit": "The canvas is empty.",
        "run.train": "No document is open.",
        "file.save": "No document is open.",
    }


def test_what_is_off_anywhere_has_a_sentence(window):
    for action in ACTIONS.values():
        why_not = action.why_not(window)
        assert why_not == "" or (why_not[0].isupper() and why_not.endswith(".")), action.id


def test_undo_says_what_it_takes_back(window):
    window.files.new()
    undo, redo = window.menus.qactions["edit.undo"], window.menus.qactions["edit.redo"]

    window.store.edit("Add Linear", lambda graph: edits.add_node(graph, "Linear", (0, 0))[0])
    offered = undo.text(), undo.isEnabled(), redo.isEnabled()
    undo.trigger()

    assert offered == ("Undo Add Linear", True, False)
    assert redo.text() == "Redo Add Linear"
    assert not undo.isEnabled()


def test_undo_and_redo_work_by_key(window, qtbot):
    window.files.new()
    window.store.edit("Add Linear", lambda graph: edits.add_node(graph, "Linear", (0, 0))[0])

    qtbot.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    undone = len(window.store.graph.nodes)
    qtbot.keyClick(
        window.canvas,
        Qt.Key.Key_Z,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )

    assert undone == 0
    assert len(window.store.graph.nodes) == 1


def test_delete_in_the_library_deletes_no_layer(window, qtbot):
    graph, node = edits.add_node(Graph(), "Linear", (0, 0))
    window.files.new()
    window.store.open(Document().with_graph(graph))
    window.store.select([node])
    window.canvas.setFocus()

    qtbot.keyClick(window, Qt.Key.Key_F6)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete)
    kept = set(window.store.graph.nodes)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Delete)

    assert kept == {node}
    assert not window.store.graph.nodes


def test_the_tool_bar_shows_known_actions_with_pictures(window):
    for action_id in filter(None, TOOLBAR):
        assert not window.menus.qactions[action_id].icon().isNull()
        assert window.menus.toolbar.widgetForAction(
            window.menus.qactions[action_id]
        ).accessibleName()
