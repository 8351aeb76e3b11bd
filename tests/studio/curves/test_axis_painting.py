"""An axis is painted once for the screen, and shown again until its range changes; it looks as if painted anew."""

from __future__ import annotations

import pytest

from graphs.content import Document
from lightning_modules.events import Started, Steps
from studio.curves.chart import PlainAxis
from studio.looks.theme import LIGHT
from studio.panels.curves import CurvesPanel
from studio.store import Store
from studio.training import Trainer


@pytest.fixture
def panel(qtbot):
    """The panel with a few steps of a run."""
    made = CurvesPanel(Store(), LIGHT, Trainer())
    qtbot.addWidget(made)
    made.resize(411, 283)
    made.show()
    steps = Steps("learn", 1, tuple(1 / each for each in range(1, 41)), 0.1, 100.0)
    made.show_run([Started("", "", "cpu", 1, 4000, 0, 1, {}, 0, 1), steps], Document())
    made.redraw()
    return made


def painted(panel):
    return panel.view.grab().toImage()


def test_what_is_shown_again_looks_as_if_painted_anew(panel, monkeypatch):
    first, again = painted(panel), painted(panel)
    monkeypatch.setattr(PlainAxis, "paint", lambda axis, painter, *_: axis._paint_anew(painter))

    anew = painted(panel)

    assert again == first
    differing = sum(
        abs(one - other) > 8
        for y in range(anew.height())
        for x in range(anew.width())
        for one, other in [(anew.pixelColor(x, y).lightness(), first.pixelColor(x, y).lightness())]
    )
    assert differing == 0


def test_another_range_is_painted_anew(panel):
    before = painted(panel)

    panel.view.plots["loss"].box.setXRange(0, 500, padding=0)

    assert painted(panel) != before
