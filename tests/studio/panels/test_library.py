"""The library: searched, walked and dragged."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QTreeWidget

from graphs.layer import LAYERS
from studio.looks.theme import LIGHT
from studio.panels.library import LAYER_MIME, LibraryPanel
from studio.store import Store


@pytest.fixture
def panel(qtbot) -> LibraryPanel:
    panel = LibraryPanel(Store(), LIGHT)
    qtbot.addWidget(panel)
    panel.resize(260, 500)
    panel.show()
    return panel


def test_every_layer_stands_under_its_category(panel):
    tree = panel.findChild(QTreeWidget)
    leaves = {
        tree.topLevelItem(row).child(index).text(0): tree.topLevelItem(row).text(0)
        for row in range(tree.topLevelItemCount())
        for index in range(tree.topLevelItem(row).childCount())
    }

    assert leaves == {cls.info.title: cls.info.category for cls in LAYERS.values()}


def test_another_word_finds_the_layer_and_enter_asks_for_it(qtbot, panel):
    search = panel.findChild(QLineEdit)
    qtbot.keyClicks(search, "dense")

    with qtbot.waitSignal(panel.layer_requested) as asked:
        qtbot.keyClick(search, Qt.Key.Key_Return)

    assert asked.args == ["Linear"]


def test_down_walks_from_the_search_into_the_list(qtbot, panel):
    search = panel.findChild(QLineEdit)
    tree = panel.findChild(QTreeWidget)
    qtbot.keyClicks(search, "relu")

    qtbot.keyClick(search, Qt.Key.Key_Down)

    assert tree.currentItem() is tree.topLevelItem(1)


def test_a_layer_is_dragged_as_its_id(panel):
    tree = panel.findChild(QTreeWidget)
    panel.findChild(QLineEdit).setText("conv2d")

    data = tree.mimeData([tree.topLevelItem(0)])

    assert bytes(data.data(LAYER_MIME).data()) == b"Conv2d"


def test_a_word_that_finds_nothing_gets_a_sentence_and_escape_clears_it(qtbot, panel):
    search = panel.findChild(QLineEdit)
    qtbot.keyClicks(search, "qqqzzz")
    said = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]

    qtbot.keyClick(search, Qt.Key.Key_Escape)

    assert said == ["No layer is called “qqqzzz”. Try another word, such as dense, conv or loss."]
    assert search.text() == ""
    assert panel.findChild(QTreeWidget).topLevelItemCount() > 3
