"""The problems panel: sentences, and fixes one click away."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from graphs import edits
from graphs.content import Document, Typed
from graphs.document import load
from graphs.graph import End, Graph
from resources.templates import FIRST, templates
from studio.canvas.geometry import WIDTH
from studio.looks.theme import LIGHT
from studio.panels.problems import ProblemRow, ProblemsPanel
from studio.store import Store
from tests.documents import document


@pytest.fixture
def store() -> Store:
    graph = Graph()
    graph, _ = edits.add_node(graph, "Digits", (0, 0))
    graph, _ = edits.add_node(graph, "Conv2d", (200, 0))
    graph, _ = edits.add_node(graph, "Linear", (400, 0), {"out_features": 10})
    graph, _ = edits.add_node(graph, "CrossEntropyLoss", (600, 0))
    for source, target in (
        (End("digits", "image"), End("conv2d", "input")),
        (End("conv2d", "output"), End("linear", "input")),
        (End("linear", "output"), End("cross_entropy_loss", "logits")),
        (End("digits", "label"), End("cross_entropy_loss", "target")),
    ):
        graph = edits.connect(graph, source, target)
    store = Store()
    store.open(Document().with_graph(graph))
    return store


@pytest.fixture
def panel(qtbot, store, mend) -> ProblemsPanel:
    panel = ProblemsPanel(store, LIGHT, mend)
    qtbot.addWidget(panel)
    panel.resize(500, 300)
    panel.show()
    return panel


def rows(panel: ProblemsPanel) -> list[ProblemRow]:
    return panel.findChildren(ProblemRow)


def test_every_problem_is_a_row_with_its_sentence(store, panel):
    shown = [row.problem.message for row in rows(panel)]

    assert shown
    assert shown == [problem.message for problem in store.report.problems]
    assert panel.windowTitle() == f"Problems ({len(shown)})"


def test_an_empty_canvas_has_no_problem_to_count_until_something_stands_on_it(store, panel):
    store.open(Document())

    beginning = [row.problem.message for row in rows(panel)]
    assert panel.windowTitle() == "Problems"
    assert beginning == [
        "There are no data to learn from. Drag a data set from the library onto the canvas."
    ]

    store.edit("Add", lambda graph: edits.add_node(graph, "ReLU", (0, 0))[0])
    assert panel.windowTitle() == f"Problems ({len(rows(panel))})" != "Problems (0)"


def test_a_fix_is_one_click_and_one_undo_step(qtbot, store, panel):
    row = next(
        row for row in rows(panel) if any("Flatten" in fix.title for fix in row.problem.fixes)
    )
    button = next(each for each in row.findChildren(QPushButton) if "Flatten" in each.text())
    before = len(store.report.problems)

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert len(store.report.problems) < before
    assert len(rows(panel)) == len(store.report.problems)
    assert store.history.count() == 1
    store.history.undo()
    assert len(rows(panel)) == before


def test_the_tooltip_of_a_fix_says_what_it_would_do(qtbot, store, panel):
    button = rows(panel)[0].findChildren(QPushButton)[0]
    before = store.document

    hover = QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), button.mapToGlobal(QPoint(5, 5)))
    QApplication.sendEvent(button, hover)

    assert button.text() == "Insert Flatten and Linear with Out features 10"
    assert button.toolTip() == (
        "Adds Flatten, which gives 1920. Adds Linear 2, which gives 10. No problem is left."
    )
    assert store.document is before


def test_a_click_on_a_row_asks_for_its_node(qtbot, panel):
    row = rows(panel)[0]

    with qtbot.waitSignal(panel.node_requested) as asked:
        qtbot.mouseClick(row, Qt.MouseButton.LeftButton)

    assert asked.args == [row.problem.nodes[0]]


def test_enter_on_a_row_asks_for_its_node_too(qtbot, panel):
    row = rows(panel)[0]

    with qtbot.waitSignal(panel.node_requested) as asked:
        qtbot.keyClick(row, Qt.Key.Key_Return)

    assert asked.args == [row.problem.nodes[0]]


def test_a_graph_without_problems_is_said_to_be_ready(qtbot, store, mend):
    store.open(load(next(each.path for each in templates() if each.name == FIRST)))
    panel = ProblemsPanel(store, LIGHT, mend)
    qtbot.addWidget(panel)

    texts = [label.text() for label in panel.findChildren(QLabel)]

    assert texts == ["No problems. The graph is ready to train."]
    assert panel.windowTitle() == "Problems"


def test_a_fix_of_a_run_setting_changes_the_document(qtbot, store, mend):
    document = load(next(each.path for each in templates() if each.name == FIRST))
    store.open(
        replace(document, objectives=(replace(document.objectives[0], optimizer=Typed("Adamm")),))
    )
    panel = ProblemsPanel(store, LIGHT, mend)
    qtbot.addWidget(panel)
    panel.show()
    button = panel.findChild(QPushButton)

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert store.document.objectives[0].optimizer.type in ("Adam", "AdamW")
    assert store.report.problems == ()


def test_what_a_fix_puts_in_between_gets_room_and_lies_on_no_other_node(qtbot, store, mend):
    nodes = {"digits": "Digits", "linear": "Linear", "loss": "CrossEntropyLoss"}
    wires = ["digits.image -> linear.input", "linear.output -> loss.logits"]
    described = document(nodes, [*wires, "digits.label -> loss.target"])
    places = {"digits": (0.0, 0.0), "linear": (264.0, 0.0), "loss": (248.0, 224.0)}
    store.open(described.with_graph(edits.move(described.main, places)))
    panel = ProblemsPanel(store, LIGHT, mend)
    qtbot.addWidget(panel)
    panel.show()

    qtbot.mouseClick(panel.findChild(QPushButton), Qt.MouseButton.LeftButton)

    boxes = [QRectF(*place, WIDTH, 56.0) for place in store.graph.positions.values()]
    assert len(boxes) == 5
    assert not [pair for pair in combinations(boxes, 2) if pair[0].intersects(pair[1])]
