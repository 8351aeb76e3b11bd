"""Of a run with several objectives, `evaluate` and `predict` take the last weights, and say so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt

from graphs.content import EarlyStopping
from graphs.document import load
from lightning_modules.evaluation import load_network
from lightning_modules.events import EpochEnded, from_json
from lightning_modules.job import Job
from lightning_modules.run import train
from lightning_modules.run_folder import EVENTS
from lightning_modules.run_summary import Summaries
from lightning_modules.warm_start import find_source
from studio.cli import main
from studio.curves.run import RunCurves
from studio.looks.theme import LIGHT
from studio.runs.table import VALIDATION, RunsModel

GAN = Path(__file__).parents[2] / "proofs" / "files" / "gan_ring.lamina"
WORDS = (
    "The document has 2 objectives and monitors no value, so nothing says which weights are best: "
    "these are the last."
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("gan")
    document = load(GAN)
    document = replace(document, run=replace(document.run, epochs=3))
    train(Job(document, made, made / "run"), lambda _event: None, lambda: False)
    return made / "run"


def test_the_last_weights_of_a_gan_answer(folder, capsys):
    chosen, last = load_network(folder), load_network(folder, checkpoint="last")

    assert all(
        torch.equal(*pair) for pair in zip(chosen.parameters(), last.parameters(), strict=True)
    )
    for verb in ("evaluate", "predict"):
        assert main([verb, str(folder), "--split", "test"]) == 0
        assert capsys.readouterr().out.splitlines()[0] == WORDS


def test_no_epoch_of_a_gan_is_marked_as_its_best(folder):
    told = [from_json(line) for line in (folder / EVENTS).read_text(encoding="utf-8").splitlines()]
    epochs = [each for each in told if isinstance(each, EpochEnded)]
    curves = RunCurves().take_all(told)
    summary = Summaries().of_run(folder)

    assert [each.best for each in epochs] == [False, False, False]
    assert (told[-1].best_epoch, summary.best_epoch, curves.best) == (0, 0, None)
    assert summary.validation.value == epochs[-1].values[summary.validation.name]
    assert find_source(folder).checkpoint == "last"
    assert not (folder / "best.json").exists()


def test_the_runs_panel_says_that_the_score_of_a_gan_is_of_its_last_epoch(qapp, folder):
    table = RunsModel(LIGHT)
    table.show_runs((Summaries().of_run(folder),), "")

    tip = table.index(0, VALIDATION).data(Qt.ItemDataRole.ToolTipRole)

    assert tip == "Real loss of its last epoch"


def test_a_value_that_is_monitored_says_which_weights_are_best(tmp_path):
    document = load(GAN)
    settings = replace(document.run, epochs=2, early_stopping=EarlyStopping(patience=5))
    train(
        Job(replace(document, run=settings), tmp_path, tmp_path / "run"),
        lambda _event: None,
        lambda: False,
    )

    chosen = load_network(tmp_path / "run")
    best = load_network(tmp_path / "run", checkpoint="best")

    assert all(
        torch.equal(*pair) for pair in zip(chosen.parameters(), best.parameters(), strict=True)
    )
