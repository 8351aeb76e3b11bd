"""Events are few and hold everything; warnings of a run's thread are told, those of others go their way."""

from __future__ import annotations

import json
import threading
import warnings

import pytest

from lightning_modules import reports as reports_module
from lightning_modules.events import EpochEnded, Started, Steps, Warned, from_json
from lightning_modules.job import Job
from lightning_modules.quiet import quiet
from lightning_modules.reports import Reports, StepReports
from lightning_modules.run import train
from tests.documents import digits_mlp


class Clock:
    """A clock that moves when it is told to."""

    now = 0.0

    def perf_counter(self):
        """Its time, in seconds."""
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(reports_module, "time", made)
    return made


def test_losses_of_many_steps_are_told_8_times_a_second_with_nothing_left_out(tmp_path, clock):
    told = []
    reports = Reports(told.append, tmp_path / "events.jsonl")
    steps = StepReports(reports, "learn")

    for step in range(1, 1001):
        clock.now += 0.001
        if steps.add(step, float(step), 64):
            steps.send(0.5)
    steps.send(0.5)
    reports.close()

    assert 8 <= len(told) <= 10
    assert [loss for each in told for loss in each.losses] == list(map(float, range(1, 1001)))
    assert [each.first for each in told] == [
        1 + sum(len(e.losses) for e in told[:i]) for i in range(len(told))
    ]
    assert told[0].samples_per_s == pytest.approx(64_000, rel=0.05)


def test_what_waits_is_told_in_order_with_the_next_send(tmp_path):
    told = []
    reports = Reports(told.append, tmp_path / "events.jsonl")

    reports.later(EpochEnded(1, 2, {}, False, 0.1))
    reports.later(EpochEnded(2, 4, {}, False, 0.1))
    before = list(told)
    reports.send()
    reports.send()
    reports.close()

    assert before == []
    assert [each.epoch for each in told] == [1, 2]
    assert len((tmp_path / "events.jsonl").read_text().splitlines()) == 2


def test_another_process_can_follow_the_file_while_the_run_goes_on(tmp_path):
    seen = []

    def listen(event):
        lines = (tmp_path / "run" / "events.jsonl").read_text().splitlines()
        seen.append(from_json(lines[-1]) == event or event in map(from_json, lines))

    train(Job(digits_mlp(epochs=2), tmp_path, tmp_path / "run"), listen, lambda: False)

    assert len(seen) > 3
    assert all(seen)


def test_a_loss_that_is_no_number_is_written_as_json(tmp_path):
    reports = Reports([].append, tmp_path / "events.jsonl")

    reports.tell(Steps("learn", 1, (float("nan"), 1.0), 0.1, 1.0))
    reports.close()

    text = (tmp_path / "events.jsonl").read_text()
    assert json.loads(text)["losses"] == [{"float": "nan"}, 1.0]


def test_warnings_of_this_thread_are_told_once_and_those_of_others_go_their_way():
    told, elsewhere = [], []
    hook, warnings.showwarning = (
        warnings.showwarning,
        lambda message, *_, **__: elsewhere.append(str(message)),
    )

    try:
        with quiet(told.append):
            warnings.showwarning(UserWarning("a  curious\nthing"), UserWarning, "file", 1)
            warnings.showwarning(UserWarning("a  curious\nthing"), UserWarning, "file", 1)
            warnings.showwarning(DeprecationWarning("old"), DeprecationWarning, "file", 1)
            other = threading.Thread(
                target=lambda: warnings.showwarning(UserWarning("theirs"), UserWarning, "file", 1)
            )
            other.start()
            other.join()
        warnings.showwarning(UserWarning("later"), UserWarning, "file", 1)
    finally:
        warnings.showwarning = hook

    assert told == ["a curious thing"]
    assert elsewhere == ["theirs", "later"]


def test_a_warning_in_a_run_is_news_of_it(run, monkeypatch):
    from lightning_modules import run as running

    plain = running.prepare

    def warn(*given):
        warnings.showwarning(UserWarning("The data look odd."), UserWarning, "file", 1)
        return plain(*given)

    monkeypatch.setattr(running, "prepare", warn)
    told = run(digits_mlp(epochs=1))

    assert told.events[0] == Warned("The data look odd.")
    assert isinstance(told.events[1], Started)


def test_a_second_run_in_the_same_program_is_refused(tmp_path):
    inner = []

    def start_another(event):
        if not inner:
            inner.append(
                train(Job(digits_mlp(), tmp_path, tmp_path / "two"), [].append, lambda: False)
            )

    train(Job(digits_mlp(epochs=1), tmp_path, tmp_path / "one"), start_another, lambda: False)

    assert (
        inner[0].reason
        == "Another run is going on in this program. Wait until it ends, or stop it first."
    )
    assert not (tmp_path / "two").exists()
