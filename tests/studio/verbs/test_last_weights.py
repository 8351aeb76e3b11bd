"""Of a run with several objectives, `evaluate` and `predict` take the last weights, and say so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from graphs.content import EarlyStopping
from graphs.document import load
from lightning_modules.evaluation import load_network
from lightning_modules.job import Job
from lightning_modules.run import train
from studio.cli import main

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
