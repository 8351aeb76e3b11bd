"""The window with a document that has runs, and its Runs panel on the screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from graphs.document import save
from studio.runs.table import COLUMNS, RUN
from tests.recorded_runs import COMPLETED, FAILED, digits, events_of, record_run, with_rate

OLD, WIDE, BAD = "2026-11-20_09-00-00", "2026-11-21_10-00-00", "2026-11-21_11-00-00"
READ_MS = 60_000


@pytest.fixture
def file(tmp_path):
    """digits.lamina with three runs: a killed one, a finished one with another rate, a failed one."""
    path = tmp_path / "digits.lamina"
    save(digits(), path)
    place = tmp_path / "digits.runs"
    record_run(place / OLD, base=tmp_path)
    record_run(
        place / WIDE,
        with_rate(digits(), 0.5),
        events=events_of(accuracy=0.95),
        outcome=COMPLETED,
        base=tmp_path,
    )
    record_run(place / BAD, digits(epochs=7), outcome=FAILED, base=tmp_path)
    return path


@pytest.fixture
def panel(qtbot, window, file):
    """The Runs panel of the window, in front, with all three runs."""
    window.files.open(file)
    window.workbench.reveal("runs")
    panel = window.workbench.docks["runs"].widget()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3, timeout=READ_MS)
    qtbot.waitUntil(panel.list.isVisible)
    return panel


def shown(panel, column):
    """The words of a column, from the top."""
    model = panel.model
    return [model.index(row, column).data() for row in range(model.rowCount())]


def choose(qtbot, panel, *names):
    """Click on the rows of these runs, all but the first with Ctrl."""
    for number, name in enumerate(names):
        index = panel.model.index(shown(panel, RUN).index(name), RUN)
        panel.list.scrollTo(index)
        place = panel.list.visualRect(index).center()
        held = Qt.KeyboardModifier.ControlModifier if number else Qt.KeyboardModifier.NoModifier
        qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, held, place)
    assert {each.name for each in panel.deeds.chosen} == set(names), COLUMNS
