"""A forecast comes true, says in a sentence why there is none, and leaves the program that asked as it was."""

from __future__ import annotations

import json
import random
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from graphs.check import check
from graphs.content import Document
from lightning_modules import dry_run
from lightning_modules.forecast import (
    NO_ANSWER,
    Forecast,
    NoForecast,
    answer,
    command,
    forecast,
    question,
    size_words,
)
from tests.documents import digits_mlp

FOUND = Forecast("cpu", 2, 20, 0.5, 30, {"train": 3_000}, 100, 2_000)


@pytest.fixture(scope="module")
def told():
    """The forecast of a small network."""
    return forecast(digits_mlp(epochs=3, batch_size=64), Path())


@pytest.mark.slow  # a quicker proof goes through the command line: tests/studio/terminal
def test_a_forecast_knows_steps_memory_of_each_mode_and_time(told):
    assert (told.device, told.epochs, told.steps_per_epoch) == ("cpu", 3, 20)
    assert told.measured_steps >= 3
    assert 0 < told.seconds_per_epoch < 60
    assert 0 < told.memory["predict"] <= told.memory["evaluate"] <= told.memory["train"]
    assert told.fits


@pytest.mark.slow
def test_the_memory_forecast_is_within_a_fifth_of_what_a_run_takes(told, tmp_path):
    job = json.loads(question(digits_mlp(epochs=3, batch_size=64), tmp_path))["document"]
    program = (
        "import sys; from pathlib import Path; import lightning_modules.dry_run\n"
        "from graphs.document import loads; from lightning_modules.job import Job\n"
        "from lightning_modules.memory import peak_bytes; from lightning_modules.run import train\n"
        "job = Job(loads(sys.stdin.buffer.read()), Path(), Path(sys.argv[1]))\n"
        "train(job, lambda event: None, lambda: False); print(peak_bytes())"
    )

    done = subprocess.run(
        [command()[0], "-c", program, str(tmp_path / "run")],
        input=job.encode(),
        capture_output=True,
        check=True,
    )

    peak = int(done.stdout.split()[-1])
    assert told.program + told.memory["train"] == pytest.approx(peak, rel=0.2)


def test_a_forecast_draws_nothing_from_the_generators_here(tmp_path):
    before = random.getstate(), _numpy(), torch.get_rng_state()

    stopped = forecast(digits_mlp(), tmp_path, should_stop=lambda: True)

    assert stopped is None
    assert random.getstate() == before[0]
    assert _numpy() == before[1]
    assert torch.equal(torch.get_rng_state(), before[2])


def _numpy():
    return np.random.get_state()[1].tolist()  # noqa: NPY002 - the global generator is asked about


def test_a_document_with_problems_has_no_forecast_but_a_sentence(tmp_path):
    with pytest.raises(NoForecast) as refused:
        forecast(Document(), tmp_path)

    assert str(refused.value) == check(Document()).problems[0].message


def test_a_dry_run_that_crashes_is_told_in_a_sentence():
    with pytest.raises(NoForecast) as refused:
        answer(b"Killed")

    assert str(refused.value) == NO_ANSWER
    assert NO_ANSWER == (
        "The forecast ended without an answer: the dry run crashed, most likely because memory ran out."
    )


def test_more_than_is_free_does_not_fit():
    assert not FOUND.fits


def test_processes_on_the_cpu_share_what_is_free_and_cards_do_not():
    one = replace(FOUND, free=6_200)
    two = replace(one, device="2 x cpu", devices=2)  # twice 3,000, and the program once more

    assert two.fits
    assert not replace(two, devices=3).fits
    assert not replace(two, free=6_099).fits
    assert replace(two, device="2 x cuda", devices=2, free=3_000).fits


def test_a_dry_run_makes_its_steps_in_training_mode_as_a_run_does(monkeypatch):
    modes = []

    class Watched(dry_run.Course):
        def advance(self, steps):
            modes.append(self.network.training)
            return super().advance(steps)

    monkeypatch.setattr(dry_run, "Course", Watched)
    monkeypatch.setattr(dry_run, "MEASURE_S", 0.0)

    found = dry_run.dry_run(digits_mlp(batch_size=64), Path(), devices=2)

    assert len(modes) > 3
    assert all(modes)
    assert (found.devices, found.steps_per_epoch) == (2, 10)


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "1 MB"), (640 * 2**20, "640 MB"), (int(3.2 * 2**30), "3.2 GB")],
)
def test_sizes_are_told_in_large_units(size, words):
    assert size_words(size) == words
