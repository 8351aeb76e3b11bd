"""A disk that fills up while a run learns ends it in a sentence; what it kept is whole, and it goes on from there."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import ctypes, os, sys
from pathlib import Path
from lightning_modules import keeper
from lightning_modules.checkpoint import read_numbers, read_tensors
from lightning_modules.events import EpochEnded
from lightning_modules.isolation import to_go_on
from lightning_modules.job import Job
from lightning_modules.run import train
from lightning_modules.run_folder import read_record
from tests.documents import digits_mlp

NEW_USER, NEW_MOUNTS, ALL_PRIVATE = 0x10000000, 0x00020000, 0x44000
keeper.WRITE_EVERY_S, keeper.WRITE_SHARE = 0.0, 1e9
base, disk = Path(sys.argv[1]), Path(sys.argv[1]) / "disk"
disk.mkdir()
system = ctypes.CDLL(None, use_errno=True)

def is_possible():  # a small disk in memory, which ends with this process
    if system.unshare(NEW_MOUNTS) != 0 and system.unshare(NEW_USER | NEW_MOUNTS) != 0:
        return False
    if system.mount(b"none", b"/", None, ALL_PRIVATE, None) != 0:  # or others would see the disk
        return False
    return system.mount(b"none", os.fsencode(disk), b"tmpfs", 0, b"size=3m") == 0

def fill(event):
    if isinstance(event, EpochEnded) and event.epoch == 2:
        with open(disk / "other", "wb", buffering=0) as other:
            try:
                while True:
                    other.write(bytes(512))
            except OSError:
                pass

def learn():
    document = digits_mlp(hidden=512, epochs=4)
    run = disk / "run"
    whole = train(Job(document, base, base / "whole"), print_nothing, lambda: False)
    full = train(Job(document, base, run), fill, lambda: False)
    state = read_record(run)["state"]
    kept = read_numbers(run, "last")["step"]
    for part in ("weights", "training"):
        read_tensors(run, "last", part)
    read_tensors(run, "best")
    halves = [each.name for each in run.iterdir() if each.suffix == ".tmp"]
    (disk / "other").unlink()
    job = Job(document, base, run, resume=run)
    again = train(job, print_nothing, lambda: False)
    left, right = read_tensors(run, "last"), read_tensors(base / "whole", "last")
    same = all((left[key] == right[key]).all() for key in right)
    return full.reason, state, 0 < kept <= full.steps, halves, type(again).__name__, bool(same)

def print_nothing(event):
    pass

print(learn() if is_possible() else "not possible here")
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="it makes a small disk of its own")
def test_a_run_on_a_disk_that_fills_up_keeps_its_last_state_and_goes_on_once_there_is_room(
    tmp_path,
):
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )

    assert ended.returncode == 0, ended.stderr
    told = ended.stdout.strip().splitlines()[-1]
    if told == "not possible here":
        pytest.skip("this system lets nobody make a disk")
    reason, state, kept, halves, again, same = ast.literal_eval(told)
    assert reason == (
        "The disk is full, so the run could not write its files. Free some space; "
        "then it can go on from what it had kept."
    )
    assert state in ("failed", "interrupted"), "whether there was room for that word"
    assert (kept, halves, again, same) == (True, [], "Completed", True)
