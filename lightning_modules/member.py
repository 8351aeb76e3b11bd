"""The program of one member of a team that is not its first: `python -m lightning_modules.member FOLDER RANK`.

It makes the same steps as the first member, with its own share of each batch, and tells and keeps nothing. It ends
when that one does, because its standard input then ends.
"""

from __future__ import annotations

import faulthandler
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch.distributed import FileStore  # type: ignore[attr-defined]  # torch has no stub for it

from graphs.compile import build
from lightning_modules import training_state
from lightning_modules.course import Course
from lightning_modules.crew import LEFT_ALONE, STORE, failed, on_loopback, ready
from lightning_modules.data import prepare
from lightning_modules.devices import choose_device, choose_threads, threads
from lightning_modules.divided import divide
from lightning_modules.explain import explain
from lightning_modules.isolation import read_job
from lightning_modules.module import Chunks, GraphModule, make_trainer
from lightning_modules.quiet import quiet
from lightning_modules.reports import Reports
from lightning_modules.run import seed_everything
from lightning_modules.team import join

if TYPE_CHECKING:
    from lightning_modules.devices import Device
    from lightning_modules.job import Job
    from lightning_modules.team import Team

BROKEN = ("closed by peer", "gloo", "nccl", "connect", "socket", "broken pipe")
"""Words in what torch says when another member is gone."""

NOTICE_WITHIN_S = 0.5
"""How long a member whose connection broke waits to learn that the first one is gone."""

TIDY_WITHIN_S = 5.0
"""How long a member that is left alone tries to remove the folder of its team."""


def follow(job: Job, card: int, meet: Callable[[Device], Team]) -> None:
    """Make all steps of a job as one member of a team, on the graphics card of that number if it runs on one.

    Raises:
        Exception: whatever ends a run; the first member does not hear of it.
    """
    document = job.document
    if torch.cuda.is_available() and document.run.device in ("auto", "cuda"):
        torch.cuda.set_device(card)
    device = choose_device(document.run.device)
    with threads(choose_threads(document, devices=job.devices)), quiet(lambda _text: None):
        prepared = prepare(document, job.base)
        seed_everything(document.run.seed)
        network = build(document).to(device)
        team = meet(device)
        reports = Reports(lambda _event: None, Path(os.devnull))
        try:
            divide(network, team)
            course = Course(network, prepared, device, reports, lambda: False, team)
            goes_on, _ = team.agree(goes_on=False)
            if goes_on:
                assert job.resume is not None, "the first member goes on with a run"
                training_state.restore(course, None, job.resume)
            team.take_over(network.state_dict())
            left = document.run.epochs - course.position.epoch
            if left > 0:
                make_trainer(device, left, job.run_dir).fit(GraphModule(course), Chunks(course))
        finally:
            reports.close()


def main(folder: Path, rank: int) -> int:
    """Be one member of the team whose job stands in this folder; the exit code."""
    faulthandler.enable()
    for each in (signal.SIGINT, signal.SIGTERM):  # the first member hears them, and decides
        signal.signal(each, signal.SIG_IGN)
    job = read_job(folder)
    store = FileStore(str(folder / STORE), job.devices)
    end = threading.Thread(target=_end_with_first, args=(folder,), name="first member", daemon=True)
    end.start()

    def meet(device: Device) -> Team:
        store.set(ready(rank), "")
        with on_loopback():
            return join(store, rank, job.devices, device)

    try:
        follow(job, rank, meet)
    except Exception as error:  # noqa: BLE001 - the edge of the process: the first member tells it
        code = tell_end(error, lambda why: store.set(failed(rank), why))
        if (
            code == LEFT_ALONE
        ):  # a connection may end before the pipe of a first member that was killed
            end.join(NOTICE_WITHIN_S)
        return code
    return 0


def tell_end(error: Exception, tell: Callable[[str], None]) -> int:
    """Tell why a member ends, unless it is because another did; the exit code."""
    what = str(error).lower()
    if isinstance(error, RuntimeError) and any(each in what for each in BROKEN):
        return LEFT_ALONE
    tell(explain(error))
    return 1


def _end_with_first(folder: Path) -> None:
    """Wait until the first member has gone, in whatever way, and go as well; it could not tidy up if it was killed."""
    sys.stdin.buffer.read()
    until = time.monotonic() + TIDY_WITHIN_S
    while (
        folder.exists() and time.monotonic() < until
    ):  # the store may write a file into it meanwhile
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(LEFT_ALONE)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Give the folder of a team and a rank.")
    code = main(Path(sys.argv[1]), int(sys.argv[2]))
    os._exit(code)  # taking torch down would need a second more
