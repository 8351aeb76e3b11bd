"""A run that is interrupted after any step, and goes on, learns the very same weights as one that never was."""

from __future__ import annotations

import os
import random
import signal
import threading
import time

import pytest
import torch

from graphs.content import Minimise, Objective, Typed
from lightning_modules.checkpoint import read_tensors
from lightning_modules.events import Completed, Failed, Started, Steps, Stopped
from lightning_modules.isolation import News, kept_steps, to_go_on, train_apart, write_job
from lightning_modules.job import Job
from lightning_modules.learner import Learner
from lightning_modules.run import train
from lightning_modules.run_folder import EVENTS
from tests.documents import digits_mlp, document, node

SEED = 20261121
STEPS = 40
WITHIN_S = 60


def everything(**run):
    """Digits, mirrored, moved, with noise and dropout; BatchNorm; two objectives, each with a schedule of its own."""
    return document(
        {
            "digits": "Digits",
            "flip": node("RandomHorizontalFlip", p=0.3),
            "crop": node("RandomCrop", padding=[1, 1]),
            "noise": node("GaussianNoise", std=0.1),
            "conv": node("Conv2d", out_channels=6, kernel_size=[3, 3]),
            "norm": "BatchNorm2d",
            "relu": "ReLU",
            "flatten": "Flatten",
            "dropout": node("Dropout", p=0.3),
            "scores": node("Linear", out_features=10),
            "loss": "CrossEntropyLoss",
            "accuracy": "Accuracy",
            "back": node("Linear", out_features=64),
            "plain": "Flatten",
            "error": "MSELoss",
        },
        [
            "digits.image -> flip.input",
            "flip.output -> crop.input",
            "crop.output -> noise.input",
            "noise.output -> conv.input",
            "conv.output -> norm.input",
            "norm.output -> relu.input",
            "relu.output -> flatten.input",
            "flatten.output -> dropout.input",
            "dropout.output -> scores.input",
            "scores.output -> loss.logits",
            "digits.label -> loss.target",
            "scores.output -> accuracy.input",
            "digits.label -> accuracy.target",
            "flatten.output -> back.input",
            "back.output -> error.input",
            "digits.image -> plain.input",
            "plain.output -> error.target",
        ],
        objectives=(
            Objective(
                name="classify",
                minimise=(Minimise("loss"),),
                update=("conv", "norm", "scores"),
                optimizer=Typed("SGD", {"lr": 0.05, "momentum": 0.9}),
                scheduler=Typed("OneCycleLR", {"max_lr": 0.1}),
            ),
            Objective(
                name="rebuild",
                minimise=(Minimise("error"),),
                update=("back", "conv"),
                optimizer=Typed("AdamW"),
                scheduler=Typed("CosineAnnealingLR"),
                every=2,
            ),
        ),
        **{"epochs": 2, **run},
    )


def same_weights(one, other):
    left, right = read_tensors(one, "last"), read_tensors(other, "last")
    return left.keys() == right.keys() and all(torch.equal(left[key], right[key]) for key in left)


def losses(told):
    """Each by objective and step; where an objective rests it is NaN, which is no value of a step."""
    return {
        (each.objective, each.first + index): loss
        for each in told.of(Steps)
        for index, loss in enumerate(each.losses)
        if loss == loss  # noqa: PLR0124 - not NaN
    }


def interrupt_and_go_on(run, times):
    """Interrupt the same run after so many different steps drawn by chance."""
    whole = run(everything())
    assert isinstance(whole.outcome, Completed), whole.outcome
    chance = random.Random(SEED)
    at_an_epochs_end = STEPS // 2
    for step in [at_an_epochs_end, *(chance.randrange(STEPS + 1) for _ in range(times - 1))]:
        stopped = run(everything(), stop_after=step)
        resumed = run(everything(), resume=stopped.folder)

        assert stopped.outcome.steps == min(step, STEPS)
        assert isinstance(resumed.outcome, Completed), resumed.outcome
        assert losses(stopped) | losses(resumed) == losses(whole)
        assert stopped.epochs + resumed.epochs == whole.epochs
        assert same_weights(resumed.folder, whole.folder), f"interrupted after step {step}"


