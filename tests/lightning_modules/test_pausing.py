"""A run rests where it is asked to, keeps what it learned, and goes on as if it had never rested."""

from __future__ import annotations

import threading
import time

from lightning_modules.checkpoint import read_numbers, read_tensors
from lightning_modules.events import Completed, Paused, Steps, Stopped, WentOn, from_json, to_json
from lightning_modules.job import Job
from lightning_modules.pausing import PAUSE, ask_pause, end_pause
from lightning_modules.run import train
from tests.documents import digits_cnn, digits_mlp

WITHIN_S = 30


class Rested:
    """A run that is asked to rest as soon as it tells of steps; `then` is done once it rests."""

    def __init__(self, folder, document, then):
        self.folder, self.events = folder, []
        self._then = then
        self.stop = threading.Event()
        job = Job(document, folder.parent, folder)
        self.outcome = train(job, self._hear, self.stop.is_set)

    def _hear(self, event):
        self.events.append(event)
        if isinstance(event, Steps) and not self.of(Paused):
            ask_pause(self.folder)
        if isinstance(event, Paused) and len(self.of(Paused)) == 1:
            thread = threading.Thread(target=self._then, args=(self,))
            thread.start()

    def of(self, kind):
        """The events of one kind."""
        return [each for each in self.events if isinstance(each, kind)]

    @property
    def losses(self):
        """Those of all steps."""
        return [loss for each in self.of(Steps) for loss in each.losses]


def go_on(rested):
    """Look what is kept while it rests, then let it go on."""
    rested.kept = read_numbers(rested.folder, "last")["step"]
    end_pause(rested.folder)


def test_a_run_that_rested_ends_as_if_it_had_not(run, tmp_path):
    document = digits_cnn(dropout=0.4, epochs=12)
    whole = run(document)

    rested = Rested(tmp_path / "rested", document, go_on)

    (paused,), (went_on,) = rested.of(Paused), rested.of(WentOn)
    assert isinstance(rested.outcome, Completed), rested.outcome
    assert rested.losses == whole.losses
    weights, wanted = (read_tensors(each.folder, "last") for each in (rested, whole))
    assert all((weights[key] == wanted[key]).all() for key in wanted)
    assert 0 < paused.step == went_on.step == rested.kept < len(whole.losses)
    told = rested.events[: rested.events.index(paused)]
    assert sum(len(each.losses) for each in told if isinstance(each, Steps)) == paused.step


def test_a_run_that_rests_can_be_stopped(tmp_path):
    rested = Rested(tmp_path / "rested", digits_mlp(epochs=100_000), lambda each: each.stop.set())

    (paused,) = rested.of(Paused)
    assert isinstance(rested.outcome, Stopped)
    assert rested.outcome.steps == paused.step
    assert not rested.of(WentOn)


def test_the_time_of_a_pause_is_not_the_time_of_the_run(tmp_path):
    def wait(rested):
        time.sleep(1.0)  # what is measured here is how long it rests
        end_pause(rested.folder)

    began = time.perf_counter()
    rested = Rested(tmp_path / "rested", digits_mlp(epochs=20), wait)
    took = time.perf_counter() - began

    # The sleep begins when the pause is told, which is a moment before the run rests: long on a busy machine.
    assert rested.of(WentOn)[0].seconds > 0.5
    assert rested.outcome.seconds < took - 0.5


def test_a_request_of_before_the_run_does_not_count(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / PAUSE).touch()

    outcome = train(Job(digits_mlp(epochs=1), tmp_path, folder), [].append, lambda: False)

    assert isinstance(outcome, Completed)


def test_pauses_are_told_to_whoever_reads_the_events():
    for event in (Paused(5), WentOn(5, 2.5)):
        assert from_json(to_json(event)) == event
