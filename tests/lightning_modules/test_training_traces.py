"""What a run leaves: its folder, and a program whose threads, warnings, output and files are as before."""

from __future__ import annotations

import threading
import warnings
from importlib.util import find_spec

import torch

from graphs.document import load
from lightning_modules.events import (
    Completed,
    Stopped,
    from_json,
)
from lightning_modules.run_folder import read_record
from tests.documents import digits_mlp


def test_training_works_in_a_thread_and_gives_the_same_numbers_there(run):
    here = run(digits_mlp(epochs=2))
    there = []

    thread = threading.Thread(target=lambda: there.append(run(digits_mlp(epochs=2))))
    thread.start()
    thread.join()

    assert isinstance(there[0].outcome, Completed)
    assert there[0].losses == here.losses
    assert there[0].epochs == here.epochs


def test_a_run_leaves_threads_warnings_and_output_alone(run, capfd):
    threads, hook = torch.get_num_threads(), warnings.showwarning

    run(digits_mlp(epochs=1, threads=2))

    assert torch.get_num_threads() == threads
    assert warnings.showwarning is hook
    assert capfd.readouterr() == ("", "")


def test_a_run_writes_in_its_own_folder_only(run, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    told = run(digits_mlp(epochs=1))

    assert list(elsewhere.iterdir()) == []
    assert sorted(each.name for each in told.folder.iterdir()) == [
        "baselines.json",
        "best.json",
        "best.safetensors",
        "data.json",
        "document.lamina",
        "events.jsonl",
        "last.json",
        "last.safetensors",
        "last.training.safetensors",
        "run.json",
        "run.lock",
        *(["tensorboard"] if find_spec("tensorboard") else []),
    ]


def test_events_and_outcome_stand_in_the_run_folder_as_they_were_told(run):
    told = run(digits_mlp(epochs=2))

    lines = (told.folder / "events.jsonl").read_text().splitlines()

    assert [from_json(line) for line in lines] == [*told.events, told.outcome]


def test_the_run_folder_holds_the_document_and_what_it_takes_to_run_it_again(run):
    described = digits_mlp(epochs=1, seed=7)

    told = run(described)
    record = read_record(told.folder)

    kept = load(told.folder / "document.lamina")
    assert kept.main.nodes == described.main.nodes
    assert kept.run == described.run
    assert record["state"] == "completed"
    assert (record["seed"], record["threads"], record["device"]) == (7, 1, "cpu")
    assert record["versions"]["torch"] == torch.__version__
    assert record["flags"]["deterministic"] is False


def test_a_stop_ends_within_one_step_and_keeps_what_was_learned(run):
    told = run(digits_mlp(epochs=100), stop_after=33)

    assert isinstance(told.outcome, Stopped)
    assert told.outcome.steps == 33
    assert len(told.losses) == 33
    assert told.outcome.epochs == 1
    assert (told.folder / "last.safetensors").exists()
    assert read_record(told.folder)["state"] == "stopped"


def test_a_stop_before_the_first_step_is_a_stop(run):
    told = run(digits_mlp(), stop_after=0)

    assert isinstance(told.outcome, Stopped)
    assert (told.outcome.steps, told.outcome.best_epoch) == (0, 0)
