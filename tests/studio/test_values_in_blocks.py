"""Values of losses and metrics inside blocks, as the screen calls them."""

from __future__ import annotations

from studio.forms.run_settings import monitors
from studio.value_words import headline, metric_title, value_words
from tests.graphs.test_losses_in_blocks import supervised


def test_a_metric_in_a_block_is_called_by_its_name_and_place():
    graph = supervised().main

    assert metric_title("stage.1.accuracy", graph) == "Accuracy in Stage, round 2"
    assert metric_title("judge.loss", graph) == "Loss in Judge"
    assert metric_title("stage.9.accuracy", graph) == "Stage.9.accuracy"
    assert value_words("judge.accuracy", 0.9725, graph) == "97.2 %"
    assert headline({"test_judge.accuracy": 0.5}, graph) == "test accuracy in Judge 50.0 %"


def test_early_stopping_offers_metrics_in_blocks():
    assert monitors(supervised()) == (
        "val_loss",
        "val_stage.0.accuracy",
        "val_stage.1.accuracy",
        "val_judge.accuracy",
        "train_loss",
    )
