"""Deleted runs come back for a day, and are then gone for good."""

import time

import pytest

from lightning_modules.run_label import read_baseline, write_baseline
from lightning_modules.run_trash import KEPT_S, TRASH, delete, empty, restore
from tests.recorded_runs import COMPLETED, record_run


def test_a_deleted_run_comes_back_as_it_was(tmp_path):
    run = record_run(tmp_path / "one", outcome=COMPLETED)
    before = {each.name: each.read_bytes() for each in run.iterdir()}

    lies = delete(run)
    gone = not run.exists()
    restore(lies, run)

    assert gone
    assert {each.name: each.read_bytes() for each in run.iterdir()} == before
    assert not (tmp_path / TRASH).exists()


def test_two_runs_of_one_name_both_lie_in_the_trash(tmp_path):
    first = delete(record_run(tmp_path / "one", outcome=COMPLETED))
    second = delete(record_run(tmp_path / "one", outcome=COMPLETED))

    assert first != second
    assert first.is_dir()
    assert second.is_dir()


def test_a_run_does_not_come_back_over_another(tmp_path):
    run = record_run(tmp_path / "one", outcome=COMPLETED)
    lies = delete(run)
    record_run(run, outcome=COMPLETED)

    with pytest.raises(FileExistsError) as refused:
        restore(lies, run)

    assert str(refused.value) == f"There is another run at {run} by now."
    assert lies.is_dir()


def test_after_a_day_a_deleted_run_is_gone(tmp_path):
    lies = delete(record_run(tmp_path / "one", outcome=COMPLETED))

    empty(tmp_path)
    kept = lies.is_dir()
    empty(tmp_path, time.time() + KEPT_S + 5)
    empty(tmp_path / "none")

    assert kept
    assert not (tmp_path / TRASH).exists()


def test_a_baseline_is_remembered_in_its_place(tmp_path):
    assert read_baseline(tmp_path) == ""

    write_baseline(tmp_path, "one")
    pinned = read_baseline(tmp_path)
    write_baseline(tmp_path, "")

    assert pinned == "one"
    assert read_baseline(tmp_path) == ""
