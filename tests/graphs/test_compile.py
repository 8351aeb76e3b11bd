"""A compiled graph is the module that one would write by hand: same weights, same numbers, same keys."""

from __future__ import annotations

import pytest
import torch

from graphs.compile import build
from graphs.content import Minimise, Objective
from graphs.expression import Expression
from graphs.graph import End, Graph, Node
from graphs.plan import (
    CannotBuild,
    comparison_plan,
    evaluation_plan,
    objective_plan,
    prediction_plan,
    weights_of_losses,
)
from tests.by_hand import MLP, Attentive, Forecast, LeNet, TwoInputs
from tests.documents import digits_cnn, digits_mlp, document, node, series_gru


def attentive_document():
    return document(
        {
            "series": node("SyntheticSeries", samples=100, length=12),
            "embed": node("Linear", out_features=16),
            "block": node("TransformerEncoderLayer", nhead=4, dim_feedforward=32, dropout=0.1),
            "last": "Select",
            "next": node("Linear", out_features=1),
            "loss": "MSELoss",
        },
        [
            "series.sequence -> embed.input",
            "embed.output -> block.input",
            "block.output -> last.input",
            "last.output -> next.input",
            "next.output -> loss.input",
            "series.target -> loss.target",
        ],
    )


def two_input_document():
    return document(
        {
            "iris": "Iris",
            "wine": "Wine",
            "left": node("Linear", out_features=8),
            "right": node("Linear", out_features=8),
            "join": "Concatenate",
            "scores": node("Linear", out_features=3),
            "loss": "CrossEntropyLoss",
        },
        [
            "iris.features -> left.input",
            "wine.features -> right.input",
            "left.output -> join.inputs.0",
            "right.output -> join.inputs.1",
            "join.output -> scores.input",
            "scores.output -> loss.logits",
            "iris.label -> loss.target",
        ],
    )


PAIRS = {
    "mlp": (digits_mlp, MLP, {"image": (5, 1, 8, 8)}, "logits"),
    "lenet": (digits_cnn, LeNet, {"image": (5, 1, 8, 8)}, "logits"),
    "gru": (series_gru, Forecast, {"sequence": (5, 12, 1)}, "input"),
    "transformer": (attentive_document, Attentive, {"sequence": (5, 12, 1)}, "input"),
    "two inputs": (
        two_input_document,
        TwoInputs,
        {"iris.features": (5, 4), "wine.features": (5, 13)},
        "logits",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_built_network_has_the_weights_and_numbers_of_the_hand_written_module(name):
    make, write, shapes, output = PAIRS[name]
    torch.manual_seed(3)
    network = build(make())
    torch.manual_seed(3)
    by_hand = write()
    columns = {port: torch.randn(shape) for port, shape in shapes.items()}

    torch.manual_seed(4)
    found = network(columns)
    torch.manual_seed(4)
    wanted = by_hand(*columns.values())

    assert list(found) == [output]
    torch.testing.assert_close(found[output], wanted, rtol=1e-6, atol=1e-6)
    ours, theirs = network.state_dict(), by_hand.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[key], theirs[key]) for key in theirs)


def test_weights_of_the_hand_written_module_load_into_the_network_and_back():
    network, by_hand = build(digits_mlp()), MLP()
    image = torch.randn(4, 1, 8, 8)

    network.load_state_dict(by_hand.state_dict())
    by_hand_again = MLP()
    by_hand_again.load_state_dict(network.state_dict())

    assert torch.equal(network({"image": image})["logits"], by_hand(image))
    assert torch.equal(by_hand_again(image), by_hand(image))


def test_a_network_inside_another_module_keeps_its_keys_behind_the_prefix():
    around = torch.nn.ModuleList([torch.nn.Linear(1, 1), build(digits_mlp())])
    state = around.state_dict()

    around.load_state_dict(state)

    assert "1.hidden.weight" in state
    assert "0.weight" in state


def test_outputs_are_named_by_output_nodes():
    described = digits_mlp()
    graph = described.main
    nodes = {**graph.nodes, "digit": Node("digit", "Output")}
    wires = (*graph.wires, (End("scores", "output"), End("digit", "input")))
    network = build(
        described.with_graph(Graph(nodes, tuple(type(graph.wires[0])(*w) for w in wires)))
    )

    found = network({"image": torch.zeros(2, 1, 8, 8)})

    assert found.keys() == {"digit"}
    assert found["digit"].shape == (2, 10)


def test_an_objective_runs_what_its_losses_need_and_metrics_that_cost_no_weights():
    plan = objective_plan(digits_mlp(), Objective())

    assert plan.columns == (End("digits", "image"), End("digits", "label"))
    assert [call.node for call in plan.calls] == ["flatten", "hidden", "relu", "scores", "loss"]
    assert plan.results == {
        "loss": End("loss", "output"),
        "accuracy.input": End("scores", "output"),
        "accuracy.target": End("digits", "label"),
    }


def test_a_metric_behind_weights_that_no_loss_uses_is_left_to_evaluation():
    described = digits_mlp()
    graph = described.main
    nodes = {**graph.nodes, "other": Node("other", "Linear", {"out_features": 10})}
    wires = [each for each in graph.wires if each.target != End("accuracy", "input")]
    wires += [
        type(wires[0])(End("relu", "output"), End("other", "input")),
        type(wires[0])(End("other", "output"), End("accuracy", "input")),
    ]
    changed = described.with_graph(Graph(nodes, tuple(wires)))

    assert set(objective_plan(changed, Objective()).results) == {"loss"}
    assert "accuracy.input" in evaluation_plan(changed).results


def test_prediction_runs_without_labels():
    plan = prediction_plan(digits_mlp())

    assert plan.columns == (End("digits", "image"),)
    assert "loss" not in {call.node for call in plan.calls}


def test_what_is_compared_is_what_enters_the_first_loss():
    assert comparison_plan(digits_mlp())[0] == "loss"
    assert comparison_plan(digits_mlp())[1].results == {
        "predicted": End("scores", "output"),
        "target": End("digits", "label"),
    }


def test_what_is_predicted_without_outputs_is_what_enters_each_loss():
    described = document(
        {
            "iris": "Iris",
            "left": node("Linear", out_features=3),
            "right": node("Linear", out_features=3),
            "left_loss": "CrossEntropyLoss",
            "right_loss": "CrossEntropyLoss",
            "again": "CrossEntropyLoss",
        },
        [
            "iris.features -> left.input",
            "iris.features -> right.input",
            "left.output -> left_loss.logits",
            "iris.label -> left_loss.target",
            "right.output -> right_loss.logits",
            "iris.label -> right_loss.target",
            "left.output -> again.logits",
            "iris.label -> again.target",
        ],
    )

    assert prediction_plan(described).results == {
        "logits": End("left", "output"),
        "right_loss_logits": End("right", "output"),
    }


def test_a_network_without_output_and_loss_predicts_and_compares_nothing():
    described = document({"iris": "Iris"}, [])

    with pytest.raises(CannotBuild) as refused:
        prediction_plan(described)

    assert str(refused.value) == (
        "The network has no output and no loss, so there is nothing to predict. Add an Output."
    )
    assert comparison_plan(described) is None


def test_weights_of_losses_may_be_expressions_and_add_up_over_objectives():
    described = digits_mlp(
        Objective("a", minimise=(Minimise("loss", Expression("epoch * 2")),)),
        Objective("b", minimise=(Minimise("loss", 0.5),)),
    )

    assert weights_of_losses(described, epoch=3, step=0) == {"loss": 6.5}
