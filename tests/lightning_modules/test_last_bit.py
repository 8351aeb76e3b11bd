"""Losses of an LSTM and of a transformer with dropout equal those of a plain loop to the last bit."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import nn

from lightning_modules.data import prepare
from tests.by_hand import Attentive, train_by_hand
from tests.documents import document, node


class Lstm(nn.Module):
    """Two layers of an LSTM with dropout between them; the last step foretells the next."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 16, num_layers=2, dropout=0.2, batch_first=True)
        self.next = nn.Linear(16, 1)

    def forward(self, sequence):
        """Predictions (B, 1)."""
        return self.next(self.lstm(sequence)[0][:, -1])


def foretelling(**layers):
    """A document that foretells a generated wave by these layers; the last step of them is looked at."""
    names = ["series", *layers, "last", "next"]
    wires = [
        f"{a}.{'sequence' if a == 'series' else 'output'} -> {b}.input" for a, b in pairwise(names)
    ]
    wires += ["next.output -> loss.input", "series.target -> loss.target"]
    nodes = {
        "series": node("SyntheticSeries", samples=400, length=12),
        **layers,
        "last": "Select",
        "next": node("Linear", out_features=1),
        "loss": "MSELoss",
    }
    return document(nodes, wires, epochs=12, batch_size=32, seed=3)


@pytest.mark.parametrize(
    ("described", "write"),
    [
        (foretelling(lstm=node("LSTM", hidden_size=16, num_layers=2, dropout=0.2)), Lstm),
        (
            foretelling(
                embed=node("Linear", out_features=16),
                block=node("TransformerEncoderLayer", nhead=4, dim_feedforward=32),
            ),
            Attentive,
        ),
    ],
    ids=["LSTM", "transformer"],
)
def test_losses_of_50_steps_equal_a_plain_loop_to_the_last_bit(run, described, write):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    settings = described.run
    columns = prepare(described, Path()).splits["train"]
    torch.manual_seed(settings.seed)
    wanted = train_by_hand(
        write(),
        nn.MSELoss(),
        columns["series.sequence"],
        columns["series.target"],
        seed=settings.seed,
        batch_size=settings.batch_size,
        steps=50,
        make_optimizer=partial(torch.optim.AdamW, lr=0.001),
    )
    torch.set_num_threads(threads)

    told = run(described, stop_after=50)

    assert told.losses == wanted
