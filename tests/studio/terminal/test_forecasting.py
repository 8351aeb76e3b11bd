"""`lamina train --forecast` and `--set run.NAME=VALUE`."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lightning_modules.forecast import Forecast
from resources.templates import EXAMPLES
from studio.cli import main
from studio.forecast_words import in_lines, in_one_line, time_words
from studio.terminal.overrides import with_settings
from studio.verb import Mistake
from tests.documents import digits_mlp

FOUND = Forecast(
    "cpu",
    20,
    400,
    2.14,
    95,
    {"predict": 300 * 2**20, "evaluate": 310 * 2**20, "train": 347 * 2**20},
    378 * 2**20,
    20 * 2**30,
)


def test_a_forecast_in_the_terminal_trains_nothing_and_prints_one_line_of_json(tmp_path, capsys):
    file = tmp_path / "digits.lamina"
    file.write_bytes((EXAMPLES / "digits_mlp.lamina").read_bytes())

    code = main(["train", str(file), "--set", "run.batch_size=128", "--forecast", "--json"])

    found = json.loads(capsys.readouterr().out)
    assert code == 0
    assert found["steps_per_epoch"] == 10
    assert found["memory"].keys() == {"train", "evaluate", "predict"}
    assert [each.name for each in tmp_path.iterdir()] == ["digits.lamina"]


def test_the_lines_of_a_forecast_name_time_and_memory():
    assert in_lines(FOUND, "Digits MLP") == [
        "Forecast for Digits MLP on cpu, from 95 timed steps.",
        "Time: 2.1 s an epoch of 400 steps, 43 s for 20 epochs.",
        (
            "Memory: 300 MB to predict, 310 MB to evaluate, 347 MB to train, "
            "beside 378 MB of the program itself; 20.0 GB are free."
        ),
    ]


def test_one_line_of_a_forecast_fits_into_a_panel():
    assert in_one_line(FOUND) == (
        "Forecast: 2.1 s an epoch, 43 s in all; 347 MB of memory, 20.0 GB are free."
    )


def test_a_forecast_says_that_memory_will_not_do():
    little = replace(FOUND, free=2**20)

    assert in_one_line(little) == (
        "Forecast: 2.1 s an epoch, 43 s in all; 347 MB of memory, 1 MB are free. "
        "That is more than is free: try a smaller batch size or a smaller network."
    )
    assert in_lines(little, "")[-1] == (
        "That is more than is free: try a smaller batch size or a smaller network."
    )


def test_a_forecast_of_several_devices_says_what_each_takes():
    several = replace(FOUND, device="2 x cpu", devices=2)

    assert in_one_line(several) == (
        "Forecast: 2.1 s an epoch, 43 s in all; 347 MB of memory on each of 2 devices, 20.0 GB are free."
    )
    assert in_lines(several, "")[2].startswith("Memory on each of 2 devices: 300 MB to predict, ")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.035, "35 ms"), (2.14, "2.1 s"), (200, "3 min 20 s")]
)
def test_a_forecast_gives_times_with_the_digits_that_it_has(seconds, words):
    assert time_words(seconds) == words


def test_run_settings_can_be_set_by_their_names():
    found = with_settings(digits_mlp(), ["run.batch_size=16", "run.precision=bf16"])

    assert (found.run.batch_size, found.run.precision) == (16, "bf16")


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("run.batchsize=16", "The run settings have no batchsize. Did you mean batch_size?"),
        (
            "run.batch_size=0",
            "run.batch_size=0 cannot be set: Batch size must be at least 1 and at most 1,000,000, but is 0.",
        ),
    ],
)
def test_a_run_setting_that_cannot_be_is_told(setting, sentence):
    with pytest.raises(Mistake) as told:
        with_settings(digits_mlp(), [setting])

    assert str(told.value) == sentence
