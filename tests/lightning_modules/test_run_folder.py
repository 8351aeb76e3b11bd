"""The folder of a run is locked while it runs, and tells what became of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lightning_modules.events import Completed, Failed, Stopped
from lightning_modules.run_folder import (
    RunFolder,
    RunFolderError,
    is_locked,
    read_record,
    state_of,
    write_durably,
)
from tests.documents import digits_mlp


def test_the_record_follows_the_run(tmp_path):
    folder = RunFolder.open(tmp_path)
    folder.begin(digits_mlp(), {"seed": 5})
    running = read_record(tmp_path)
    folder.end(Failed("It broke.", steps=7))
    folder.close()

    assert (running["state"], running["seed"]) == ("running", 5)
    assert set(running["versions"]) == {
        "python", "torch", "pytorch-lightning", "torchmetrics", "numpy", "scikit-learn", "safetensors",
    }  # fmt: skip
    ended = read_record(tmp_path)
    assert (ended["state"], ended["steps"], ended["reason"]) == ("failed", 7, "It broke.")


def test_a_run_that_was_killed_is_interrupted_and_its_folder_free(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from lightning_modules.run_folder import RunFolder\n"
        "from tests.documents import digits_mlp\n"
        "RunFolder.open(Path(sys.argv[1])).begin(digits_mlp(), {}); os._exit(9)"
    )

    killed = subprocess.run([sys.executable, "-c", code, tmp_path], cwd=Path.cwd(), check=False)

    assert killed.returncode == 9
    assert json.loads((tmp_path / "run.json").read_text())["state"] == "running"
    assert read_record(tmp_path)["state"] == "interrupted"
    assert not is_locked(tmp_path)
    RunFolder.open(tmp_path, goes_on=True).close()


def test_a_folder_is_locked_from_open_to_close(tmp_path):
    assert not is_locked(tmp_path)
    folder = RunFolder.open(tmp_path)
    assert is_locked(tmp_path)

    with pytest.raises(RunFolderError):
        RunFolder.open(tmp_path)
    folder.close()

    assert not is_locked(tmp_path)


def test_a_folder_without_a_record_is_no_run(tmp_path):
    with pytest.raises(RunFolderError) as refused:
        read_record(tmp_path)

    assert str(refused.value) == f'"{tmp_path}" is no folder of a run: its run.json cannot be read.'


def test_every_outcome_has_its_word():
    words = [
        state_of(each) for each in (Completed(1, 1, 1, 1.0), Stopped(1, 1, 1, 1.0), Failed("No."))
    ]

    assert words == ["completed", "stopped", "failed"]


def test_a_durable_write_replaces_the_whole_file_and_leaves_nothing_else(tmp_path):
    file = tmp_path / "run.json"
    write_durably(file, b"a long first content")
    write_durably(file, b"short")

    assert file.read_bytes() == b"short"
    assert list(tmp_path.iterdir()) == [file]
