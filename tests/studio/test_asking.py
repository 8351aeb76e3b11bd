"""Questions to a run in the window: one at a time, the newest next, and none that was let go is answered."""

from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtCore import QCoreApplication

from graphs.content import Document
from lightning_modules.events import Failed, Stopped
from lightning_modules.job import Job
from studio.asking import AskedRun, AskingThread, Question
from studio.training import Trainer
from tests.documents import digits_mlp
from tests.trained import trained

LIMIT_MS = 60_000
CLOSING_S = 15.0
"""A close takes 0.3 s beside a thread that does not end; a busy machine may make it longer."""


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    return trained(digits_mlp(), tmp_path_factory.mktemp("run")).run_dir


@pytest.fixture
def trainer(qtbot):
    return Trainer()


@pytest.fixture
def asked(qtbot, trainer):
    made = AskedRun(trainer)
    yield made
    made.leave()


@pytest.fixture
def gate():
    """What holds up an answer, as an import or much data would; open once the window is gone."""
    made = threading.Event()
    yield made
    made.set()


def held_up(gate, began):
    def ask(_trial, _stop):
        began.set()
        gate.wait()

    return Question("all", ask)


def question(number):
    return Question("number", lambda _trial, _stop: number)


def test_of_questions_that_wait_the_newest_is_asked_next(qtbot, asked, run_dir):
    told = []
    asked.answered.connect(lambda _about, found: told.append(found))
    asked.open(run_dir)

    for number in range(5):
        asked.ask(question(number))

    qtbot.waitUntil(lambda: not asked.busy, timeout=LIMIT_MS)
    assert told == [0, 4]


def test_an_answer_that_was_on_its_way_when_it_was_let_go_is_not_told(qtbot, asked, run_dir):
    told = []
    asked.answered.connect(lambda _about, found: told.append(found))
    asked.open(run_dir)
    asked.ask(question(1))
    asked._thread.wait(LIMIT_MS)  # it has told its answer, which waits in this thread's queue

    asked.leave()
    asked.ask(question(2))

    qtbot.waitUntil(lambda: not asked.busy, timeout=LIMIT_MS)
    assert told == [2]


def test_the_run_is_loaded_once(qtbot, asked, run_dir):
    trials = []
    asked.answered.connect(lambda _about, found: trials.append(found))
    asked.open(run_dir)
    for _ in range(2):
        asked.ask(Question("itself", lambda trial, _stop: trial))
        qtbot.waitUntil(lambda: not asked.busy, timeout=LIMIT_MS)

    assert trials[0] is trials[1]


@pytest.mark.parametrize(
    ("outcome", "opened"), [(Stopped(1, 5, 1, 1.0), True), (Failed("It broke."), False)]
)
def test_a_run_that_ends_is_the_one_to_ask_unless_it_failed(
    asked, trainer, run_dir, outcome, opened
):
    trainer.started.emit(Job(Document(), run_dir, run_dir))
    during = asked.run_dir

    trainer.ended.emit(outcome)

    assert during is None
    assert asked.run_dir == (run_dir if opened else None)


def test_without_a_run_nothing_is_asked(asked):
    asked.ask(question(1))

    assert not asked.busy


def test_the_window_closes_at_once_beside_an_answer_that_takes_long(qtbot, gate, window, run_dir):
    began = threading.Event()
    asked = window.workbench.docks["try"].widget().run
    asked.open(run_dir)
    asked.ask(held_up(gate, began))
    assert began.wait(LIMIT_MS / 1000)

    start = time.monotonic()
    closed = window.close()

    assert closed
    assert time.monotonic() - start < CLOSING_S
    assert not window.threads_ended
    (left,) = QCoreApplication.instance().findChildren(AskingThread)
    assert left.isRunning()  # and goes on to its end: what destroys it now would abort the program


def test_a_thread_that_was_left_goes_when_it_ends(qtbot, gate, asked, run_dir):
    began = threading.Event()
    asked.open(run_dir)
    asked.ask(held_up(gate, began))
    assert began.wait(LIMIT_MS / 1000)

    asked.forget()
    still = QCoreApplication.instance().findChildren(AskingThread)
    gate.set()

    assert [each.isRunning() for each in still] == [True]
    qtbot.waitUntil(lambda: not QCoreApplication.instance().findChildren(AskingThread))


def test_a_run_begins_once_the_answer_that_was_let_go_has_ended(
    qtbot, gate, asked, trainer, run_dir, tmp_path
):
    began, told = threading.Event(), []
    asked.open(run_dir)
    asked.ask(held_up(gate, began))
    assert began.wait(LIMIT_MS / 1000)
    asked.forget()
    trainer.progressed.connect(lambda _event: told.append(gate.is_set()))

    trainer.start(Job(digits_mlp(epochs=1), run_dir, tmp_path / "next"))
    waits = not trainer._thread.wait(500)  # it would end by then
    with qtbot.waitSignal(trainer.ended, timeout=LIMIT_MS):
        gate.set()

    assert waits
    assert told
    assert all(told)
