"""A name given in the inspector of the window: one step, with room for it on the canvas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from graphs import edits
from graphs.graph import End


@pytest.fixture
def name(window) -> QLineEdit:
    """The name of a Linear that a ReLU stands close behind."""
    window.files.new()
    for layer, x in (("Linear", 0), ("ReLU", 200)):
        window.store.edit("Add", lambda graph, at=(layer, (x, 0)): edits.add_node(graph, *at)[0])
    wired = End("linear", "output"), End("relu", "input")
    window.store.edit("Wire", lambda graph: edits.connect(graph, *wired))
    window.store.select(["linear"])
    return window.workbench.docks["inspector"].widget().findChild(QLineEdit)


def test_a_name_of_ones_own_is_one_step_and_empty_gives_the_layers_name_back(qtbot, window, name):
    steps = window.store.history.count()

    qtbot.keyClicks(name, "Scores")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    named = window.store.graph.nodes["linear"].name
    name.selectAll()
    qtbot.keyClick(name, Qt.Key.Key_Delete)
    qtbot.keyClick(name, Qt.Key.Key_Return)

    assert named == "Scores"
    assert window.store.graph.nodes["linear"].name == "Linear"
    assert window.store.history.count() == steps + 2


def test_a_name_that_widens_its_node_moves_its_row_aside_in_the_same_step(qtbot, window, name):
    before = window.store.graph

    qtbot.keyClicks(name, "The scores of every digit, one for each class")
    qtbot.keyClick(name, Qt.Key.Key_Return)

    after, rects = window.store.graph, [window.canvas.node_rect(each) for each in before.nodes]
    assert after.positions["relu"][0] > before.positions["relu"][0]
    assert rects[0].right() < rects[1].left()
    window.store.history.undo()
    assert window.store.graph is before
