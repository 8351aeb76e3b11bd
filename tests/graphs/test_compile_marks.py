"""Marks in a compiled network: muted, frozen, for training only, and weights that are shared."""

from __future__ import annotations

import pytest
import torch

from graphs.compile import build
from graphs.content import Objective
from graphs.graph import Graph, Marks
from graphs.plan import (
    CannotBuild,
    evaluation_plan,
    objective_plan,
    prediction_plan,
)
from tests.documents import digits_cnn, digits_mlp, document, node, with_marks


def test_all_modes_share_one_set_of_weights():
    network = build(digits_mlp())
    image, label = torch.randn(4, 1, 8, 8), torch.tensor([0, 1, 2, 3])

    loss, *_ = network.objective(0)(image, label)
    with torch.no_grad():
        network.layer("scores").weight.zero_()
        network.layer("scores").bias.zero_()

    assert loss.item() != pytest.approx(2.302585, abs=1e-4)
    assert network.objective(0)(image, label)[0].item() == pytest.approx(2.302585, abs=1e-5)
    assert network.prediction(image)[0].abs().sum() == 0
    assert len(list(network.parameters())) == 4


def test_a_muted_layer_without_an_input_is_refused():
    described = with_marks(digits_mlp(), relu=Marks(muted=True))
    wires = tuple(each for each in described.main.wires if each.target.node != "relu")

    with pytest.raises(CannotBuild) as refused:
        prediction_plan(described.with_graph(Graph(described.main.nodes, wires)))

    assert str(refused.value) == "ReLU does not run here and has no input to pass through."


def test_a_muted_layer_passes_its_input_through():
    network = build(with_marks(digits_mlp(), relu=Marks(muted=True)))
    image = torch.randn(3, 1, 8, 8)

    wanted = network.layer("scores")(network.layer("hidden")(image.flatten(1)))

    assert torch.equal(network({"image": image})["logits"], wanted)
    assert "relu" not in {call.node for call in prediction_plan(network.document).calls}


def test_a_layer_for_training_only_is_passed_by_in_prediction():
    described = with_marks(digits_mlp(), relu=Marks(only="train"))

    assert "relu" in {call.node for call in objective_plan(described, Objective()).calls}
    assert "relu" not in {call.node for call in prediction_plan(described).calls}
    assert "relu" not in {call.node for call in evaluation_plan(described).calls}


def test_frozen_layers_learn_nothing_and_their_statistics_stand_still():
    described = with_marks(digits_cnn(), conv=Marks(frozen=True), norm=Marks(frozen=True))
    network = build(described)

    before = network.layer("norm").running_mean.clone()
    network.train()
    network({"image": torch.randn(8, 1, 8, 8)})

    learned = {id(each) for each in network.parameters_of(("*",))}
    assert not {id(each) for each in network.layer("conv").parameters()} & learned
    assert {id(each) for each in network.layer("conv_2").parameters()} <= learned
    assert torch.equal(network.layer("norm").running_mean, before)


def siamese(right=64):
    shared = Marks(weights="tower")
    return document(
        {
            "digits": "Digits",
            "flatten": "Flatten",
            "left": node("Linear", shared, out_features=64),
            "right": node("Linear", shared, out_features=right),
            "scores": node("Linear", out_features=10),
            "loss": "CrossEntropyLoss",
        },
        [
            "digits.image -> flatten.input",
            "flatten.output -> left.input",
            "left.output -> right.input",
            "right.output -> scores.input",
            "scores.output -> loss.logits",
            "digits.label -> loss.target",
        ],
    )


def test_nodes_with_one_name_of_weights_share_them_and_they_are_saved_once():
    network = build(siamese())

    assert network.layer("left") is network.layer("right")
    assert network.state_dict().keys() == {
        "tower.weight",
        "tower.bias",
        "scores.weight",
        "scores.bias",
    }


def test_sharing_between_layers_of_different_size_is_refused():
    with pytest.raises(CannotBuild) as refused:
        build(siamese(right=32))

    assert str(refused.value) == (
        "Left (Linear) and Right (Linear) share weights, but are not the same layer on inputs of the same size."
    )
    assert refused.value.nodes == ("left", "right")