def test_weights_are_the_same_after_interrupting_at_8_steps(run):
    interrupt_and_go_on(run, 8)


@pytest.mark.slow
def test_weights_are_the_same_after_interrupting_at_100_steps(run):
    interrupt_and_go_on(run, 100)


def stop_at_moments(tmp_path, monkeypatch, times):
    """Stop endless runs, from another thread, after a time drawn by chance."""
    plain, begun, at_request = Learner.step, [], []

    def counted(*given):
        begun.append(1)
        return plain(*given)

    monkeypatch.setattr(Learner, "step", counted)
    chance = random.Random(SEED)
    for number in range(times):
        stop = threading.Event()
        begun.clear()
        at_request.clear()

        def ask(stop=stop):
            stop.set()  # before counting: between the two the system may let the run go on for long
            at_request.append(len(begun))

        timer = threading.Timer(chance.uniform(0, 0.2), ask)

        def hear(event, timer=timer):
            if isinstance(event, Started):
                timer.start()

        job = Job(digits_mlp(epochs=100_000), tmp_path, tmp_path / f"moment{number}")
        outcome = train(job, hear, stop.is_set)
        timer.join()

        assert isinstance(outcome, Stopped)
        assert outcome.steps == len(begun)
        assert len(begun) - at_request[0] <= 1, "the step that was about to begin"
        assert kept_steps(job.run_dir) == outcome.steps


def test_a_run_stops_within_one_batch_at_10_moments(tmp_path, monkeypatch):
    stop_at_moments(tmp_path, monkeypatch, 10)


@pytest.mark.slow
def test_a_run_stops_within_one_batch_at_100_moments(tmp_path, monkeypatch):
    stop_at_moments(tmp_path, monkeypatch, 100)


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_ends_with_the_same_weights(run, nursery, tmp_path):
    """Each time in its own folder, by the job that the window offers."""
    long = everything(
        epochs=40
    )  # so long that it has not ended before its first steps are heard of
    whole = run(long)
    folder = tmp_path / "killed"
    train(Job(long, tmp_path, folder), [].append, lambda: True)
    record = folder / "run.json"

    for _ in range(2):
        record.write_text(record.read_text().replace('"state": "stopped"', '"state": "running"'))
        job = to_go_on(folder)

        def kill(event):
            if isinstance(event, Steps):
                os.kill(nursery.children[-1].pid, signal.SIGKILL)

        outcome = train_apart(job, kill, lambda: False, start=nursery.start)
        assert isinstance(outcome, Failed)
    job = to_go_on(folder)
    outcome = train_apart(job, [].append, lambda: False, start=nursery.start)

    assert isinstance(outcome, Completed), outcome
    assert outcome.steps == whole.outcome.steps
    assert same_weights(folder, whole.folder)


@pytest.mark.slow  # that a folder in use is refused is proven in test_isolation.py, quicker
def test_two_processes_cannot_train_in_one_folder(nursery, tmp_path):
    """Started at the same moment: one of them trains, the other one says why not."""
    folder = tmp_path / "run"
    job = Job(digits_mlp(epochs=100_000), tmp_path, folder)
    folder.mkdir()
    write_job(job)

    children = [nursery.start(folder) for _ in range(2)]
    news, told = News(folder / EVENTS, 0), []
    deadline = time.monotonic() + WITHIN_S
    while not any(isinstance(each, Steps) for each in told) and time.monotonic() < deadline:
        told += news.read() or []
    refused = [each for each in children if each.poll() is not None]
    here = train(job, [].append, lambda: True)
    (folder / "stop.request").touch()
    while any(each.poll() is None for each in children) and time.monotonic() < deadline:
        told += news.read() or []
    told += news.read() or []

    sentence = f'Another run is using the folder "{folder}". Wait until it ends, or take another.'
    assert len(refused) == 1
    assert here == Failed(sentence, here.details)
    assert sum(isinstance(each, Started) for each in told) == 1
    assert isinstance(told[-1], Stopped)
    assert kept_steps(folder) == told[-1].steps
