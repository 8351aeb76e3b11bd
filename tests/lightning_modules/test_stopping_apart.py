"""A run in a process of its own ends within one batch of the request to stop, whenever that comes."""

from __future__ import annotations

import random
import sys
import time

import pytest

from lightning_modules.events import Steps, Stopped, from_json
from lightning_modules.isolation import kept_steps, train_apart
from lightning_modules.job import Job
from lightning_modules.run_folder import EVENTS, read_record
from tests.documents import digits_mlp

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

SEED = 20261121
SLOW_STEPS = digits_mlp(hidden=16_384, batch_size=2_000, epochs=1_000_000)
"""A step takes longer than losses wait to be told, so that what is told is what was made."""


def told_steps(run_dir):
    """How many steps the events tell so far."""
    lines = (run_dir / EVENTS).read_text(encoding="utf-8").split("\n")[:-1]
    rows = [each for each in map(from_json, lines) if isinstance(each, Steps)]
    return sum(len(each.losses) for each in rows)


class Moment:
    """Asks for a stop so many seconds after the first step, and counts the steps that are told when it next looks."""

    def __init__(self, run_dir, delay_s):
        self._run_dir, self._delay_s = run_dir, delay_s
        self.first = self.steps = None

    def hear(self, event):
        """Note when the first step was told."""
        if self.first is None and isinstance(event, Steps):
            self.first = time.monotonic()

    def __call__(self):
        """Whether it is time to stop."""
        if self.first is None or time.monotonic() - self.first < self._delay_s:
            return False
        if self.steps is None:
            self.steps = -1  # the request is written now, before the next look
        elif self.steps < 0:
            self.steps = told_steps(self._run_dir)
        return True


def stop_at_random_moments(nursery, place, count):
    """Steps that were made after those which were told soon after the request, and the folders of the runs."""
    draw = random.Random(SEED)
    late = []
    for index in range(count):
        folder = place / f"run{index}"
        moment = Moment(folder, draw.uniform(0.0, 0.5))
        outcome = train_apart(
            Job(SLOW_STEPS, place, folder), moment.hear, moment, start=nursery.start
        )
        assert isinstance(outcome, Stopped), outcome
        assert kept_steps(folder) == outcome.steps == told_steps(folder)
        assert read_record(folder)["state"] == "stopped"
        if moment.steps >= 0:  # else it had ended before anybody looked again
            late.append(outcome.steps - moment.steps)
    return late


def test_a_stop_at_2_random_moments_ends_a_run_apart_within_one_batch(nursery, tmp_path):
    assert max(stop_at_random_moments(nursery, tmp_path, 2), default=0) <= 2


@pytest.mark.slow
def test_a_stop_at_25_random_moments_ends_a_run_apart_within_one_batch(nursery, tmp_path):
    late = stop_at_random_moments(nursery, tmp_path, 25)

    assert max(late) <= 2, (
        "a step that had been made may not have been told yet when it was counted"
    )
    assert sum(each > 1 for each in late) <= 2
