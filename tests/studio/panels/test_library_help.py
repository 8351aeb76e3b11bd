"""The page of a layer that is chosen in the library: what it does, its ports, its parameters."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QTextBrowser, QTreeWidget

from studio.looks.theme import DARK, LIGHT
from studio.panels.library import LibraryPanel
from studio.store import Store


@pytest.fixture
def panel(qtbot) -> LibraryPanel:
    panel = LibraryPanel(Store(), LIGHT)
    qtbot.addWidget(panel)
    panel.resize(240, 500)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def page(panel: LibraryPanel) -> QTextBrowser:
    return panel.findChild(QTextBrowser)


def click(qtbot, panel: LibraryPanel, title: str) -> None:
    tree = panel.findChild(QTreeWidget)
    (item,) = tree.findItems(title, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    tree.scrollToItem(item)
    place = tree.visualItemRect(item).center()
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_at_first_the_list_has_all_the_room(panel):
    assert not page(panel).isVisible()


def test_a_click_on_a_layer_says_what_it_does_with_its_ports_and_parameters(qtbot, panel):
    with qtbot.waitSignal(panel.layer_chosen) as told:
        click(qtbot, panel, "Bilinear")

    text = page(panel).toPlainText()
    assert told.args == ["Bilinear"]
    assert page(panel).isVisible()
    assert text.startswith("Bilinear\n")
    assert "Inputs" in text
    assert "Out features" in text


def test_the_best_of_a_search_is_explained_and_stays_when_the_search_is_over(qtbot, panel):
    search = panel.findChild(QLineEdit)

    qtbot.keyClicks(search, "dense")
    found = page(panel).toPlainText().partition("\n")[0]
    search.clear()

    assert found == "Linear"
    assert panel.chosen == "Linear"
    assert page(panel).isVisible()


def test_a_search_that_finds_nothing_and_a_category_have_no_page(qtbot, panel):
    qtbot.keyClicks(panel.findChild(QLineEdit), "qqqzzz")
    nothing = page(panel).isVisible()
    panel.findChild(QLineEdit).clear()

    click(qtbot, panel, "Data")

    assert not nothing
    assert not page(panel).isVisible()


def test_another_theme_keeps_the_page(qtbot, panel):
    click(qtbot, panel, "Bilinear")

    panel.set_theme(DARK)

    assert page(panel).toPlainText().startswith("Bilinear\n")


def test_help_shows_what_is_chosen_in_the_library(qtbot, window):
    window.files.new()
    library = window.workbench.docks["library"].widget()

    click(qtbot, library, "Bilinear")

    help_page = window.workbench.docks["help"].widget().text
    assert help_page.toPlainText().startswith("Bilinear\n")
