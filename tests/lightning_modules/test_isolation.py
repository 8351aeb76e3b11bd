"""A run in a process of its own tells the same and obeys the same, and whatever kills it ends in a sentence."""

from __future__ import annotations

import math
import os
import random
import re
import signal
import sys
from dataclasses import replace

import pytest

from graphs.document import dumps
from lightning_modules import isolation
from lightning_modules.events import (
    Completed,
    Failed,
    Started,
    Steps,
    Stopped,
    Warned,
    to_json,
)
from lightning_modules.isolation import (
    News,
    attach,
    is_going_on,
    kept_steps,
    read_job,
    to_go_on,
    train_apart,
    write_job,
)
from lightning_modules.job import Job
from lightning_modules.run_folder import RunFolder, RunFolderError, is_locked, read_record
from tests.documents import digits_cnn, digits_mlp

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

ENDLESS = 1_000_000
SEED = 20261121
FATAL = ("SIGKILL", "SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGXCPU")
"""Without SIGQUIT: what a shell starts in the background ignores it, and so do its children."""
KEPT = (
    r"(It had not kept anything yet: start it again"
    r"|What it had learned after [\d,]+ steps? is kept: it can go on from there)\."
)
"""A run keeps something after seconds; on a busy machine the end may come later than that."""


@pytest.fixture
def apart(nursery, tmp_path):
    """Run a document apart; `on_event` gets the process as well."""

    def go(
        document,
        on_event=lambda _event, _process: None,
        should_stop=lambda: False,
        should_leave=lambda: False,
        **job,
    ):
        told = []

        def listen(event):
            told.append(event)
            on_event(event, nursery.children[-1])

        folder = job.pop("run_dir", tmp_path / f"run{len(nursery.children)}")
        given = Job(document, tmp_path, folder, **job)
        return train_apart(given, listen, should_stop, should_leave, nursery.start), told, folder

    return go


def losses(events):
    return [loss for each in events if isinstance(each, Steps) for loss in each.losses]


def test_a_run_apart_tells_what_a_run_here_tells(apart, run):
    here = run(digits_mlp(epochs=3))

    outcome, told, folder = apart(digits_mlp(epochs=3))

    assert isinstance(outcome, Completed)
    assert losses(told) == here.losses
    assert told[-1] == here.events[-1], "the test of the best weights"
    assert read_record(folder)["state"] == "completed"
    assert not is_locked(folder)


def test_a_stop_reaches_a_run_apart_and_keeps_what_was_learned(apart):
    asked = []

    outcome, told, folder = apart(
        digits_mlp(epochs=ENDLESS),
        lambda event, _process: asked.append(event) if isinstance(event, Steps) else None,
        lambda: bool(asked),
    )

    assert isinstance(outcome, Stopped)
    assert outcome.steps == len(losses(told))
    assert kept_steps(folder) == outcome.steps
    assert read_record(folder)["state"] == "stopped"


def test_a_run_apart_is_left_and_followed_again_from_its_start(apart):
    heard, again = [], []

    left, told, folder = apart(
        digits_mlp(epochs=ENDLESS),
        lambda event, _process: heard.append(event),
        should_leave=lambda: bool(losses(heard)),
    )
    going_on = is_going_on(folder)
    ended = attach(folder, again.append, lambda: bool(losses(again)))

    assert left is None
    assert going_on
    assert isinstance(ended, Stopped)
    assert isinstance(again[0], Started)
    assert losses(again)[: len(losses(told))] == losses(told)
    assert ended.steps == len(losses(again))


def test_the_news_of_a_long_run_come_in_few_events_and_leave_nothing_out(tmp_path, monkeypatch):
    monkeypatch.setattr(isolation, "READ_BYTES", 10_000)
    steps = [Steps("learn", 1 + 2 * each, (each / 7, math.nan), 0.1, 5.0) for each in range(1000)]
    rows = [*steps[:700], Warned("Here is something."), *steps[700:]]
    file = tmp_path / "events.jsonl"
    file.write_text("".join(to_json(each) + "\n" for each in rows) + '{"event": "Ste')
    news = News(file, 0)

    told = [event for events in iter(news.read, None) for event in events]

    heard = [each for each in told if isinstance(each, Steps)]
    assert len(told) < 50
    assert [each for each in told if isinstance(each, Warned)] == [Warned("Here is something.")]
    assert [each.first for each in heard] == [
        1 + sum(len(each.losses) for each in heard[:index]) for index in range(len(heard))
    ]
    assert [repr(each) for each in losses(told)] == [repr(each) for each in losses(steps)]


