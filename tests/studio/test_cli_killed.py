"""`lamina train` killed by the system: its run is marked interrupted, and `--resume` goes on to the same weights."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from lightning_modules.checkpoint import read_numbers, read_tensors
from lightning_modules.events import Started, from_json
from lightning_modules.run_folder import is_locked, read_record
from resources.templates import EXAMPLES
from studio.cli import main

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_run_that_was_killed_in_the_terminal_goes_on_there(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = (EXAMPLES / "digits_mlp.lamina").read_text(encoding="utf-8")
    Path("digits.lamina").write_text(text, encoding="utf-8")
    run, last = tmp_path / "run", tmp_path / "run" / "last.json"
    call = ["train", "digits.lamina", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "studio", *call, "--epochs", "100000", "--run-dir", "run"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    for _line in process.stdout:  # events come for ever
        if last.is_file():
            break
    process.kill()
    process.stdout.close()
    process.wait(30)
    state, locked = read_record(run)["state"], is_locked(run)
    kept = read_numbers(run, "last")
    epochs = ["--epochs", str(kept["epoch"] + 2)]
    code = main([*call, *epochs, "--resume", "run", "--run-dir", "run"])
    started = from_json(capsys.readouterr().out.splitlines()[0])
    main([*call, *epochs, "--run-dir", "whole"])

    assert (state, locked, code) == ("interrupted", False, 0)
    assert isinstance(started, Started)
    assert started.start_step == kept["step"] > 0
    assert read_record(run)["state"] == "completed"
    ours, whole = (read_tensors(tmp_path / name, "last") for name in ("run", "whole"))
    assert all(torch.equal(ours[key], whole[key]) for key in whole)
