"""Several selected nodes in the inspector: their common parameters, edited by keys and clicks in one undo step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

from graphs import edits
from graphs.content import Document
from graphs.graph import Graph
from studio.looks.theme import LIGHT
from studio.panels.inspector import InspectorPanel
from studio.store import Store


@pytest.fixture
def store() -> Store:
    graph = Graph()
    for layer, params in (
        ("Linear", {"out_features": 128}),
        ("Linear", {"out_features": 10}),
        ("Conv2d", {"kernel_size": [3, 3]}),
        ("Conv2d", {"kernel_size": [5, 5], "padding_mode": "reflect"}),
        ("Dropout", {"p": 0.5}),
        ("Dropout", {"p": 0.2}),
        ("Digits", {}),
    ):
        graph, _ = edits.add_node(graph, layer, (0, 0), params)
    store = Store()
    store.open(Document().with_graph(graph))
    return store


@pytest.fixture
def panel(qtbot, store) -> InspectorPanel:
    panel = InspectorPanel(store, LIGHT)
    qtbot.addWidget(panel)
    panel.resize(300, 700)
    panel.show()
    return panel


def words(panel: InspectorPanel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(QLabel) if not label.isHidden())


def field(panel: InspectorPanel, title: str, kind: type[QWidget]) -> list:
    """The boxes of the field beside this title."""
    (label,) = (each for each in panel.findChildren(QLabel) if each.text() == title)
    return label.buddy().findChildren(kind)


def of(store: Store, name: str, *nodes: str) -> list:
    return [store.graph.nodes[each].params.get(name) for each in nodes]


def test_several_nodes_are_counted_by_their_kind(store, panel):
    store.select(["linear", "linear_2", "dropout"])

    assert words(panel).startswith("3 nodes\n2 Linear, 1 Dropout")


def test_a_number_that_differs_is_several_and_what_is_typed_goes_to_all_in_one_step(
    qtbot, store, panel
):
    store.select(["linear", "linear_2"])
    (spin,) = field(panel, "Out features", QSpinBox)
    at_first = spin.text()

    spin.selectAll()
    qtbot.keyClicks(spin, "128")
    qtbot.keyClick(spin, Qt.Key.Key_Return)

    assert at_first == "several"
    assert of(store, "out_features", "linear", "linear_2") == [128, 128]
    assert (store.history.count(), store.history.undoText()) == (1, "Set Out features of 2 nodes")
    store.history.undo()
    assert of(store, "out_features", "linear", "linear_2") == [128, 10]
    assert field(panel, "Out features", QSpinBox)[0].text() == "several"


def test_leaving_a_field_that_says_several_changes_nothing(qtbot, store, panel):
    store.select(["linear", "linear_2"])
    (spin,) = field(panel, "Out features", QSpinBox)

    spin.setFocus()
    qtbot.keyClick(spin, Qt.Key.Key_Tab)

    assert store.history.count() == 0
    assert spin.text() == "several"


def test_of_several_pairs_the_number_that_is_typed_is_for_both_sides(qtbot, store, panel):
    store.select(["conv2d", "conv2d_2"])
    height, width = field(panel, "Kernel size", QSpinBox)
    at_first = height.text(), width.text()

    height.selectAll()
    qtbot.keyClicks(height, "7")
    qtbot.keyClick(height, Qt.Key.Key_Return)

    assert at_first == ("several", "several")
    assert of(store, "kernel_size", "conv2d", "conv2d_2") == [(7, 7), (7, 7)]
    assert (height.value(), width.value()) == (7, 7)


def test_a_choice_that_differs_is_several_and_one_is_chosen_for_all(qtbot, store, panel):
    store.select(["conv2d", "conv2d_2"])
    (box,) = field(panel, "Padding mode", QComboBox)
    at_first = box.currentIndex(), box.placeholderText()

    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)

    assert at_first == (-1, "several")
    assert of(store, "padding_mode", "conv2d", "conv2d_2") == [box.currentText()] * 2
    assert store.history.count() == 1


def test_a_text_that_differs_is_several_and_a_wrong_one_is_refused_with_a_sentence(
    qtbot, store, panel
):
    store.select(["dropout", "dropout_2"])
    (line,) = field(panel, "Dropout probability", QLineEdit)
    at_first = line.text(), line.placeholderText()

    qtbot.keyClicks(line, "1.5")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    refused = words(panel)
    line.selectAll()
    qtbot.keyClicks(line, "0.3")
    qtbot.keyClick(line, Qt.Key.Key_Return)

    assert at_first == ("", "several")
    assert "Dropout probability must be at least 0 and less than 1, but is 1.5." in refused
    assert of(store, "p", "dropout", "dropout_2") == [0.3, 0.3]


def test_reset_gives_all_of_them_the_default_back(qtbot, store, panel):
    store.select(["linear", "linear_2"])
    (reset,) = (
        each
        for each in panel.findChildren(QToolButton)
        if each.accessibleName() == "Reset Out features"
    )

    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)

    assert of(store, "out_features", "linear", "linear_2") == [None, None]
    assert store.history.count() == 1


def test_a_mark_that_differs_is_half_filled_and_a_click_marks_all(qtbot, store, panel):
    store.edit("freeze", lambda graph: edits.set_marks(graph, "linear", frozen=True))
    store.select(["linear", "linear_2"])
    (box,) = (each for each in panel.findChildren(QCheckBox) if each.text() == "Frozen")
    at_first = box.checkState()

    box.click()

    assert at_first == Qt.CheckState.PartiallyChecked
    assert all(store.graph.nodes[each].marks.frozen for each in ("linear", "linear_2"))
    assert store.history.undoText() == "Freeze 2 nodes"
    assert box.checkState() == Qt.CheckState.Checked


def test_nodes_without_a_common_parameter_say_so(store, panel):
    store.select(["linear", "digits"])

    assert "They have no parameter in common. Select one to see its parameters." in words(panel)
