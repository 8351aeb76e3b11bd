"""Runs are read beside the window: many of them in parts at first, and in one piece when they are looked at again."""

from __future__ import annotations

import pytest

from lightning_modules import run_summary
from studio.runs import reading
from studio.runs.reading import RunReader
from tests.recorded_runs import COMPLETED, record_run


@pytest.fixture
def reader():
    """A reader that is closed at the end."""
    made = RunReader()
    yield made
    made.close()


def test_runs_that_are_read_again_are_told_all_at_once(qtbot, reader, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "FIRST_TOLD", 1)
    monkeypatch.setattr(run_summary, "SOME", 1)
    for number in range(3):
        record_run(tmp_path / f"2026-11-20_09-00-0{number}", outcome=COMPLETED, base=tmp_path)
    told = []
    reader.found.connect(lambda _place, runs, _baseline: told.append(len(runs)))

    reader.read(tmp_path)
    qtbot.waitUntil(lambda: told[-1:] == [3] and len(told) > 1)
    first = list(told)
    reader.read(tmp_path)
    qtbot.waitUntil(lambda: len(told) > len(first))

    assert first[0] < 3
    assert told[len(first) :] == [3]
