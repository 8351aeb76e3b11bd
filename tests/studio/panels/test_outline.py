"""The outline: the graph as a list, for eyes, ears and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from graphs import edits
from graphs.content import Document
from graphs.graph import End, Graph
from studio.looks.theme import DARK, LIGHT
from studio.panels.outline import OutlinePanel
from studio.store import Store


@pytest.fixture
def store() -> Store:
    graph, _ = edits.add_node(Graph(), "Flatten", (200, 0))
    graph, _ = edits.add_node(graph, "Digits", (0, 0))
    graph = edits.connect(graph, End("digits", "image"), End("flatten", "input"))
    store = Store()
    store.open(Document().with_graph(graph))
    return store


@pytest.fixture
def panel(qtbot, store) -> OutlinePanel:
    panel = OutlinePanel(store, LIGHT)
    qtbot.addWidget(panel)
    panel.resize(240, 300)
    panel.show()
    return panel


def _rows(panel: OutlinePanel) -> list[tuple[str, str]]:
    rows = [panel.tree.topLevelItem(index) for index in range(panel.tree.topLevelItemCount())]
    return [(row.text(0), row.text(1)) for row in rows]


def test_layers_stand_in_the_order_of_computation_with_their_shapes(panel):
    assert _rows(panel) == [("Digits", "1x8x8, 1"), ("Flatten", "64")]


def test_an_edit_shows_at_once(panel, store):
    store.edit("Add Linear", lambda graph: edits.add_node(graph, "Linear", (0, 0))[0])

    assert ("Linear", "") in _rows(panel)


def test_a_layer_in_a_loop_is_listed_too(panel, store):
    def loop(graph: Graph) -> Graph:
        graph, _ = edits.add_node(graph, "Linear", (0, 0))
        graph, _ = edits.add_node(graph, "ReLU", (0, 0))
        graph = edits.connect(graph, End("linear", "output"), End("re_lu", "input"))
        return edits.connect(graph, End("re_lu", "output"), End("linear", "input"))

    store.edit("Make a loop", loop)

    assert {name for name, _ in _rows(panel)} == {"Digits", "Flatten", "Linear", "ReLU"}


def test_the_selection_goes_both_ways(panel, store, qtbot):
    store.select(["flatten"])
    shown = [row.text(0) for row in panel.tree.selectedItems()]

    panel.tree.setFocus()
    panel.tree.setCurrentItem(panel.tree.topLevelItem(1))
    qtbot.keyClick(panel.tree, Qt.Key.Key_Up)

    assert shown == ["Flatten"]
    assert store.selection == {"digits"}


def test_enter_asks_for_the_layer(panel, qtbot):
    panel.tree.setFocus()
    panel.tree.setCurrentItem(panel.tree.topLevelItem(1))

    with qtbot.waitSignal(panel.node_requested, timeout=1_000) as asked:
        qtbot.keyClick(panel.tree, Qt.Key.Key_Return)

    assert asked.args == ["flatten"]


def test_a_layer_with_a_problem_is_coloured_and_says_it(panel, store):
    def add(graph: Graph) -> Graph:
        graph, _ = edits.add_node(graph, "Conv2d", (0, 0))
        return edits.connect(graph, End("digits", "label"), End("conv2d", "input"))

    store.edit("Add Conv 2D", add)
    (row,) = panel.tree.findItems("Conv 2D", Qt.MatchFlag.MatchExactly)

    assert row.foreground(0).color() in (QColor(LIGHT.error), QColor(LIGHT.warning))
    assert row.toolTip(0) == "\n".join(problem.message for problem in store.report.at("conv2d"))
    panel.set_theme(DARK)
    assert panel.tree.topLevelItemCount() == 3


def test_a_long_name_leaves_room_for_the_shape_and_stands_in_the_tool_tip(panel, store):
    title = "A very long title that someone pasted here, of eighty characters or a few more"
    store.edit("Rename", lambda graph: edits.rename(graph, "flatten", title))

    row = panel.tree.topLevelItem(1)
    room = panel.tree.viewport().width()
    assert (row.text(0), row.toolTip(0), row.toolTip(1)) == (title, title, "64")
    assert panel.tree.columnViewportPosition(1) < room
    assert panel.tree.columnWidth(0) + panel.tree.sizeHintForColumn(1) <= room


def test_a_narrow_panel_keeps_both_columns_in_sight(panel):
    panel.resize(90, 300)

    assert panel.tree.columnViewportPosition(1) < panel.tree.viewport().width()
    assert (
        panel.tree.horizontalScrollBar().maximum() == 0
        or not panel.tree.horizontalScrollBar().isVisible()
    )
