"""Where memory runs out, a run ends with a sentence and a batch size that fits."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading

import pytest
import torch
from torch import OutOfMemoryError

from graphs.compile import build
from graphs.content import Objective, Typed
from graphs.document import dumps
from lightning_modules.course import Course
from lightning_modules.data import prepare
from lightning_modules.out_of_memory import (
    NoMemory,
    asked_bytes,
    fitting_batch,
    is_out_of_memory,
    sentence,
    way_out,
)
from lightning_modules.reports import Reports
from tests.documents import digits_mlp, document, node

MIB, GIB = 2**20, 2**30
CPU = "DefaultCPUAllocator: can't allocate memory: you tried to allocate 5242880 bytes."
LIMITED = """
import json, resource, sys
from pathlib import Path
from dataclasses import replace
from graphs.document import loads
from lightning_modules.events import Started
from lightning_modules.job import Job
from lightning_modules.memory import _status
from lightning_modules.run import train

def limit(event):
    if isinstance(event, Started):
        most = _status("VmSize") + 260 * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))

document = loads(sys.stdin.buffer.read())
first = train(Job(document, Path(), Path(sys.argv[1]) / "a"), limit, lambda: False)
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
smaller = replace(document, run=replace(document.run, batch_size=first.batch_size))
second = train(Job(smaller, Path(), Path(sys.argv[1]) / "b"), limit, lambda: False)
print(json.dumps([first.reason, first.batch_size, type(second).__name__]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits addresses and tells them")
def test_an_allocation_that_fails_ends_the_run_with_a_batch_size_that_then_fits(tmp_path):
    wide = document(
        {
            "data": node("RandomTensors", samples=4500, size=[64], split=[0.94, 0.03, 0.03]),
            "hidden": node("Linear", out_features=8192),
            "relu": "ReLU",
            "scores": node("Linear", out_features=10),
            "label": "Identity",  # no column is predicted: no simple model beside the run takes memory
            "loss": "CrossEntropyLoss",
        },
        [
            "data.value -> hidden.input",
            "hidden.output -> relu.input",
            "relu.output -> scores.input",
            "scores.output -> loss.logits",
            "data.label -> label.input",
            "label.output -> loss.target",
        ],
        batch_size=4096,
        epochs=1,
    )

    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)],
        input=dumps(wide),
        capture_output=True,
        check=True,
        timeout=240,
    )

    reason, size, second = json.loads(done.stdout.splitlines()[-1])
    assert size in (512, 1024, 2048)
    assert reason.startswith(
        "The computer has not enough memory for a batch size of 4,096: 128 MB were asked for at once, "
    )
    assert reason.endswith(f" MB were free. A batch size of {size:,} fits: train with that.")
    assert second == "Completed"


@pytest.fixture
def course(tmp_path):
    """A course that no step was made of, with Adam and a batch size of 64."""
    described = digits_mlp(Objective(optimizer=Typed("Adam")), batch_size=64)
    reports = Reports(lambda _event: None, tmp_path / "events.jsonl")
    prepared, cpu = prepare(described, tmp_path), torch.device("cpu")
    yield Course(build(described), prepared, cpu, reports, threading.Event().is_set)
    reports.close()


def test_what_the_optimizer_had_half_made_does_not_keep_a_batch_size_from_being_tried(course):
    learner = course.learners[0]
    for parameter in learner.parameters:
        learner.optimizer.state[parameter] = {"step": torch.zeros(())}  # no memory for "exp_avg"

    fits = fitting_batch(course)

    assert fits == 32


def test_the_largest_power_of_two_that_fits_is_offered_with_the_sentence(course, monkeypatch):
    learner = course.learners[0]
    step, tried = learner.step, []

    def step_of_few(batch, epoch, number):
        tried.append(len(batch[0]))
        if len(batch[0]) > 8:
            raise RuntimeError(CPU)
        return step(batch, epoch, number)

    monkeypatch.setattr(learner, "step", step_of_few)

    with pytest.raises(NoMemory) as refused, way_out(course):
        raise RuntimeError(CPU)

    assert tried == [32, 16, 8, 8]
    assert refused.value.batch_size == 8
    assert re.fullmatch(
        r"The computer has not enough memory for a batch size of 64: 5 MB were asked for at once, "
        r"[\d.,]+ [MG]B were free\. A batch size of 8 fits: train with that\.",
        str(refused.value),
    ), refused.value


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            (64, 16, 2 * GIB, GIB),
            (
                "The graphics card has not enough memory for a batch size of 64: 2.0 GB were asked for at once, "
                "1.0 GB were free. A batch size of 16 fits: train with that."
            ),
        ),
        (
            (64, 0, None, 3 * MIB),
            (
                "The graphics card has not enough memory for a batch size of 64: 3 MB were free. "
                "No smaller one fits either: try a smaller network."
            ),
        ),
        (
            (1, 0, None, None),
            "The graphics card has not enough memory for a batch size of 1. Try a smaller network.",
        ),
    ],
)
def test_the_sentence_says_what_was_asked_for_what_is_free_and_what_to_try(given, words):
    assert sentence(*given, on_card=True) == words


@pytest.mark.parametrize(
    ("error", "size"),
    [
        (RuntimeError(CPU), 5 * MIB),
        (OutOfMemoryError("CUDA out of memory. Tried to allocate 12.00 GiB. GPU 0 has"), 12 * GIB),
        (MemoryError("Unable to allocate 3.00 MiB for an array with shape (3,)"), 3 * MIB),
        (MemoryError(), None),
    ],
)
def test_what_was_asked_for_is_read_from_the_error(error, size):
    assert is_out_of_memory(error)
    assert asked_bytes(error) == size


def test_other_errors_are_not_taken_for_a_lack_of_memory():
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert not is_out_of_memory(ValueError("out of memory"))