def test_what_was_killed_goes_on_where_it_was_kept_and_ends_as_if_nothing_had_been(apart, run):
    whole = run(digits_mlp(epochs=12))
    endless = digits_mlp(epochs=ENDLESS)  # so that no kill comes too late
    _, _, folder = apart(endless, should_stop=lambda: True)
    kill = {"resume": folder, "run_dir": folder}
    killed, told, _ = apart(endless, lambda event, each: _kill(each, "SIGKILL", event), **kill)
    with (folder / "events.jsonl").open("a") as file:
        file.write('{"event": "Ste')  # as a kill may leave it

    job = to_go_on(folder)
    to_the_end = replace(job.document, run=replace(job.document.run, epochs=12))
    outcome, rest, _ = apart(to_the_end, resume=job.resume, run_dir=job.run_dir)

    steps = kept_steps(folder)
    assert killed.reason == (
        "The run's own process was killed (SIGKILL): by somebody, or by the system because memory ran out. "
        "What it had learned after 0 steps is kept: it can go on from there."
    )
    assert isinstance(told[0], Started)
    assert isinstance(outcome, Completed)
    assert (outcome.steps, steps) == (240, 240)
    assert losses(rest) == whole.losses
    assert to_go_on(folder) is None, "it has ended well"


def _kill(process, name, event=None):
    if event is None or isinstance(event, Steps):
        os.kill(process.pid, getattr(signal, name))


def _crash_once(apart, chance, document):
    """Kill a run at a moment drawn by chance; how it ended, by what, and its folder."""
    name = chance.choice(FATAL)
    after = chance.randrange(4)
    seen = []

    def on_event(event, process):
        seen.append(event)
        if len(seen) == after + 1:
            _kill(process, name)

    outcome, _, folder = apart(document, on_event)
    return outcome, name, folder


def _assert_crash(outcome, name, folder):
    how = (
        r"was killed \(SIGKILL\): by somebody, or by the system because memory ran out"
        if name == "SIGKILL"
        else rf"crashed \(({name}|SIGSEGV)\)"  # the handler that writes the stack may fall over itself
    )
    kept = kept_steps(folder)
    after = (
        r"It had not kept anything yet: start it again\."
        if kept is None
        else rf"What it had learned after {kept:,} steps? is kept: it can go on from there."
    )
    assert isinstance(outcome, Failed), outcome
    assert re.fullmatch(rf"The run's own process {how}\. {after}", outcome.reason)
    assert "Extension modules" not in outcome.details
    assert read_record(folder)["state"] == "interrupted"
    assert not is_locked(folder)


def test_4_crashes_are_told_in_a_sentence_and_leave_the_run_interrupted(apart):
    chance = random.Random(SEED)

    for _ in range(4):
        _assert_crash(*_crash_once(apart, chance, digits_mlp(epochs=ENDLESS)))


@pytest.mark.slow
def test_100_crashes_of_two_networks_do_no_harm(apart):
    chance = random.Random(SEED + 1)

    for number in range(100):
        make = digits_cnn if number % 2 else digits_mlp
        _assert_crash(*_crash_once(apart, chance, make(epochs=ENDLESS)))


@pytest.mark.parametrize("limit", ["RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_NOFILE"])
def test_a_run_that_the_system_gives_no_more_of_something_ends_in_a_sentence(apart, limit):
    resource = pytest.importorskip("resource")
    if not hasattr(resource, "prlimit"):
        pytest.skip("only Linux limits another process")

    def starve(event, process):
        if isinstance(event, Started):
            resource.prlimit(process.pid, getattr(resource, limit), (1, 1))

    # Tensors of more than 32 MiB are asked of the system anew at each step, however late the limit comes.
    described = digits_mlp(hidden=8192, batch_size=2048, epochs=400)
    outcome, _, folder = apart(described, starve)

    assert isinstance(outcome, Failed), outcome
    assert re.fullmatch(
        r"The computer has not enough memory for this run\. Try a smaller batch size or a smaller network\."
        r"|The computer has not enough memory for a batch size of .*\. (A batch size of [\d,]+ fits: train with"
        r" that|No smaller one fits either: try a smaller network|Try a smaller network)\."
        r'|The run could not read or write its files( ".*")?: (File too large|Too many open files)\.'
        r"|The run's own process could not write its files: the disk may be full\."
        rf" {KEPT}"
        rf"|The run's own process crashed \(SIGABRT\)\. {KEPT}",
        outcome.reason,
    ), outcome.reason
    assert not is_locked(folder)


