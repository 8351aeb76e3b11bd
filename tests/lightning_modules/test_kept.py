"""What a run keeps outlives kills and full disks: always one whole state, never an older one than was told."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest
import torch

from lightning_modules.checkpoint import read_numbers, read_tensors, write_checkpoint
from lightning_modules.keeper import Keeper
from tests.lightning_modules.writers import Writers, network_at, read_back

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

SEED = 20261121
LONGEST_S = 0.03
ELSEWHERE = Path("/dev", "shm")
MOMENTS = 28
"""So many times a restart and a write let the system act: each flush, and each new name."""


@pytest.fixture
def scratch(tmp_path):
    """A folder for what is looked at."""
    made = tmp_path / "scratch"
    made.mkdir()
    return made


def kill_often(folder, scratch, times, **environment):
    """Kill a writer so many times, each going on in the same folder with what the one before left."""
    chance = random.Random(SEED)
    writers = Writers(**environment)
    steps = []
    try:
        for _ in range(times):
            told = writers.kill_one(folder, chance.uniform(0, LONGEST_S))
            steps.append(read_back(folder, scratch))
            assert steps[-1] >= told > 0
    finally:
        writers.close()
    assert sorted(set(steps)) == steps, "each went on where the one before was killed"


def test_checkpoints_survive_12_kills_while_written(tmp_path, scratch):
    kill_often(tmp_path, scratch, 12)


@pytest.mark.slow
def test_checkpoints_survive_500_kills_while_written(tmp_path, scratch):
    kill_often(tmp_path, scratch, 500)


@pytest.mark.skipif(not ELSEWHERE.is_dir(), reason="there is no other file system")
def test_they_do_so_where_temporary_files_lie_on_another_file_system(tmp_path, scratch):
    assert ELSEWHERE.stat().st_dev != tmp_path.stat().st_dev

    kill_often(tmp_path, scratch, 3, TMPDIR=str(ELSEWHERE))


class Killed(BaseException):
    """Stands for a kill: nothing after it happens."""


def keep(keeper, step, *, better):
    network = network_at(step)
    if better:
        keeper.take(network, {"val_loss": -float(step)}, step, step)
    keeper.write(
        network,
        lambda: (
            {"step": step, "keeper": keeper.capture()},
            {"m": torch.full((5,), float(step))},
        ),
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(first, second, marks=[] if second == 7 * first % MOMENTS else pytest.mark.slow)
        for first in range(MOMENTS)
        for second in range(MOMENTS)
        if (second - 7 * first) % 4 == 0
    ],
)
def test_two_kills_at_any_two_moments_leave_one_whole_state(
    tmp_path, scratch, monkeypatch, first, second
):
    """The second while it is written over what the first left."""
    keep(Keeper(tmp_path, None, higher_is_better=False), 3, better=True)
    replace, sync = Path.replace, os.fsync
    left = []

    def dying(act):
        def step(*given):
            if not left:
                raise Killed
            left.pop()
            return act(*given)

        return step

    for step, moments in ((6, first), (9, second)):
        left[:] = range(moments)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", dying(replace))
            patch.setattr("os.fsync", dying(sync))
            try:
                keeper = Keeper(tmp_path, None, higher_is_better=False)
                keeper.restore(read_numbers(tmp_path, "last")["keeper"], tmp_path)
                keep(keeper, step, better=True)
            except Killed:
                pass

        assert read_back(tmp_path, scratch) in (3, 6, 9)


@pytest.mark.parametrize(("small", "first_s"), [(True, 1.0), (False, 5.0)])
def test_what_is_small_is_written_after_a_second_and_then_every_five(
    tmp_path, monkeypatch, small, first_s
):
    now = [100.0]
    monkeypatch.setattr("lightning_modules.keeper.time.monotonic", lambda: now[0])
    keeper = Keeper(tmp_path, None, higher_is_better=False, small=small)
    due = []

    for wait_s in (first_s - 0.01, 0.01):
        now[0] += wait_s
        due.append(keeper.due())
    keep(keeper, 1, better=True)
    for wait_s in (4.99, 0.01):
        now[0] += wait_s
        due.append(keeper.due())

    assert due == [False, True, False, True]


def test_a_disk_that_fills_up_leaves_the_last_whole_checkpoint_and_no_rest(tmp_path):
    resource = pytest.importorskip("resource")
    write_checkpoint(tmp_path, "last", {"step": 1}, weights={"x": torch.ones(10)})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_checkpoint(tmp_path, "last", {"step": 2}, weights={"x": torch.ones(10_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert read_numbers(tmp_path, "last")["step"] == 1
    assert torch.equal(read_tensors(tmp_path, "last")["x"], torch.ones(10))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["last.json", "last.safetensors"]


def test_what_takes_long_to_write_is_written_the_less_often(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("lightning_modules.keeper.time.monotonic", lambda: now[0])
    network = network_at(1)
    kept = Keeper(tmp_path, None, higher_is_better=False)

    def capture_slowly():
        now[0] += 2.0
        return {}, {}

    kept.write(network, capture_slowly)
    ended, due = now[0], []
    for waited in (5.0, 190.0, 201.0):
        now[0] = ended + waited
        due.append(kept.due())

    assert due == [False, False, True]
