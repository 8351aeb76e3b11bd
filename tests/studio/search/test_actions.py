"""Finding any action by its name."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

import studio.actions  # noqa: F401 - registers all actions
from studio.action import ACTIONS
from studio.search.actions import WHY_NOT_ROLE, CommandPalette, rank


def _titles(query: str) -> list[str]:
    return [action.full_title for action in rank(query, list(ACTIONS.values()))]


@pytest.fixture
def palette(window) -> CommandPalette:
    window.show_command_palette()
    return window.findChild(CommandPalette)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("undo", "Undo"),
        ("save as", "Save as…"),
        ("dark", "Theme: Dark"),
        ("theme", "Theme: Dark"),
        ("panels cur", "Panels: Curves"),
        ("zin", "Zoom in"),
        ("view reset", "Reset layout"),
    ],
)
def test_the_best_match_comes_first(query, first):
    assert _titles(query)[0] == first


def test_nothing_typed_shows_everything():
    assert len(_titles("")) == len(ACTIONS)


def test_the_description_is_searched_last():
    found = _titles("arrange all layers")

    assert found == ["Tidy up"]


def test_enter_does_the_first_action(window, palette, qtbot):
    qtbot.keyClicks(palette.search, "new")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)

    assert window.files.anything_open
    assert QApplication.activePopupWidget() is None


def test_arrows_choose_another_action(window, palette, qtbot):
    qtbot.keyClicks(palette.search, "theme")
    qtbot.keyClick(palette.search, Qt.Key.Key_Down)
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)

    assert window.appearance.choice == "light"


def test_an_action_that_cannot_be_done_stays_and_says_why(window, palette, qtbot):
    qtbot.keyClicks(palette.search, "undo")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)

    assert palette.isVisible()
    assert palette.list.item(0).text() == "Undo. Nothing was done yet."
    assert palette.list.item(0).toolTip() == "Not now: Nothing was done yet."


def test_words_that_fit_nothing_say_so(palette, qtbot):
    qtbot.keyClicks(palette.search, "xyzzy")

    assert palette.list.isHidden()
    assert palette._nothing.text() == "No action is called that."


def test_escape_closes_it(palette, qtbot):
    with qtbot.waitSignal(palette.destroyed, timeout=1_000):
        qtbot.keyClick(palette.search, Qt.Key.Key_Escape)


def test_the_key_opens_it(window, qtbot):
    qtbot.keyClick(
        window,
        Qt.Key.Key_P,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )

    assert isinstance(QApplication.activePopupWidget(), CommandPalette)
    QApplication.activePopupWidget().close()


def test_what_can_be_done_stands_before_what_cannot(palette):
    rows = [palette.list.item(row) for row in range(palette.list.count())]
    refused = [bool(row.data(WHY_NOT_ROLE)) for row in rows]

    assert True in refused
    assert refused == sorted(refused)
