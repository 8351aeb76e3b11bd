"""How many threads a run takes, and that everything is as before afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lightning_modules.devices import (
    choose_device,
    choose_threads,
    flags,
    sum_dtype,
    threads,
    words,
    work_of_step,
)
from tests.documents import digits_cnn, digits_mlp

ROOT = Path(__file__).parents[2]


def with_run(described, **settings):
    return replace(described, run=replace(described.run, **settings))


def test_the_work_of_a_step_is_three_forward_passes_of_a_batch():
    forward = 2 * 64 * 32 + 2 * 32 * 10 + 32  # multiplications and additions of Linear, and ReLU

    found = work_of_step(digits_mlp(batch_size=10))

    assert found == pytest.approx(3 * 10 * forward, rel=0.05)


def test_a_small_network_takes_one_thread_and_a_large_one_all_cores():
    small = with_run(digits_cnn(), threads=0)
    large = with_run(digits_mlp(hidden=100_000), threads=0, batch_size=1024)

    assert choose_threads(small, cores=8) == 1
    assert choose_threads(large, cores=8) == 8


def test_a_network_of_middling_size_takes_some_of_many_cores():
    found = [
        choose_threads(with_run(digits_mlp(hidden=hidden), threads=0, batch_size=128), cores=64)
        for hidden in (64, 1024, 16384)
    ]

    assert found[0] < found[1] < found[2] < 64
    assert found[1] > 1


@pytest.mark.parametrize("allowed", ["1", "2"])
def test_no_more_threads_than_the_environment_allows(allowed):
    asked = (
        "from lightning_modules.devices import choose_threads, cores_of_this_process\n"
        "from tests.documents import digits_mlp\n"
        "large = digits_mlp(hidden=100_000, batch_size=1024, threads=0)\n"
        "print(choose_threads(large), cores_of_this_process())"
    )

    told = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": allowed, "MKL_NUM_THREADS": allowed},
        capture_output=True,
        text=True,
        check=True,
    )

    found, cores = map(int, told.stdout.split())
    assert found == min(int(allowed), cores)


def test_the_number_of_threads_in_the_settings_wins():
    assert choose_threads(with_run(digits_mlp(), threads=3), cores=2) == 3


def test_threads_are_given_back_even_after_an_error():
    before = torch.get_num_threads()

    def fail():
        with threads(before + 1):
            raise KeyError(torch.get_num_threads())

    with pytest.raises(KeyError, match=str(before + 1)):
        fail()

    assert torch.get_num_threads() == before


def test_a_run_takes_the_threads_that_it_records(run):
    told = run(digits_mlp(epochs=1, threads=2))

    assert told.events[0].threads == 2


def test_auto_takes_what_there_is():
    device = choose_device("auto")

    assert device.type in {"cpu", "cuda", "mps"}
    assert words(choose_device("cpu")) == "cpu"
    assert flags().keys() >= {"deterministic", "float32_matmul_precision"}
    assert sum_dtype(torch.device("mps")) == torch.float32
    assert sum_dtype(torch.device("cpu")) == torch.float64
