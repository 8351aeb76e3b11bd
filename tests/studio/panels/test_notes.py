"""Tests of the notes panel: a run that is ill fills it, its node is marked, and a remedy is one click to undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from graphs.content import Objective, Typed
from lightning_modules.events import Noted
from studio.forms.problem_row import ProblemRow
from studio.looks.theme import LIGHT
from studio.panels.notes import EMPTY, HEALTHY, NotesPanel
from studio.store import Store
from studio.training import Trainer
from tests.documents import digits_mlp

DEAD = Noted("dead_units", "Dead units.", ("relu",), 2, {"relu": 0.9}, ("leaky_relu", "lr_tenth"))


@pytest.fixture
def store():
    """A store with a small network on digits."""
    made = Store()
    made.open(digits_mlp(Objective(optimizer=Typed("SGD", {"lr": 5.0})), epochs=2))
    return made


@pytest.fixture
def panel(qtbot, store, mend):
    """The panel of that store."""
    made = NotesPanel(store, LIGHT, Trainer(), mend)
    qtbot.addWidget(made)
    made.resize(500, 200)
    made.show()
    return made


def words(panel):
    """What the panel says."""
    return [label.text() for label in panel.findChildren(QLabel)]


def button(panel, title):
    """The button of a remedy."""
    (found,) = [each for each in panel.findChildren(QPushButton) if each.text() == title]
    return found


def test_without_a_run_it_says_what_to_do(panel):
    assert words(panel) == [EMPTY]
    assert EMPTY == (
        "Train to get notes here: on overfitting, the learning rate, dead units, gradients and simple models."
    )
    assert panel.windowTitle() == "Notes"


def test_a_run_without_notes_is_told_to_be_healthy(panel):
    panel._trainer.ended.emit(object())

    assert words(panel) == [HEALTHY]


def test_a_note_is_a_row_whose_node_is_asked_for_at_a_click(panel, qtbot):
    panel._trainer.progressed.emit(DEAD)

    (row,) = panel.findChildren(ProblemRow)
    assert panel.windowTitle() == "Notes (1)"
    assert "Dead units." in words(panel)
    with qtbot.waitSignal(panel.node_requested, timeout=1_000) as asked:
        qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert asked.args == ["relu"]


def test_a_remedy_is_one_step_that_can_be_undone_and_is_then_offered_no_more(panel, store, qtbot):
    panel._trainer.progressed.emit(DEAD)
    before = store.document

    qtbot.mouseClick(button(panel, "Replace ReLU by LeakyReLU"), Qt.MouseButton.LeftButton)

    assert store.graph.nodes["relu"].type == "LeakyReLU"
    assert store.history.undoText() == "Replace ReLU by LeakyReLU"
    assert [fix.title for fix in panel.problems[0].fixes] == ["Lower the learning rate to 0.5"]
    store.history.undo()
    assert store.document == before
    assert len(panel.problems[0].fixes) == 2


def test_nodes_of_notes_are_told_to_the_canvas_and_forgotten_with_the_next_run(panel, qtbot):
    with qtbot.waitSignal(panel.marked, timeout=1_000) as told:
        panel._trainer.progressed.emit(DEAD)
    assert [(each.nodes, each.severity) for each in told.args[0]] == [(("relu",), "warning")]

    with qtbot.waitSignal(panel.marked, timeout=1_000) as told:
        panel._trainer.started.emit(object())
    assert told.args == [()]


def test_the_node_of_a_note_wears_a_warning_on_the_canvas_until_the_next_run(window):
    window.store.open(digits_mlp())
    before = window.canvas._scene.nodes["relu"].look.state

    window.trainer.progressed.emit(DEAD)

    assert before == "fine"
    assert window.canvas._scene.nodes["relu"].look.state == "warning"
    window.store.open(digits_mlp())
    assert window.canvas._scene.nodes["relu"].look.state == "fine"
