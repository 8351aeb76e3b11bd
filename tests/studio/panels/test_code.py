"""The panel that shows the document as PyTorch source."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication

from graphs.codegen import source
from graphs.content import Document
from graphs.document import load
from graphs.graph import Graph
from studio.looks.theme import DARK, LIGHT
from studio.panels.code import CodePanel
from studio.store import Store

EXAMPLE = Path(__file__).parents[3] / "resources" / "examples" / "digits_mlp.lamina"


@pytest.fixture
def store() -> Store:
    store = Store()
    store.open(load(EXAMPLE))
    return store


@pytest.fixture
def panel(qtbot, store) -> CodePanel:
    panel = CodePanel(store, LIGHT)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def with_width(graph: Graph, width: int) -> Graph:
    node = graph.nodes["linear"].with_params(out_features=width)
    return graph.changed(nodes={**graph.nodes, "linear": node})


def test_the_open_document_stands_there_as_source(panel, store):
    assert panel.text.toPlainText() == source(store.document).text
    assert panel.text.isReadOnly()


def test_an_edit_is_written_while_the_panel_is_seen(qtbot, panel, store):
    store.edit("Widen", lambda graph: with_width(graph, 99))

    qtbot.waitUntil(lambda: "nn.Linear(64, 99)" in panel.text.toPlainText(), timeout=5_000)


def test_out_of_sight_nothing_is_written_before_it_is_shown_again(qtbot, panel, store):
    panel.hide()
    before = panel.text.toPlainText()

    store.edit("Widen", lambda graph: with_width(graph, 98))
    unchanged = panel.text.toPlainText()
    panel.show()

    assert unchanged == before
    assert "nn.Linear(64, 98)" in panel.text.toPlainText()


def test_the_source_is_copied(qtbot, panel, store):
    qtbot.mouseClick(panel.copy, Qt.MouseButton.LeftButton)

    assert QGuiApplication.clipboard().text() == source(store.document).text
    assert panel.copy.text() == "Copied"
    qtbot.waitUntil(lambda: panel.copy.text() == "Copy", timeout=5_000)


def test_what_cannot_be_written_is_said(qtbot, panel, store):
    store.open(Document())

    qtbot.waitUntil(lambda: not panel.copy.isEnabled(), timeout=5_000)
    assert panel.text.toPlainText() == ""
    assert panel.said.text() == (
        "The network has no output and no loss, so there is no code to write. Add an Output."
    )


def test_keywords_have_the_colours_of_the_theme(panel):
    def color_of(word: str) -> str:
        document = panel.text.document()
        block = document.begin()
        while block.isValid() and not block.text().startswith(word):
            block = block.next()
        ranges = block.layout().formats()
        first = ranges[0].format  # both are kept: the format lives as long as its range
        return QColor(first.foreground().color()).name()

    light = color_of("import ")
    panel.set_theme(DARK)

    assert light == LIGHT.accent
    assert color_of("import ") == DARK.accent
