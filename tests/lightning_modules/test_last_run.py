"""What the last run of a document left to look at when the document is opened again."""

from __future__ import annotations

import pytest

from lightning_modules.events import Evaluated, Started
from lightning_modules.last_run import last_with_weights, results_of
from lightning_modules.run_folder import RunFolder
from lightning_modules.run_summary import name_of
from tests.recorded_runs import COMPLETED, FAILED, record_run

OLD, NEW = "2026-11-20_09-00-00", "2026-11-21_10-00-00"


@pytest.fixture
def place(tmp_path):
    """Two runs of digits.lamina: one with weights, and a later one that failed before it had any."""
    place = tmp_path / "digits.runs"
    record_run(place / OLD, outcome=COMPLETED, base=tmp_path)
    (place / OLD / "best.safetensors").touch()
    record_run(place / NEW, outcome=FAILED, base=tmp_path)
    return place


def test_the_newest_run_with_weights_is_the_one_to_look_at(place):
    document = place.with_name("digits.lamina")
    earlier = last_with_weights(document)
    (place / NEW / "last.safetensors").touch()

    assert earlier == place / OLD
    assert name_of(earlier) == "2026-11-20 09:00:00"
    assert last_with_weights(document) == place / NEW


def test_a_run_that_goes_on_and_runs_of_nobody_are_left_alone(place):
    folder = RunFolder.open(place / OLD, goes_on=True)

    going_on = last_with_weights(place.with_name("digits.lamina"))
    folder.close()

    assert going_on is None
    assert last_with_weights(None) is None
    assert last_with_weights(place.with_name("other.lamina")) is None


def test_results_are_read_up_to_the_first_line_that_is_none(place):
    kinds = [type(each) for each in results_of(place / OLD)]
    with (place / OLD / "events.jsonl").open("a") as file:
        file.write('{"event": "Evaluated", "spl')

    assert kinds == [Started, Evaluated]
    assert [type(each) for each in results_of(place / OLD)] == kinds
    assert results_of(place / "gone") == []
