"""The forecast in the window: shown in a line, ended by an edit and by Train; and the batch size that fits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from graphs.document import load
from lightning_modules.events import Failed, Started
from resources.templates import EXAMPLES
from studio.forms.forecast_row import ForecastRow
from studio.store import Store
from studio.training import Trainer
from tests.documents import digits_mlp

DRY_RUN_MS = 60_000


@pytest.fixture
def row(qtbot):
    """The row alone, with a document that can be trained."""
    store, trainer = Store(), Trainer()
    made = ForecastRow(store, trainer)
    qtbot.addWidget(made)
    store.open(digits_mlp(batch_size=64))
    yield made
    trainer.close()


def press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_forecast_is_one_line_in_the_training_panel(qtbot, window):
    window.store.open(load(EXAMPLES / "digits_mlp.lamina"))
    row = window.findChild(ForecastRow)

    with qtbot.waitSignal(row.forecaster.found, timeout=DRY_RUN_MS):
        press(qtbot, row.ask)

    assert row.line.text().startswith("Forecast: ")
    assert " an epoch, " in row.line.text()
    assert " of memory, " in row.line.text()
    assert not row.line.isHidden()


def test_an_edit_ends_a_dry_run_and_another_begins_after_a_rest(qtbot, row):
    press(qtbot, row.ask)
    assert row.forecaster.under_way
    assert row.line.text() == "Forecast: a dry run is under way."

    row._store.edit_document("Epochs", lambda d: replace(d, run=replace(d.run, epochs=7)))

    assert not row.forecaster.under_way
    assert row.line.text() == ""
    qtbot.waitUntil(lambda: row.forecaster.under_way, timeout=10_000)


def test_training_ends_a_dry_run_at_once(qtbot, window):
    window.store.open(load(EXAMPLES / "digits_mlp.lamina"))
    row = window.findChild(ForecastRow)
    press(qtbot, row.ask)
    told = []
    window.trainer.progressed.connect(told.append)

    window.training.train()

    assert not row.forecaster.under_way
    assert not row.ask.isEnabled()
    assert row.ask.toolTip() == "It is training."
    qtbot.waitUntil(lambda: any(isinstance(each, Started) for each in told), timeout=DRY_RUN_MS)
    with qtbot.waitSignal(window.trainer.ended, timeout=DRY_RUN_MS):
        window.trainer.request_stop()


def test_what_cannot_be_trained_has_no_forecast_and_says_why(row):
    row._store.open(replace(digits_mlp(), objectives=()))

    assert not row.ask.isEnabled()
    assert row.ask.toolTip() == "There are problems to mend first."


def test_where_memory_ran_out_a_button_sets_the_batch_size_that_fits(qtbot, row):
    row._trainer.ended.emit(Failed("The computer has not enough memory.", batch_size=16))
    assert not row.fix.isHidden()
    assert row.fix.text() == "Set the batch size to 16"

    press(qtbot, row.findChild(QPushButton))

    assert row._store.document.run.batch_size == 16
    assert row.fix.isHidden()
    row._store.history.undo()
    assert row._store.document.run.batch_size == 64
