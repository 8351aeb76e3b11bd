"""Tests of the code that a plan becomes: what it calls, and who may listen."""

from __future__ import annotations

import torch

from graphs.compile import build
from tests.documents import document, node


def small():
    """A network of one layer, with a loss and an output."""
    return build(
        document(
            {
                "data": node("RandomTensors", samples=20, size=[3]),
                "scores": node("Linear", out_features=10),
                "loss": "CrossEntropyLoss",
                "answer": "Output",
            },
            [
                "data.value -> scores.input",
                "scores.output -> loss.logits",
                "data.label -> loss.target",
                "scores.output -> answer.input",
            ],
        )
    )


def test_whoever_listens_to_a_layer_hears_it_in_evaluation_and_prediction():
    network, heard = small(), []
    network.layer("scores").register_forward_hook(lambda *_given: heard.append("scores"))

    network.evaluation(torch.zeros(2, 3), torch.zeros(2, dtype=torch.int64))
    network({"value": torch.zeros(2, 3)})

    assert heard == ["scores", "scores"]


def test_training_computes_what_evaluation_does():
    network = small()
    value, label = torch.rand(4, 3), torch.tensor([1, 2, 3, 4])

    learned = network.objective(0).run(value, label)[0]
    judged = network.evaluation(value, label)[network.evaluation.places["loss"]]

    assert torch.equal(learned, judged)
    assert learned.requires_grad
