"""Weights that hold several in one are resized part by part, as a plain loop over the parts does."""

from __future__ import annotations

import pytest
import torch

from lightning_modules.checkpoint import read_tensors
from tests.documents import document, node


def sequence(middle, features):
    """Characters -> Embedding -> a layer over the sequence -> scores of the next character."""
    return document(
        {
            "tales": node("CharacterText", samples=60, length=16),
            "embedding": node("Embedding", embedding_dim=features),
            "middle": middle,
            "scores": node("Linear", out_features=28),
            "loss": "CrossEntropyLoss",
        },
        [
            "tales.text -> embedding.input",
            "embedding.output -> middle.input",
            "middle.output -> scores.input",
            "scores.output -> loss.logits",
            "tales.target -> loss.target",
        ],
        epochs=1,
    )


@pytest.mark.parametrize(
    ("small", "large", "parts", "keys"),
    [
        (
            sequence(node("LSTM", hidden_size=8), 8),
            sequence(node("LSTM", hidden_size=12), 12),
            4,
            (
                "middle.weight_ih_l0",
                "middle.weight_hh_l0",
                "middle.bias_ih_l0",
                "middle.bias_hh_l0",
            ),
        ),
        (
            sequence(node("TransformerEncoderLayer", nhead=2, dim_feedforward=16), 8),
            sequence(node("TransformerEncoderLayer", nhead=2, dim_feedforward=16), 12),
            3,
            ("middle.self_attn.in_proj_weight", "middle.self_attn.in_proj_bias"),
        ),
    ],
    ids=["the four gates of an LSTM", "query, key and value"],
)
@pytest.mark.parametrize("grows", [True, False], ids=["wider", "narrower"])
def test_each_part_keeps_its_own_overlap(run, small, large, parts, keys, grows):
    before, after = (small, large) if grows else (large, small)
    first = run(before, stop_after=2)

    second = run(after, start_from=first.folder, stop_after=0)

    old, new = (read_tensors(each.folder, "last") for each in (first, second))
    for key in keys:
        for theirs, mine in zip(old[key].chunk(parts), new[key].chunk(parts), strict=True):
            both = tuple(slice(min(sizes)) for sizes in zip(theirs.shape, mine.shape, strict=True))
            assert torch.equal(mine[both], theirs[both])
