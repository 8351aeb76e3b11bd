"""Beside the values of a network stand those of simple models, on the same samples."""

from __future__ import annotations

import csv

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from graphs.content import Document
from lightning_modules.events import Baseline, Baselines
from lightning_modules.job import Job
from studio.looks.theme import LIGHT
from studio.panels.results import ResultsPanel
from studio.store import Store
from studio.training import Trainer
from tests.studio.run_events import evaluated

MODELS = (
    Baseline("chance", "Most frequent class", {"val_loss": 1.2, "test_loss": 1.1}),
    Baseline("linear", "Logistic regression", {"test_accuracy": 0.85, "test_loss": 0.375}),
    Baseline("neighbours", "Nearest neighbours", {"val_loss": 1.5}),
)
PARTLY = "The simple models were fitted on 1,000 of the 60,000 training samples only."


@pytest.fixture
def panel(qtbot):
    made = ResultsPanel(Store(), LIGHT, Trainer())
    qtbot.addWidget(made)
    made.resize(900, 320)
    with qtbot.waitExposed(made):
        made.show()
    return made


def shown(panel):
    """The whole table, its headings first."""
    table = panel._table
    columns = range(table.columnCount())
    headings = [table.horizontalHeaderItem(each).text() for each in columns]
    cells = [[table.item(row, each).text() for each in columns] for row in range(table.rowCount())]
    return [headings, *cells]


def said(panel):
    return [each.text() for each in panel.findChildren(QLabel) if each.isVisible()]


def test_three_simple_models_stand_beside_the_network_in_the_first_window(panel):
    panel.resize(750, 213)  # as it has them in a window of 1280 by 800
    nearest = Baseline("nearest", "Nearest neighbours", {"test_loss": 0.5, "test_accuracy": 0.8})
    panel.take(Baselines((*MODELS, nearest), 1437, 1437))

    panel.take(evaluated())
    QApplication.processEvents()

    table = panel._table
    assert table.columnCount() == 5
    assert table.horizontalScrollBar().maximum() == 0
    assert panel.answers.width() >= 270


def test_simple_models_have_a_column_each_with_their_values_on_the_same_part(panel):
    panel.take(Baselines(MODELS, 1437, 1437))

    panel.take(evaluated())

    assert shown(panel) == [
        ["Measure", "Test part", "Logistic\nregression", "Most\nfrequent\nclass"],
        ["Accuracy", "0.9000", "0.8500", "–"],
        ["Loss", "0.2500", "0.3750", "1.1000"],
    ]
    assert PARTLY not in said(panel)


def test_it_is_said_where_simple_models_learned_from_a_part_of_the_samples(panel):
    panel.take(Baselines(MODELS, 1000, 60_000))

    panel.take(evaluated())

    assert PARTLY in said(panel)


def test_another_run_shows_nothing_of_the_simple_models_of_the_last(panel, tmp_path):
    panel.take(Baselines(MODELS, 1000, 60_000))
    panel.take(evaluated())

    panel._trainer.started.emit(Job(Document(), tmp_path, tmp_path))
    panel.take(evaluated())

    assert shown(panel)[0] == ["Measure", "Test part"]
    assert PARTLY not in said(panel)


def test_their_values_are_exported_with_all_digits(panel, tmp_path):
    panel.take(Baselines(MODELS, 1437, 1437))
    panel.take(evaluated())

    panel.export_to(tmp_path / "results.csv")

    with (tmp_path / "results.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[-5:] == [
        [],
        ["simple model", "name", "value"],
        ["Logistic regression", "Loss", "0.375"],
        ["Logistic regression", "Accuracy", "0.85"],
        ["Most frequent class", "Loss", "1.1"],
    ]


def test_in_a_low_narrow_panel_the_values_of_the_network_are_seen_without_scrolling(panel):
    panel.take(Baselines(MODELS, 1437, 1437))
    panel.hide()
    panel.take(evaluated())
    panel.resize(640, 220)

    panel.show()
    QApplication.processEvents()

    table = panel._table
    assert table.columnViewportPosition(1) + table.columnWidth(1) <= table.viewport().width()
    assert table.columnWidth(0) >= table.sizeHintForColumn(0)
    assert table.item(0, 0).toolTip() == "Accuracy"


def test_the_numbers_have_the_rows_of_a_low_panel_for_themselves(panel):
    panel.take(evaluated())
    panel.resize(560, 220)
    QApplication.processEvents()

    buttons = [
        each for each in panel.findChildren(QPushButton) if each.text() in ("Copy", "Export…")
    ]
    choice = panel.answers.choice

    assert panel.minimumSizeHint().width() <= 540
    assert all(
        abs(each.geometry().center().y() - choice.geometry().center().y()) < 4 for each in buttons
    )
    assert panel._table.viewport().height() >= 2 * panel._table.rowHeight(0)
