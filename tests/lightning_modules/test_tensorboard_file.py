"""TensorBoard, if it is installed, reads from a run's folder the very values that its events tell."""

from __future__ import annotations

import struct
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from graphs.content import Objective
from lightning_modules.events import (
    Completed,
    EpochEnded,
    Evaluated,
    Started,
    Steps,
    Warned,
    Watched,
    from_json,
)
from lightning_modules.tensorboard_file import FOLDER, TensorBoardFile, checksums, is_wanted
from tests.documents import digits_mlp

ALL = {"scalars": 0}


def started(step=0):
    """A run begins, or goes on, behind this step."""
    return Started("", "", "cpu", 9, 100, step, 1, {}, 0, 1)


def curves(run_dir):
    """All that TensorBoard finds: (step, value) by tag."""
    found = EventAccumulator(str(run_dir / FOLDER), size_guidance=ALL)
    found.Reload()
    return {
        tag: [(each.step, each.value) for each in found.Scalars(tag)]
        for tag in found.Tags()["scalars"]
    }


def single(value):
    """A number as TensorBoard keeps it."""
    return float(np.float32(value))


def test_tensorboard_shows_the_values_of_the_events(run):
    told = run(digits_mlp(Objective("learn"), epochs=3))

    found = curves(told.folder)
    lines = (told.folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [from_json(line) for line in lines]
    epochs = [each for each in events if isinstance(each, EpochEnded)]
    looks = [each for each in events if isinstance(each, Watched)]
    steps = [each for each in events if isinstance(each, Steps)]
    (tested,) = [each for each in events if isinstance(each, Evaluated)]
    last = epochs[-1].step
    assert found["loss_by_step/learn"] == [
        (each.first + place, single(loss))
        for each in steps
        for place, loss in enumerate(each.losses)
    ]
    assert len(found["loss_by_step/learn"]) == last
    for name in ("train_loss", "val_loss", "train_accuracy", "val_accuracy"):
        expected = [(each.step, single(each.values[name])) for each in epochs]
        assert found[f"epoch/{name}"] == expected
    assert found["gradient_norm/learn"] == [
        (each.step, single(each.gradient_norm)) for each in looks
    ]
    assert {value for _, value in found["learning_rate/learn"]} == {single(steps[0].learning_rate)}
    assert found["evaluated/test_accuracy"] == [(last, single(tested.values["test_accuracy"]))]


def test_a_run_that_goes_on_draws_each_step_once(tmp_path):
    for step, losses in ((0, range(10)), (6, range(100, 104))):
        board = TensorBoardFile(tmp_path)
        board.take(started(step))
        board.take(Steps("learn", step + 1, tuple(map(float, losses)), 0.1, 1.0))
        board.close()

    found = curves(tmp_path)["loss_by_step/learn"]

    assert found == [
        *((each + 1, float(each)) for each in range(6)),
        (7, 100.0),
        (8, 101.0),
        (9, 102.0),
        (10, 103.0),
    ]


def test_a_step_far_in_a_run_and_one_in_which_an_objective_rests_are_told_apart(tmp_path):
    nan, first = float("nan"), 2**34
    board = TensorBoardFile(tmp_path)
    board.take(started())
    board.take(Steps("generator ü", first, (1.5, nan, 1e300), 0.1, 1.0))
    board.close()

    found = curves(tmp_path)["loss_by_step/generator ü"]

    assert found == [(first, 1.5), (first + 2, float("inf"))]


def test_a_run_whose_file_cannot_be_made_says_so_and_goes_on(run, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / FOLDER).write_text("in the way")

    told = run(digits_mlp(epochs=1), folder=folder)

    assert isinstance(told.outcome, Completed)
    assert [each.message for each in told.of(Warned)] == [
        f'What TensorBoard shows cannot be written to "{folder / FOLDER}": File exists. The run goes on without it.'
    ]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk at hand")
def test_a_disk_that_fills_up_is_told_once_and_nothing_is_written_any_more(tmp_path):
    board = TensorBoardFile(tmp_path)
    board.take(started())
    board._file.close()
    board._file = open("/dev/full", "ab", buffering=0)  # noqa: PTH123, SIM115 - a disk without room

    told = board.take(Steps("learn", 1, (1.0,), 0.1, 1.0))
    later = board.take(Evaluated("test", {"test_loss": 1.0}))
    end = board.close()

    (warned,) = told
    assert warned.message == (
        f'What TensorBoard shows cannot be written to "{tmp_path / FOLDER}": No space left on device. '
        "The run goes on without it."
    )
    assert later == end == []


def test_without_tensorboard_nothing_is_written(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard", None)

    told = run(digits_mlp(epochs=1))

    assert not is_wanted()
    assert isinstance(told.outcome, Completed)
    assert not (told.folder / FOLDER).exists()


def test_a_folder_of_that_name_is_no_tensorboard(tmp_path, monkeypatch):
    (tmp_path / "tensorboard").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "tensorboard")

    assert not is_wanted()


def test_checksums_are_those_of_the_standard():
    rows = np.frombuffer(b"123456789" + bytes(9), np.uint8).reshape(2, 9)
    zeros = np.zeros((1, 32), np.uint8)

    assert checksums(rows)[0] == 0xE3069283  # the check value of CRC-32C
    assert struct.pack("<I", checksums(zeros)[0]) == bytes.fromhex("aa36918a")  # RFC 3720, B.4


def test_a_minute_of_the_fastest_run_costs_less_than_a_hundredth_of_it(tmp_path):
    board = TensorBoardFile(tmp_path)
    board.take(started())
    losses = tuple(np.linspace(2.0, 0.1, 150).tolist())

    began = time.thread_time()
    for report in range(60 * 20):  # 20 reports a second, of 3,000 steps
        board.take(Steps("learn", report * 150 + 1, losses, 0.001, 1e5))
        if report % 40 == 39:
            board.take(Evaluated("test", {}))  # it writes now: two seconds are over
    board.close()
    seconds = time.thread_time() - began

    assert seconds < 0.6
