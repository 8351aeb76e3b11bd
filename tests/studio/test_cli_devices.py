"""Tests of `lamina train --devices` and of torchrun: the same run on several devices, and each mistake a sentence."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from lightning_modules.events import Completed, Evaluated, Failed, Steps, Stopped, from_json
from lightning_modules.place import Place, torchrun_place
from resources.templates import EXAMPLES
from studio.cli import main

pytestmark = pytest.mark.usefixtures("in_its_folder")

TRAIN = ("train", "digits.lamina", "--device", "cpu", "--json")
WITHIN_S = 30
TWO_RANKS = {"RANK": "0", "WORLD_SIZE": "2", "LOCAL_RANK": "0"}


@pytest.mark.parametrize("number", ["0", "-1", "auto", "1.5", ""])
def test_a_number_of_devices_that_is_none_is_refused(number, file, capsys):
    assert main(["train", "digits.lamina", f"--devices={number}"]) == 2

    said = f"--devices must be a whole number of at least 1, but is {number}."
    assert capsys.readouterr().err == f"lamina: {said}\n"


def test_more_cards_than_there_are_are_refused(file, capsys, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.current_device", lambda: 0)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)

    assert main(["train", "digits.lamina", "--device", "cuda", "--devices", "3"]) == 2

    assert capsys.readouterr().err == (
        "lamina: This computer has 2 CUDA graphics cards, but 3 devices are asked for. "
        "Ask for fewer, or choose the device cpu.\n"
    )


def test_several_metal_devices_are_refused(file, capsys, monkeypatch):
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: True)

    assert main(["train", "digits.lamina", "--device", "mps", "--devices", "2"]) == 2

    assert capsys.readouterr().err == (
        "lamina: A computer has one Metal (mps) device, so it cannot train on several. "
        "Choose the device cpu, or train on one.\n"
    )


def test_a_thousand_processes_are_refused(file, capsys):
    assert main(["train", "digits.lamina", "--device", "cpu", "--devices", "1000"]) == 2

    assert capsys.readouterr().err == (
        "lamina: A run can have at most 64 devices, but 1000 are asked for. Ask for fewer.\n"
    )


@pytest.mark.slow
def test_a_forecast_of_several_devices_is_what_each_of_them_takes(file, capsys):
    asked = ["train", "digits.lamina", "--device", "cpu", "--devices", "2", "--forecast"]

    assert main(asked) == 0

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Forecast for Digits MLP on 2 x cpu, from ")
    assert " an epoch of 20 steps, " in said[1]
    assert said[2].startswith("Memory on each of 2 devices: ")


def test_a_run_of_other_devices_is_not_gone_on_with(file, capsys, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text('{"devices": 2, "seed": 0}', encoding="utf-8")

    assert main(["train", "digits.lamina", "--resume", "run", "--devices", "3"]) == 2

    assert capsys.readouterr().err == (
        "lamina: The run run learned on 2 devices and goes on with as many alone, but --devices is 3. "
        "Take as many, or start a new run with its weights by --from.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--devices", "3"],
            "torchrun has started 2 processes, but --devices is 3. Leave --devices out.",
        ),
        (["--forecast"], "A forecast is made by one process. Start it without torchrun."),
        (
            ["--isolate"],
            "torchrun starts the processes of this run. Leave --isolate out.",
        ),
    ],
)
def test_what_torchrun_decides_is_not_asked_for_otherwise(
    arguments, said, file, capsys, monkeypatch
):
    for name, value in TWO_RANKS.items():
        monkeypatch.setenv(name, value)

    assert main(["train", "digits.lamina", *arguments]) == 2

    assert capsys.readouterr().err == f"lamina: {said}\n"


def test_another_rank_of_torchrun_leaves_mistakes_to_the_first_to_tell(file, capsys, monkeypatch):
    for name, value in (TWO_RANKS | {"RANK": "1", "LOCAL_RANK": "1"}).items():
        monkeypatch.setenv(name, value)

    assert main(["train", "nothing.lamina"]) == 2

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({}, None),
        ({"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0"}, None),
        ({"RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1"}, Place(3, 4, 1)),
        ({"RANK": "x", "WORLD_SIZE": "4", "LOCAL_RANK": "1"}, None),
    ],
)
def test_the_place_is_the_one_that_torchrun_gives(variables, place):
    assert torchrun_place(variables) == place


@pytest.fixture
def lamina(file):
    """Start a process of the command line; the test leaves none of its run behind, whatever becomes of it."""
    root, folder = str(EXAMPLES.parent.parent), str(file.parent)

    def start(*arguments, launcher=(sys.executable, "-m", "studio")):
        return subprocess.Popen(
            [*launcher, *arguments],
            env={**os.environ, "PYTHONPATH": root},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    yield start
    for number, words in processes().items():
        if folder in words:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


def processes(below=None):
    """The command lines of all processes, or of those below one, by their numbers."""
    listed = subprocess.run(
        ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()[1:]]
    found = {below}
    for _ in range(4):
        found |= {int(own) for own, parent, _ in rows if int(parent) in found}
    return {
        int(own): words for own, _, words in rows if below is None or int(own) in found - {below}
    }


TORCHRUN = (
    sys.executable,
    *("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "studio"),
)
WAYS = {
    "--devices": (("--devices", "2"), (sys.executable, "-m", "studio")),
    "torchrun": ((), TORCHRUN),
}


def told(text):
    return [from_json(line) for line in text.splitlines() if line.startswith("{")]


def last_told(text):
    """The last event; of the first, part may have been read before."""
    return from_json(next(line for line in reversed(text.splitlines()) if line.startswith("{")))


def losses(events):
    return [loss for each in events if isinstance(each, Steps) for loss in each.losses]


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_two_devices_tell_what_one_process_tells_with_the_double_batch(way, file, lamina, capsys):
    more, launcher = WAYS[way]
    main([*TRAIN, "--epochs", "2", "--set", "run.batch_size=64", "--run-dir", "one"])
    one = told(capsys.readouterr().out)

    half = ("--epochs", "2", "--set", "run.batch_size=32", "--run-dir", str(file.parent / "two"))
    process = lamina(*TRAIN, *half, *more, launcher=launcher)
    out, err = process.communicate(timeout=240)
    two = told(out)

    assert process.returncode == 0, err
    assert isinstance(two[-1], Completed)
    assert losses(two) == pytest.approx(losses(one), rel=1e-5)
    tests = [next(each.values for each in row if isinstance(each, Evaluated)) for row in (two, one)]
    assert tests[0] == pytest.approx(tests[1], rel=1e-5)
    assert json.loads((file.parent / "two" / "run.json").read_text())["devices"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_ctrl_c_ends_all_processes_and_keeps_what_was_learned(way, endless, lamina):
    more, launcher = WAYS[way]
    process = lamina(*TRAIN, "--run-dir", str(endless.parent / "run"), *more, launcher=launcher)
    for line in process.stdout:
        if '"Steps"' in line:
            break
    started = processes(process.pid)

    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to all that run in it
    out, err = process.communicate(timeout=240)

    assert out, err
    assert isinstance(last_told(out), Stopped)
    assert len(started) >= 2
    assert all_end(started)
    assert (endless.parent / "run" / "last.json").is_file()


def all_end(started):
    """Whether none of these processes is left soon; one that only waits to be counted has another command line."""
    deadline = time.monotonic() + WITHIN_S
    while left := started.items() & processes().items():
        if time.monotonic() > deadline:
            print(left)
            return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_process_that_is_killed_ends_the_others_and_the_run_in_a_sentence(way, endless, lamina):
    more, launcher = WAYS[way]
    process = lamina(*TRAIN, "--run-dir", str(endless.parent / "run"), *more, launcher=launcher)
    for line in process.stdout:
        if '"Steps"' in line:
            break
    started = processes(process.pid)
    marks = ("lightning_modules.member",) if way == "--devices" else ("studio train",)
    ranks = sorted(each for each, words in started.items() if any(mark in words for mark in marks))

    os.kill(ranks[-1], signal.SIGKILL)
    out, _ = process.communicate(timeout=240)

    ended = last_told(out)
    assert isinstance(ended, Failed)
    assert ended.reason.startswith("The process of device 2 of 2 ")
    assert json.loads((endless.parent / "run" / "run.json").read_text())["state"] == "failed"
    assert all_end(started)
