"""Curves of several runs: those before stand behind, and another document shows none of them."""

import gc
import json
import math

import pytest
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from graphs.content import Document
from graphs.document import loads
from lightning_modules.events import Failed, Started, Steps
from lightning_modules.job import Job
from studio.looks.theme import LIGHT
from studio.panels.curves import EMPTY, GHOSTS, CurvesPanel
from studio.store import Store
from tests.studio.run_events import (
    EACH_STEP,
    TRAIN_LOSS,
    VAL_LOSS,
    epoch,
    events,
    recorded,
    started,
)


@pytest.fixture
def panel(on_screen, trainer):
    return on_screen(CurvesPanel(Store(), LIGHT, trainer), 900, 420)


def lines(panel, name="loss"):
    return panel.view.plots[name].drawn()


def test_the_last_runs_stand_behind_the_new_one_and_can_be_hidden(panel, qtbot):
    for _ in range(GHOSTS + 3):
        panel.show_run(events())
    panel.redraw()
    with_ghosts = set(lines(panel))
    panel.bar.ghosts.click()
    panel.redraw()

    assert {key for key in with_ghosts if isinstance(key, tuple) and isinstance(key[0], int)} == {
        (age, key) for age in range(GHOSTS) for key in (TRAIN_LOSS, VAL_LOSS)
    }
    assert set(lines(panel)) == {TRAIN_LOSS, VAL_LOSS, EACH_STEP}


def test_an_earlier_run_that_exploded_does_not_flatten_the_next_one(panel):
    panel.show_run([started(), Steps("learn", 1, (2.0, 1e33, math.nan), 0.1, 1.0)])
    panel.show_run(events())
    panel.redraw()

    low, high = panel.view.plots["loss"].box.viewRange()[1]
    values = lines(panel)[EACH_STEP][1]
    assert values.min() - 1 < low < values.min()
    assert values.max() < high < values.max() + 1


def test_an_earlier_run_of_like_values_stays_wholly_in_sight(panel):
    panel.show_run(events())
    panel.show_run([started(), epoch(1), epoch(5)])
    panel.redraw()

    low, high = panel.view.plots["loss"].box.viewRange()[1]
    ghost = lines(panel)[0, TRAIN_LOSS][1]
    assert low < ghost.min()
    assert ghost.max() < high


def test_no_item_is_ever_destroyed_however_many_runs_come_and_go(panel, qtbot):
    """A destroyed item that the scene still used ended the program."""
    one = [started(), Steps("learn", 1, (2.0, 1.0), 0.1, 1.0), epoch(1), epoch(2)]
    broken = [started(), Steps("learn", 1, (math.nan,), 0.1, 1.0), Failed("No.", steps=1)]
    without_metric = [started(), Steps("learn", 1, (2.0,) * 300, 0.1, 1.0)]
    made = set()
    counts = []
    for _ in range(12):
        for run in (one, broken, without_metric, events()):
            panel.show_run(run)
            panel.redraw()
            QApplication.processEvents()
            made |= set(panel.view.scene().items())
        gc.collect()
        counts.append(len(panel.view.scene().items()))

    assert all(isValid(item) and item.scene() is panel.view.scene() for item in made)
    assert len(set(counts[2:])) == 1
    assert set(lines(panel)) >= {TRAIN_LOSS, VAL_LOSS, EACH_STEP}
    assert [plot.chart.words for plot in panel.view.plots.values()] == ["Loss", "Accuracy"]


def test_the_last_run_stays_in_front_until_the_next_has_a_value(shown, trainer, tmp_path):
    trainer.started.emit(Job(Document(), tmp_path, tmp_path))
    shown.redraw()
    waiting = set(lines(shown))
    trainer.progressed.emit(started())
    trainer.progressed.emit(Steps("learn", 1, (2.0,), 0.001, 1.0))
    shown.redraw()

    assert waiting == {TRAIN_LOSS, VAL_LOSS, EACH_STEP}
    assert lines(shown)[EACH_STEP][1].tolist() == [2.0]
    assert (0, TRAIN_LOSS) in lines(shown)


def test_a_run_that_went_on_from_an_earlier_step_begins_there(panel):
    again = Started("/runs/two", "Iris", "cpu", 5, 8, 16, 67, {"train": 80}, 0, 1)
    panel.show_run([again, Steps("learn", 17, (1.0, 0.9), 0.001, 1.0)])
    panel.redraw()

    assert lines(panel)[EACH_STEP][0].tolist() == [17, 18]


def test_opening_a_document_brings_its_last_runs_back(panel, tmp_path):
    for day in (1, 2):
        folder = tmp_path / "iris.runs" / f"2026-05-0{day}_12-00-00"
        folder.mkdir(parents=True)
        recorded(folder / "events.jsonl", epochs=day)

    panel._store.open(Document(), tmp_path / "iris.lamina")
    panel.redraw()

    assert lines(panel)[TRAIN_LOSS][0].tolist() == [8, 16]
    assert lines(panel)[0, TRAIN_LOSS][0].tolist() == [8]


def test_opening_another_document_forgets_the_curves_of_the_one_before(shown):
    shown._store.open(Document())
    shown.redraw()

    assert shown._pages.currentWidget().text() == EMPTY
    assert shown.legend.entries == {}


def test_the_plots_of_a_run_stand_before_its_first_step(panel, trainer, tmp_path):
    nodes = {"accuracy": {"layer": "Accuracy", "title": "Hit rate"}}
    text = {"lamina": 1, "networks": {"main": {"nodes": nodes, "wires": []}}}

    trainer.started.emit(Job(loads(json.dumps(text).encode()), tmp_path, tmp_path))

    assert [plot.chart.words for plot in panel.view.plots.values()] == ["Loss", "Hit rate"]
