"""Axes stand still while a run goes on and its curve grows: drawing them anew each time held up the training."""

from __future__ import annotations

import pytest

from graphs.content import Document
from lightning_modules.events import Started, Steps
from studio.looks.theme import LIGHT
from studio.panels.curves import CurvesPanel
from studio.store import Store
from studio.training import Trainer


@pytest.fixture
def panel(qtbot):
    """The panel with a run that has begun."""
    made = CurvesPanel(Store(), LIGHT, Trainer())
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    made.show_run([Started("", "", "cpu", 1, 4000, 0, 1, {}, 0, 1)], Document())
    return made


def test_while_a_run_goes_on_the_range_moves_in_jumps_and_holds_all_points(panel):
    ranges = []
    for first in range(1, 2000, 10):
        panel.take(Steps("learn", first, (0.5,) * 10, 0.1, 100.0))
        panel.redraw()
        left, right = panel.view.plots["loss"].chart.x_range
        ranges.append((left, right))
        assert left < 1
        assert first + 9 < right < 1.3 * (first + 9) + 1

    assert len(set(ranges)) < 40
    assert len(set(ranges[100:])) <= 6
