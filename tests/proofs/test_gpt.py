"""A tiny GPT of one block, four times over, foretells characters better than pairs of them do, and writes."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from graphs.document import load
from lightning_modules.data import prepare
from lightning_modules.events import Evaluated
from lightning_modules.job import Job
from lightning_modules.procedure import Wish, run_procedure
from lightning_modules.run import train

FILE = Path(__file__).parent / "files" / "gpt.lamina"


def bigram_bits(document, folder) -> float:
    """Bits per character of the test by how often which character follows which in training."""
    parts = prepare(document, folder).splits
    seen, after = parts["train"]["tales.text"], parts["train"]["tales.target"]
    size = 1 + int(max(seen.max(), after.max()))
    counts = torch.ones(size * size)
    counts.index_add_(0, (seen * size + after).flatten(), torch.ones(seen.numel()))
    chances = counts.reshape(size, size)
    chances = chances / chances.sum(1, keepdim=True)
    return float(-chances[parts["test"]["tales.text"], parts["test"]["tales.target"]].log2().mean())


@pytest.mark.slow
def test_it_beats_pairs_of_characters_and_writes(tmp_path):
    document, events = load(FILE), []

    train(Job(document, tmp_path, tmp_path / "run"), events.append, lambda: False)

    test = next(each for each in events if isinstance(each, Evaluated))
    bits = test.values["test_loss"] / math.log(2)
    assert bits < bigram_bits(document, tmp_path) - 0.3
    text = run_procedure(tmp_path / "run", "write", Wish("once the ", steps=200)).text
    assert (
        len(set(text.split()) & {"the", "and", "said", "found", "who", "where", "is", "then"}) > 3
    )
