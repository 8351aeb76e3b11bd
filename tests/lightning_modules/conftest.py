"""A run for tests: a job in a folder of its own, and everything that it told."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch

from lightning_modules.crew import StartedCrew
from lightning_modules.events import EpochEnded, Steps
from lightning_modules.job import Job
from lightning_modules.run import train
from lightning_modules.scores import score


@dataclass
class Told:
    """What a run told, and how it ended."""

    folder: Path
    events: list = field(default_factory=list)
    outcome: object = None

    def of(self, kind):
        """The events of one kind."""
        return [each for each in self.events if isinstance(each, kind)]

    @property
    def losses(self):
        """Those of all steps."""
        return [loss for each in self.of(Steps) for loss in each.losses]

    @property
    def epochs(self):
        """The values of all epochs."""
        return [dict(each.values) for each in self.of(EpochEnded)]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Train a document, and stop it after so many steps."""
    count = 0
    # Validation asks whether to stop, too: steps alone are counted here.
    monkeypatch.setattr("lightning_modules.course.score", lambda *given: score(*given[:4]))

    def go(document, *, stop_after=None, resume=None, start_from=None, folder=None, base=tmp_path):
        nonlocal count
        count += 1
        told = Told(folder or tmp_path / f"run{count}")
        asked = 0

        def should_stop():
            nonlocal asked
            asked += 1
            return stop_after is not None and asked > stop_after

        told.outcome = train(
            Job(document, base, told.folder, resume, start_from), told.events.append, should_stop
        )
        return told

    return go


@pytest.fixture
def together(nursery, tmp_path):
    """Train a document on several devices, here and in forked processes."""
    count = 0

    def go(document, devices=2, on_event=lambda _event: None, should_stop=lambda: False, **job):
        nonlocal count
        count += 1
        told = Told(job.pop("folder", tmp_path / f"team{count}"))
        given = Job(document, tmp_path, told.folder, devices=devices, **job)

        def listen(event):
            told.events.append(event)
            on_event(event)

        crew = StartedCrew(given, nursery.start_member)
        told.outcome = train(given, listen, should_stop, crew)
        return told

    return go


@pytest.fixture
def one_thread():
    """Torch computes with one thread, so that sums have one order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
