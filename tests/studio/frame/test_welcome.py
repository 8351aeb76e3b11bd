"""The welcome page: every way to begin is one click or one key away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from graphs.content import Document
from graphs.document import save
from resources.templates import templates


def test_every_template_is_a_card_with_its_paragraph(window):
    cards = window.welcome.cards

    assert [(card.text(), card.accessibleDescription()) for card in cards] == [
        (template.title, template.description) for template in templates()
    ]


def test_no_card_cuts_its_words(window):
    for card in window.welcome.cards:
        assert card.height() >= card.layout().heightForWidth(card.width())


def test_a_click_on_a_card_opens_its_template(window, qtbot):
    card = window.welcome.cards[1]
    title = card.template.title

    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)

    assert window.store.document.title == title
    assert window.canvas.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_card_opens_by_key(window, qtbot, key):
    qtbot.keyClick(window.welcome.cards[0], key)

    assert window.store.document.title == templates()[0].title


def test_the_tab_key_reaches_everything(window, qtbot):
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.welcome.new, timeout=2_000)
    reached = [window.welcome.new]

    for _ in range(len(window.welcome.cards) + 1):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())

    assert set(reached) == {window.welcome.new, window.welcome.open, *window.welcome.cards}


def test_new_begins_with_an_empty_canvas(window, qtbot):
    qtbot.mouseClick(window.welcome.new, Qt.MouseButton.LeftButton)

    assert window.files.anything_open
    assert not window.store.graph.nodes


def test_open_asks_for_a_file(window, qtbot, answers, tmp_path):
    answers.path = tmp_path / "house.lamina"
    save(Document(title="House"), answers.path)

    qtbot.mouseClick(window.welcome.open, Qt.MouseButton.LeftButton)

    assert window.store.path == answers.path


def test_closing_a_document_comes_back_here_with_the_file_among_the_recent(window, tmp_path):
    path = tmp_path / "house.lamina"
    save(Document(title="House"), path)
    window.files.open(path)

    window.perform("file.close")

    assert window.welcome.isVisible()
    assert window.welcome._recent == (path,)
    assert window.store.path is None


def test_a_small_window_shows_it_without_a_scroll_bar_below(window, qtbot):
    window.resize(900, 600)

    qtbot.waitUntil(lambda: window.welcome.width() <= 900, timeout=2_000)
    bar = window.welcome.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == 0, timeout=2_000)

    assert window.width() == 900
    assert window.welcome.cards[0].x() == window.welcome.cards[1].x()
