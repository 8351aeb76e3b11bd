"""A run beside the window: its events arrive in the GUI thread, its end is told once, and the window lives."""

import json
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, QThread, QTimer, Slot

from graphs.document import loads
from lightning_modules.events import (
    Completed,
    EpochEnded,
    Failed,
    Started,
    Steps,
    Stopped,
    from_json,
)
from lightning_modules.job import Job
from studio import training
from studio.looks.theme import LIGHT
from studio.panels.curves import CurvesPanel
from studio.panels.training import TrainingPanel
from studio.store import Store
from studio.training import Trainer, TrainingThread, explain

IRIS = {
    "lamina": 1,
    "title": "Iris",
    "networks": {
        "main": {
            "nodes": {
                "iris": {"layer": "Iris"},
                "linear": {"layer": "Linear", "params": {"out_features": 16}},
                "relu": {"layer": "ReLU"},
                "linear_2": {"layer": "Linear", "params": {"out_features": 3}},
                "cross_entropy_loss": {"layer": "CrossEntropyLoss"},
            },
            "wires": [
                "iris.features -> linear.input",
                "linear.output -> relu.input",
                "relu.output -> linear_2.input",
                "linear_2.output -> cross_entropy_loss.logits",
                "iris.label -> cross_entropy_loss.target",
            ],
        }
    },
}
ENDLESS = 1_000_000
IMPORTS_MS = 120_000
"""Torch may have to be imported first, on a busy machine."""


@pytest.fixture
def job(tmp_path):
    return job_of(tmp_path, epochs=3)


@pytest.fixture
def endless_job(tmp_path):
    return job_of(tmp_path, epochs=ENDLESS)


@pytest.fixture
def trainer(qtbot):
    made = Trainer()
    yield made
    assert made.close(IMPORTS_MS)


def job_of(folder, **run):
    document = loads(json.dumps(IRIS).encode())
    settings = replace(document.run, batch_size=16, device="cpu", **run)
    return Job(replace(document, run=settings), folder, folder / "run")


class Listener(QObject):
    """Writes down what a trainer or a thread tells, and in which thread."""

    def __init__(self, trainer):
        super().__init__()
        self.heard, self.ended, self.threads = [], [], set()
        trainer.progressed.connect(self.hear)
        trainer.ended.connect(self.end)

    @Slot(object)
    def hear(self, event):
        self.threads.add(threading.current_thread())
        self.heard.append(event)

    def wait_for_steps(self, qtbot):
        """Until the network learns; a run that ended instead says why."""
        qtbot.waitUntil(
            lambda: self.ended or any(isinstance(each, Steps) for each in self.heard),
            timeout=IMPORTS_MS,
        )
        assert not self.ended, self.ended

    @Slot(object)
    def end(self, outcome):
        self.threads.add(threading.current_thread())
        self.ended.append(outcome)


