"""Tests of the lines to beat and of what is watched: both come from a run's events, and can be put away."""

from __future__ import annotations

import math

import pytest

from graphs.content import Document
from lightning_modules.events import Baseline, Baselines, EpochEnded, Started, Watched
from studio.curves.run import RunCurves
from studio.looks.theme import LIGHT
from studio.panels.curves import CurvesPanel
from studio.store import Store
from studio.training import Trainer


def events():
    """A run of four epochs with two simple models, watched."""
    rows = [Started("", "", "cpu", 4, 10, 0, 1, {}, 0, 1)]
    for epoch in range(1, 5):
        values = {"train_loss": 1.0 / epoch, "val_loss": 1.2 / epoch}
        rows.append(EpochEnded(epoch, 10 * epoch, values, True, 1.0))
        rows.append(Watched("learn", epoch, 10 * epoch, 0.1, math.nan, 50.0 * epoch, 2.0**20))
    models = (
        Baseline("chance", "Mean", {"val_loss": 0.9, "test_loss": 7.0}),
        Baseline("linear", "Linear regression", {"val_loss": 0.5}),
    )
    return [*rows, Baselines(models, 100, 100)]


@pytest.fixture
def panel(qtbot):
    """The panel with that run."""
    made = CurvesPanel(Store(), LIGHT, Trainer())
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    made.show_run(events(), Document())
    made.redraw()
    return made


def levels(panel, name):
    """Title and height of the lines to beat that a plot shows."""
    shown = panel.view.plots[name].levels
    return [(each.level.title, each.line.value()) for each in shown if each.line.isVisible()]


def test_simple_models_are_lines_at_what_they_reach_on_the_validation_part(panel):
    assert levels(panel, "loss") == [("Mean", 0.9), ("Linear regression", 0.5)]


def test_lines_to_beat_stand_at_the_logarithm_on_a_log_scale(panel):
    panel.bar.log.setChecked(True)
    panel.redraw()

    assert [value for _, value in levels(panel, "loss")] == pytest.approx(
        [math.log10(0.9), math.log10(0.5)]
    )


def test_lines_to_beat_go_and_come_with_their_box(panel):
    panel.bar.levels.click()
    panel.redraw()
    gone = levels(panel, "loss")
    panel.bar.levels.click()
    panel.redraw()

    assert gone == []
    assert len(levels(panel, "loss")) == 2


def test_watching_shows_learning_rate_speed_and_memory_instead_of_the_values(panel):
    panel.bar.watching.click()
    panel.redraw()

    assert list(panel.view.plots) == ["learning_rate", "memory_bytes", "samples_per_s"]
    titles = [entry.text() for entry in panel.legend.entries.values()]
    assert titles == ["Learning rate", "Memory (MiB)", "Samples per second"]
    assert list(panel.values_at(None).values()) == [0.1, 200.0, 1.0]
    panel.bar.watching.click()
    panel.redraw()
    assert list(panel.view.plots) == ["loss"]


def test_a_value_that_cannot_be_told_makes_no_curve():
    found = RunCurves().take_all(events())

    assert {key.name for key in found.watched} == {"learning_rate", "samples_per_s", "memory_bytes"}
