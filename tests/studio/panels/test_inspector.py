"""The inspector, driven by keys: one edit is one undo step."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPlainTextEdit, QSpinBox, QToolButton

from graphs import edits
from graphs.content import Document
from graphs.graph import End, Graph
from studio.looks.theme import DARK, LIGHT
from studio.panels.inspector import InspectorPanel
from studio.store import Store


def small_graph() -> Graph:
    graph = Graph()
    graph, _ = edits.add_node(graph, "Digits", (0, 0))
    graph, _ = edits.add_node(graph, "Flatten", (200, 0))
    graph, _ = edits.add_node(graph, "Linear", (400, 0))
    graph, _ = edits.add_node(graph, "Dropout", (600, 0))
    graph = edits.connect(graph, End("digits", "image"), End("flatten", "input"))
    graph = edits.connect(graph, End("flatten", "output"), End("linear", "input"))
    return edits.connect(graph, End("linear", "output"), End("dropout", "input"))


@pytest.fixture
def store() -> Store:
    store = Store()
    store.open(Document(title="Small").with_graph(small_graph()))
    return store


@pytest.fixture
def panel(qtbot, store) -> InspectorPanel:
    panel = InspectorPanel(store, LIGHT)
    qtbot.addWidget(panel)
    panel.resize(300, 600)
    panel.show()
    return panel


def words(panel: InspectorPanel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(QLabel) if not label.isHidden())


def test_a_number_typed_into_the_form_is_one_undo_step_with_a_name(qtbot, store, panel):
    store.select(["linear"])
    spin = panel.findChild(QSpinBox)

    spin.selectAll()
    qtbot.keyClicks(spin, "32")
    qtbot.keyClick(spin, Qt.Key.Key_Return)

    assert store.graph.nodes["linear"].params == {"out_features": 32}
    assert (store.history.count(), store.history.undoText()) == (1, "Set Out features of Linear")
    store.history.undo()
    assert panel.findChild(QSpinBox).value() == 64


def test_reset_gives_the_default_back_and_hides_itself(qtbot, store, panel):
    store.edit("set", lambda graph: edits.set_params(graph, "linear", out_features=32))
    store.select(["linear"])
    reset = next(
        each
        for each in panel.findChildren(QToolButton)
        if each.accessibleName() == "Reset Out features"
    )

    assert reset.isVisible()
    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)

    assert store.graph.nodes["linear"].params == {}
    assert not reset.isVisible()


def test_shapes_parameters_and_work_of_the_node_are_told(store, panel):
    store.select(["linear"])

    assert "Input: E 64" in words(panel)
    assert "Output: E 64" in words(panel)
    assert "Parameters: 4,160" in words(panel)
    assert "Work per sample: 8,192 FLOPs" in words(panel)


def test_a_wrong_value_from_a_file_is_shown_with_its_sentence(store, panel):
    store.edit("break", lambda graph: edits.set_params(graph, "dropout", p=1.5))
    store.select(["dropout"])

    assert "Dropout probability must be at least 0 and less than 1, but is 1.5." in words(panel)


def test_freeze_is_a_mark_on_the_node(qtbot, store, panel):
    store.select(["linear"])
    box = next(each for each in panel.findChildren(QCheckBox) if each.text() == "Frozen")

    box.click()

    assert store.graph.nodes["linear"].marks.frozen
    assert store.history.undoText() == "Freeze Linear"


def test_without_a_selection_the_document_is_edited(qtbot, store, panel):
    title = panel.findChild(QLineEdit)
    text = panel.findChild(QPlainTextEdit)

    title.selectAll()
    qtbot.keyClicks(title, "Digits")
    qtbot.keyClick(title, Qt.Key.Key_Return)
    text.setFocus()
    qtbot.keyClicks(text, "Reads digits.")
    text.clearFocus()

    assert (store.document.title, store.document.description) == ("Digits", "Reads digits.")
    assert store.history.count() == 2


def test_deleting_the_shown_node_leaves_the_document_form(store, panel):
    store.select(["linear"])

    store.edit("Delete Linear", lambda graph: edits.remove_nodes(graph, ["linear"]))

    assert panel.findChild(QPlainTextEdit) is not None


def test_another_theme_keeps_the_form(store, panel):
    store.select(["linear"])

    panel.set_theme(DARK)

    assert panel.findChild(QSpinBox).value() == 64


def test_nothing_of_a_read_only_document_can_be_edited(panel, store):
    store.open(replace(store.document, read_only="It was made by a newer version."))
    of_document = [each.isEnabled() for each in panel.findChildren(QLineEdit)]

    store.select(list(store.graph.nodes)[:1])
    of_node = [each.isEnabled() for each in panel.findChildren(QLineEdit)]

    assert of_document == [False]
    assert True not in of_node
    assert of_node
