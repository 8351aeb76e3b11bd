"""Answers of a network whose weights ran away: they name no class, and are neither right nor wrong."""

from __future__ import annotations

import math

import pytest

from lightning_modules.checkpoint import CheckpointError, read_tensors, write_checkpoint
from lightning_modules.evaluation import evaluate
from lightning_modules.full_evaluation import evaluate_in_full
from lightning_modules.prediction import predict_split
from tests.documents import digits_mlp


@pytest.fixture
def run_away(run):
    """A run whose weights were then multiplied until scores are infinite."""
    told = run(digits_mlp(epochs=1))
    weights = {key: each * 1e30 for key, each in read_tensors(told.folder, "best").items()}
    write_checkpoint(told.folder, "best", {"epoch": 1, "step": 20, "values": {}}, weights=weights)
    return told.folder


def test_scores_that_are_no_numbers_name_no_class(run_away):
    answers = predict_split(run_away, "test")

    assert all(math.isnan(each.values["logits"]) for each in answers)
    assert not any(each.chances for each in answers)


def test_a_network_whose_scores_are_no_numbers_is_not_said_to_be_right_or_wrong(run_away):
    with pytest.raises(CheckpointError) as refused:
        evaluate_in_full(run_away)

    assert str(refused.value) == (
        'The network gives scores on the part "test" that are no finite numbers, so they name no class: its weights '
        "ran away while it learned. Train it again with a smaller learning rate."
    )
    assert evaluate(run_away).confusion == ()
