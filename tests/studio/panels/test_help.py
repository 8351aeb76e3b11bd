"""Help on a layer, from its own words."""

from __future__ import annotations

import pytest

from graphs import edits
from graphs.content import Document
from graphs.graph import Graph
from graphs.layer import LAYERS
from studio.looks.theme import DARK, LIGHT
from studio.panels.help import EMPTY, HelpPanel
from studio.store import Store


@pytest.fixture
def store() -> Store:
    graph, _ = edits.add_node(Graph(), "Linear", (0, 0))
    graph, _ = edits.add_node(graph, "ReLU", (200, 0))
    store = Store()
    store.open(Document().with_graph(graph))
    return store


@pytest.fixture
def panel(qtbot, store) -> HelpPanel:
    panel = HelpPanel(store, LIGHT)
    qtbot.addWidget(panel)
    return panel


def test_nothing_chosen_says_how_to_choose(panel):
    assert panel.text.toPlainText() == EMPTY


def test_the_selected_layer_is_explained(panel, store):
    store.select(["linear"])

    text = panel.text.toPlainText()

    assert text.startswith("Linear\n")
    assert "Out features" in text
    assert "at least 1" in text
    assert "Also called: dense, fully connected" in text


def test_layers_of_two_types_leave_the_page_as_it_is(panel, store):
    store.select(["linear"])
    before = panel.text.toPlainText()

    store.select(["linear", "re_lu"])

    assert panel.text.toPlainText() == before


@pytest.mark.parametrize("type_id", sorted(LAYERS))
def test_every_layer_has_a_page_in_both_themes(panel, type_id):
    panel.show_layer(type_id)
    light = panel.text.toPlainText()
    panel.set_theme(DARK)

    info = LAYERS[type_id].info
    assert light == panel.text.toPlainText()
    assert info.doc in light.replace("\n", " ")
    for param in info.params.values():
        assert (param.title in light) != param.hidden


def test_a_layer_that_nobody_knows_says_how_to_choose(panel):
    panel.show_layer("Nonsense")

    assert panel.text.toPlainText() == EMPTY


def test_another_document_begins_without_help_on_the_layer_before(panel, store):
    store.select(list(store.graph.nodes)[:1])

    store.open(Document())

    assert panel.text.toPlainText() == EMPTY
