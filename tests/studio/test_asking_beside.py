"""Asking a run beside others: panels share one that is loaded, and another run trains to the same bits."""

from __future__ import annotations

import gc
import threading
import weakref
from dataclasses import replace

import pytest
import torch

from lightning_modules.events import Completed, Steps
from lightning_modules.job import Job
from studio.asking import AskedRun, Question
from studio.training import Trainer
from tests.documents import digits_mlp, document, node
from tests.trained import trained

LIMIT_MS = 60_000
EPOCHS = 12


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    return trained(digits_mlp(), tmp_path_factory.mktemp("asked")).run_dir


@pytest.fixture
def trainer(qtbot):
    made = Trainer()
    yield made
    assert made.close(LIMIT_MS)


@pytest.fixture
def asked(trainer):
    """Two that ask, as the Results and Try panels do."""
    both = AskedRun(trainer), AskedRun(trainer)
    yield both
    for each in both:
        each.forget()


def itself():
    return Question("itself", lambda trial, _stop: trial)


def answers_of(asked):
    found = []
    asked.answered.connect(lambda _about, answer: found.append(answer))
    return found


def with_dropout():
    return document(
        {
            "digits": "Digits",
            "flatten": "Flatten",
            "hidden": node("Linear", out_features=16),
            "dropout": "Dropout",
            "scores": node("Linear", out_features=10),
            "loss": "CrossEntropyLoss",
        },
        [
            "digits.image -> flatten.input",
            "flatten.output -> hidden.input",
            "hidden.output -> dropout.input",
            "dropout.output -> scores.input",
            "scores.output -> loss.logits",
            "digits.label -> loss.target",
        ],
        batch_size=16,
        device="cpu",
        threads=1,
    )


def losses_in(told):
    return [loss for each in told if isinstance(each, Steps) for loss in each.losses]


def test_two_panels_share_a_run_that_is_loaded(qtbot, asked, run_dir):
    found = [answers_of(each) for each in asked]

    for each in asked:
        each.open(run_dir)
        each.ask(itself())
    qtbot.waitUntil(lambda: all(found), timeout=LIMIT_MS)

    assert found[0][0] is found[1][0]


def test_a_run_that_nobody_asks_any_more_leaves_the_memory(qtbot, asked, run_dir):
    found = answers_of(asked[0])
    asked[0].open(run_dir)
    asked[0].ask(itself())
    qtbot.waitUntil(lambda: bool(found), timeout=LIMIT_MS)
    held = weakref.ref(found.pop())

    asked[0].forget()
    gc.collect()

    assert held() is None


def test_weights_that_were_written_anew_are_loaded_anew(qtbot, asked, tmp_path):
    job = trained(digits_mlp(), tmp_path)
    found = answers_of(asked[0])
    asked[0].open(job.run_dir)
    asked[0].ask(itself())
    qtbot.waitUntil(lambda: len(found) == 1, timeout=LIMIT_MS)

    trained(replace(digits_mlp(), title="Anew"), tmp_path / "other")
    for file in (tmp_path / "other" / "run").iterdir():
        if file.is_file():
            file.replace(job.run_dir / file.name)
    asked[0].open(job.run_dir)
    asked[0].ask(itself())
    qtbot.waitUntil(lambda: len(found) == 2, timeout=LIMIT_MS)

    assert found[0] is not found[1]


def test_one_thread_at_a_time_asks_a_run_and_who_waits_can_be_let_go(qtbot, asked, run_dir):
    began, gate, told = threading.Event(), threading.Event(), answers_of(asked[1])

    def held_up(_trial, _stop):
        began.set()
        gate.wait()

    for each in asked:
        each.open(run_dir)
    asked[0].ask(Question("slow", held_up))
    assert began.wait(LIMIT_MS / 1000)
    asked[1].ask(itself())
    waiting = asked[1]._thread
    asked[1].leave()
    ended = waiting.over.wait(LIMIT_MS / 1000)
    gate.set()
    qtbot.waitUntil(lambda: not asked[0].busy, timeout=LIMIT_MS)

    assert ended
    assert told == []


def test_a_run_learns_to_the_same_bits_while_another_one_is_asked(
    qtbot, asked, trainer, run_dir, tmp_path
):
    alone, beside, answers = [], [], answers_of(asked[0])
    wanted = trained(with_dropout(), tmp_path / "alone", EPOCHS, alone.append)
    settings = replace(with_dropout().run, epochs=EPOCHS)
    job = Job(replace(with_dropout(), run=settings), tmp_path, tmp_path / "beside")
    trainer.progressed.connect(beside.append)
    during = []

    def ask_again():
        if trainer.running and not asked[0].busy:
            during.append(len(answers))
            asked[0].open(run_dir)  # loaded anew: its weights are drawn before they are read
            asked[0].ask(Question("first", lambda trial, _stop: trial.of_part("test", 0)))
        return not trainer.running

    ends = []
    trainer.ended.connect(ends.append)
    trainer.start(job)
    qtbot.waitUntil(ask_again, timeout=LIMIT_MS)

    assert isinstance(ends[0], Completed)
    assert max(during) >= 2  # answers while it was trained
    assert losses_in(beside) == losses_in(alone)
    names = ("last.safetensors", "best.safetensors")
    for name in names:
        assert (job.run_dir / name).read_bytes() == (wanted.run_dir / name).read_bytes()


def test_asking_leaves_torchs_own_random_numbers_alone(qtbot, asked, run_dir):
    before, told = torch.get_rng_state(), answers_of(asked[0])

    asked[0].open(run_dir)
    asked[0].ask(Question("noise", lambda _trial, _stop: torch.randn(8)))
    qtbot.waitUntil(lambda: bool(told), timeout=LIMIT_MS)

    assert told[0].std() > 0
    assert torch.equal(torch.get_rng_state(), before)