def test_a_run_tells_all_that_its_folder_records_in_the_gui_thread_and_its_end_once(
    qtbot, trainer, job
):
    listener = Listener(trainer)

    with qtbot.waitSignal(trainer.ended, timeout=IMPORTS_MS):
        trainer.start(job)
    qtbot.wait(0)

    written = (job.run_dir / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert [*listener.heard, *listener.ended] == [from_json(line) for line in written]
    assert isinstance(listener.heard[0], Started)
    assert sum(isinstance(each, EpochEnded) for each in listener.heard) == 3
    assert [type(each) for each in listener.ended] == [Completed]
    assert listener.threads == {threading.main_thread()}
    assert not trainer.running


def test_every_step_has_its_loss_in_the_events(qtbot, trainer, job):
    listener = Listener(trainer)

    with qtbot.waitSignal(trainer.ended, timeout=IMPORTS_MS):
        trainer.start(job)

    steps = [
        each.first + i
        for each in listener.heard
        if isinstance(each, Steps)
        for i in range(len(each.losses))
    ]
    assert steps == list(range(1, listener.ended[0].steps + 1))


def test_a_stop_request_ends_training_early(qtbot, endless_job):
    thread = TrainingThread(endless_job)
    listener = Listener(thread)
    thread.start()
    listener.wait_for_steps(qtbot)

    with qtbot.waitSignal(thread.ended, timeout=IMPORTS_MS) as ended:
        thread.request_stop()

    assert isinstance(ended.args[0], Stopped)
    assert thread.wait(IMPORTS_MS)


def test_threads_take_quick_turns_while_a_network_learns_and_no_longer(qtbot, endless_job):
    usual = sys.getswitchinterval()
    thread = TrainingThread(endless_job)
    listener = Listener(thread)
    thread.start()
    listener.wait_for_steps(qtbot)
    during = sys.getswitchinterval()

    with qtbot.waitSignal(thread.ended, timeout=IMPORTS_MS):
        thread.request_stop()

    assert during == pytest.approx(training.TURN_S, abs=1e-7)
    assert thread.wait(IMPORTS_MS)
    assert sys.getswitchinterval() == usual


def test_a_stop_before_the_first_step_ends_the_run_as_well(qtbot, trainer, endless_job):
    with qtbot.waitSignal(trainer.ended, timeout=IMPORTS_MS) as ended:
        trainer.start(endless_job)
        trainer.request_stop()

    assert isinstance(ended.args[0], Stopped)


def test_a_second_run_is_refused_while_one_goes_on(qtbot, trainer, endless_job):
    trainer.start(endless_job)

    with pytest.raises(RuntimeError) as error:
        trainer.start(endless_job)

    assert str(error.value) == "A run is going on. Stop it, or wait until it ends."
    assert trainer.running


def test_closing_stops_the_run_and_waits_for_it(qtbot, trainer, endless_job):
    listener = Listener(trainer)
    trainer.start(endless_job)
    listener.wait_for_steps(qtbot)

    closed = trainer.close(IMPORTS_MS)

    assert closed
    qtbot.waitUntil(lambda: bool(listener.ended))
    assert [type(each) for each in listener.ended] == [Stopped]


def test_a_run_can_be_followed_by_another(qtbot, trainer, job, tmp_path):
    outcomes = []
    for name in ("one", "two"):
        with qtbot.waitSignal(trainer.ended, timeout=IMPORTS_MS) as ended:
            trainer.start(replace(job, run_dir=tmp_path / name))
        outcomes.append(ended.args[0])

    assert [type(each) for each in outcomes] == [Completed, Completed]


def test_an_error_that_nobody_foresaw_ends_the_run_as_failed_with_details(
    qtbot, trainer, job, monkeypatch
):
    from lightning_modules import run

    def broken(*_args, **_how):
        raise ZeroDivisionError("seven by nothing")

    monkeypatch.setattr(run, "train", broken)

    with qtbot.waitSignal(trainer.ended, timeout=IMPORTS_MS) as ended:
        trainer.start(job)

    outcome = ended.args[0]
    assert isinstance(outcome, Failed)
    assert outcome.reason == "Training ended because of an unexpected error: seven by nothing."
    assert outcome.details.startswith("Traceback")
    assert "ZeroDivisionError: seven by nothing" in outcome.details


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            MemoryError(),
            "The computer's memory was not enough for this run: try a smaller batch size or fewer features.",
        ),
        (
            ModuleNotFoundError("No module named 'torch'", name="torch"),
            'Training needs the Python package "torch", which is not installed.',
        ),
        (
            OSError(28, "No space left on device", "/runs/a"),
            'The run could not read or write its files at "/runs/a": No space left on device.',
        ),
        (RuntimeError("bad\nmore"), "Training ended because of an unexpected error: bad."),
        (KeyError(), "Training ended because of an unexpected error: KeyError."),
    ],
)
def test_errors_are_explained_in_one_sentence(error, sentence):
    assert explain(error) == sentence


def test_warming_up_imports_what_a_run_needs_and_stops_when_asked(qtbot, trainer):
    trainer.warm_up()
    trainer.warm_up()  # a second call changes nothing

    assert trainer.close(IMPORTS_MS)
    assert not trainer.warming


def test_warming_up_ends_quietly_where_a_package_is_missing(qtbot, trainer, monkeypatch):
    def missing(*_how):
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setattr(training, "import_quietly", missing)

    trainer.warm_up()

    qtbot.waitUntil(lambda: not trainer.warming, timeout=5_000)


@pytest.mark.alone
def test_the_window_stays_alive_while_a_network_learns(
    qtbot, trainer, endless_job, record_property
):
    """From the first step: the bar is 100 ms at most and p99 33 ms on a quiet machine; the limit here is generous."""
    store = Store()
    store.open(endless_job.document)
    for panel in (
        CurvesPanel(store, LIGHT, trainer),
        TrainingPanel(store, LIGHT, trainer, lambda _folder: None),
    ):
        qtbot.addWidget(panel)
        panel.resize(700, 320)
        panel.show()
    beats = []
    heart = QTimer()
    heart.setTimerType(Qt.TimerType.PreciseTimer)
    heart.setInterval(5)
    heart.timeout.connect(lambda: beats.append(time.perf_counter()))
    found = []
    for time_ in range(
        3
    ):  # what holds the window up does so each time, what another program takes does not
        beats.clear()
        listener = Listener(trainer)
        trainer.start(replace(endless_job, run_dir=endless_job.base / f"run{time_}"))
        listener.wait_for_steps(qtbot)
        heart.start()
        qtbot.waitUntil(lambda: len(beats) > 400)
        heart.stop()
        with qtbot.waitSignal(trainer.ended, timeout=IMPORTS_MS):
            trainer.request_stop()
        gaps_ms = np.diff(beats) * 1000
        found.append((float(gaps_ms.max()), float(np.percentile(gaps_ms, 99))))
        if found[-1][0] < 250 and found[-1][1] < 100:
            break

    record_property("worst_gap_ms", found[-1][0])
    assert found[-1][0] < 250, found
    assert found[-1][1] < 100, found


def test_the_thread_lives_in_the_gui_thread_so_that_qt_queues_its_signals(qtbot, job):
    thread = TrainingThread(job)

    assert thread.thread() is QThread.currentThread()