def test_a_crash_leaves_where_it_happened_for_the_fold(apart):
    outcome, _, _ = apart(
        digits_mlp(epochs=ENDLESS), lambda event, each: _kill(each, "SIGSEGV", event)
    )

    assert outcome.details.startswith("Fatal Python error: Segmentation fault")
    assert "most recent call first" in outcome.details, "of whichever thread it happened in"
    assert outcome.steps > 0


def test_a_run_that_another_follows_ends_in_a_sentence_when_its_process_is_killed(apart):
    pids = []
    left, _, folder = apart(
        digits_mlp(epochs=ENDLESS),
        lambda _event, process: pids.append(process.pid),
        should_leave=lambda: bool(pids),
    )

    ended = attach(folder, lambda _event: _kill_once(pids), lambda: False)

    assert left is None
    assert re.fullmatch(rf"The run's own process ended before the run did\. {KEPT}", ended.reason)


def _kill_once(pids):
    if pids:
        os.kill(pids[0], signal.SIGKILL)
        pids.clear()


def test_a_document_with_a_problem_is_refused_from_there_as_from_here(apart, run):
    broken = digits_mlp().with_graph(digits_mlp().main)
    broken = replace(broken, run=replace(broken.run, device="cuda"))

    outcome, told, _ = apart(broken)

    assert told == []
    assert outcome.reason == run(broken).outcome.reason


def test_a_folder_that_is_in_use_is_refused_before_anything_is_written(apart, tmp_path):
    folder = RunFolder.open(tmp_path / "run")

    outcome, _, _ = apart(digits_mlp(), run_dir=tmp_path / "run")
    folder.close()

    assert outcome == Failed(
        f'Another run is using the folder "{tmp_path / "run"}". Wait until it ends, or take another.'
    )
    assert [each.name for each in (tmp_path / "run").iterdir()] == ["run.lock"]


def test_a_system_that_starts_no_process_is_told(tmp_path):
    def start(_run_dir):
        raise OSError(11, "Resource temporarily unavailable")

    job = Job(digits_mlp(), tmp_path, tmp_path / "run")

    outcome = train_apart(job, print, lambda: False, start=start)

    assert outcome == Failed("The run could not be started: Resource temporarily unavailable.")


def test_a_job_is_read_as_it_was_written(tmp_path):
    job = Job(digits_mlp(epochs=7), tmp_path, tmp_path / "run", resume=tmp_path / "earlier")
    job.run_dir.mkdir()

    write_job(job)
    read = read_job(job.run_dir)

    assert (dumps(read.document), read.base, read.run_dir, read.resume) == (
        dumps(job.document),
        job.base,
        job.run_dir,
        job.resume,
    )


@pytest.mark.parametrize("content", ["", "[]", '{"base": 1}', '{"base": ".", "document": "{"}'])
def test_a_damaged_job_is_told(tmp_path, content):
    (tmp_path / "job.json").write_text(content)

    with pytest.raises(RunFolderError) as error:
        read_job(tmp_path)

    assert str(error.value) == (
        f'The job of the run in "{tmp_path}" cannot be read: its job.json is damaged or not there.'
    )


def test_a_process_that_ends_by_itself_is_told_with_its_exit_code(tmp_path):
    class Ended:
        pid = 0

        def poll(self):
            return 3

    job = Job(digits_mlp(), tmp_path, tmp_path / "run")

    outcome = train_apart(job, print, lambda: False, start=lambda _run_dir: Ended())

    assert outcome == Failed(
        "The run's own process ended before the run did, with exit code 3. "
        "It had not kept anything yet: start it again."
    )
