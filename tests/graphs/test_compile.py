"""A compiled graph is the module that one would write by hand: same weights, same numbers, same keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from graphs.compile import build
from graphs.content import Minimise, Objective
from graphs.expression import Expression
from graphs.graph import End, Graph, Marks, Node, Placement
from graphs.plan import (
    CannotBuild,
    comparison_plan,
    evaluation_plan,
    objective_plan,
    prediction_plan,
    weights_of_losses,
)
from tests.by_hand import MLP, Attentive, Forecast, LeNet, TwoInputs
from tests.documents import digits_cnn, digits_mlp, document, node, series_gru, wire


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


def test_a_state_with_a_missing_weight_is_refused():
    network = build(digits_mlp())
    state = network.state_dict()
    del state["hidden.weight"]

    with pytest.raises(RuntimeError, match=r"hidden\.weight"):
        network.load_state_dict(state)


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


def test_wires_from_nodes_and_ports_that_are_not_there_are_refused():
    described = digits_mlp()
    graph = described.main
    from_nowhere = [*graph.wires, wire("ghost.output -> relu.input")]
    from_no_port = [*graph.wires, wire("hidden.smoke -> relu.input")]

    sentences = []
    for wires in (from_nowhere, from_no_port):
        with pytest.raises(CannotBuild) as refused:
            prediction_plan(described.with_graph(Graph(graph.nodes, tuple(wires))))
        sentences.append(str(refused.value))

    assert sentences == [
        'A wire comes from "ghost", which is no node of this network.',
        'Hidden (Linear) has no output called "smoke".',
    ]


def test_a_muted_layer_without_an_input_is_refused():
    described = with_marks(digits_mlp(), relu=Marks(muted=True))
    wires = tuple(each for each in described.main.wires if each.target.node != "relu")

    with pytest.raises(CannotBuild) as refused:
        prediction_plan(described.with_graph(Graph(described.main.nodes, wires)))

    assert str(refused.value) == "ReLU does not run here and has no input to pass through."


def with_marks(described, **marks):
    graph = described.main
    nodes = {
        name: replace(each, marks=marks.get(name, each.marks)) for name, each in graph.nodes.items()
    }
    return described.with_graph(Graph(nodes, graph.wires))


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


@pytest.mark.parametrize(
    "name", ["type", "training", "forward", "class", "code", "graph", "x0", "self", "torch", "n_1"]
)
def test_ids_that_are_names_in_torch_do_no_harm(name):
    described = digits_mlp()
    graph = described.main

    def renamed(end):
        return End(name, end.port) if end.node == "hidden" else end

    nodes = {
        (name if key == "hidden" else key): replace(each, id=name if key == "hidden" else key)
        for key, each in graph.nodes.items()
    }
    wires = tuple(type(each)(renamed(each.source), renamed(each.target)) for each in graph.wires)

    network = build(described.with_graph(Graph(nodes, wires)))
    found = network({"image": torch.zeros(2, 1, 8, 8)})

    assert found["logits"].shape == (2, 10)
    assert f"{name}.weight" in network.state_dict()


@pytest.mark.parametrize("name", ['training"), print("x"', "Hidden", "a.b", "", "1st", "a" * 65])
def test_ids_that_are_no_ids_never_reach_torch(name):
    described = digits_mlp()
    nodes = {key: each for key, each in described.main.nodes.items() if key != "hidden"}
    nodes[name] = Node(name, "Linear", {"out_features": 10})
    wires = tuple(
        type(each)(*(End(name, end.port) if end.node == "hidden" else end for end in each))
        for each in described.main.wires
    )

    with pytest.raises(CannotBuild) as refused:
        build(described.with_graph(Graph(nodes, wires)))

    assert (
        str(refused.value) == f'"{name[:80]}" cannot be the id of a node: ids look like "linear_2".'
    )


def changed(described, **nodes):
    graph = described.main
    return described.with_graph(Graph({**graph.nodes, **nodes}, graph.wires))


@pytest.mark.parametrize(
    ("described", "sentence"),
    [
        (
            changed(digits_mlp(), hidden=Node("hidden", "", place=Placement("tower"))),
            "Hidden cannot be built. There is no network called tower here.",
        ),
        (
            with_marks(digits_mlp(), hidden=Marks(when=Expression("i > 0"))),
            "Hidden (Linear) stands under a condition, which only has a meaning inside a block.",
        ),
        (
            with_marks(digits_mlp(), hidden=Marks(tie={"weight": "scores.weight"})),
            (
                "Hidden (Linear) cannot have the weight scores.weight as its weight: both must be there and have the "
                "same size."
            ),
        ),
        (
            changed(digits_mlp(), hidden=Node("hidden", "Linear", {"out_features": 0})),
            "Hidden (Linear) cannot be built. Out features must be at least 1, but is 0.",
        ),
        (
            changed(digits_mlp(), hidden=Node("hidden", "Warp")),
            "Hidden (Warp) cannot be built. This layer type is not known here.",
        ),
        (
            changed(digits_mlp(), scores=Node("scores", "Linear", {"out_features": 9})),
            (
                "Loss (Cross entropy) has 10 classes to choose from, but gets 9 scores for them. "
                "Let the layer before it give 10 outputs."
            ),
        ),
        (
            document({"digits": "Digits"}, []),
            "The network has no loss, so there is nothing to learn from. Add a loss and wire it.",
        ),
        (
            digits_mlp(Objective("learn", minimise=(Minimise("scores"),))),
            'Objective "learn" minimises "scores", which is not a loss of this network; its losses are: loss.',
        ),
        (
            document(
                {"digits": "Digits", "loss": "CrossEntropyLoss"}, ["digits.label -> loss.target"]
            ),
            'Loss (Cross entropy) has nothing wired to its input "logits".',
        ),
        (
            document(
                {"a": "ReLU", "b": "ReLU", "loss": "MSELoss"},
                ["a.output -> b.input", "b.output -> a.input", "b.output -> loss.input"],
            ),
            "A (ReLU) stands in or behind a loop, which cannot be computed.",
        ),
        (
            with_marks(digits_mlp(), digits=Marks(muted=True)),
            "Digits is muted, but something needs its data. Unmute it.",
        ),
        (
            with_marks(digits_mlp(), loss=Marks(muted=True)),
            "The network has no loss, so there is nothing to learn from. Add a loss and wire it.",
        ),
        (
            with_marks(digits_mlp(), loss=Marks(only="evaluate")),
            "The network has no loss, so there is nothing to learn from. Add a loss and wire it.",
        ),
        (
            changed(digits_mlp(), relu=Node("relu", "ReLU", marks=Marks(weights="Bad name"))),
            '"Bad name" cannot be the name of shared weights; take another.',
        ),
    ],
)
def test_what_cannot_be_built_is_refused_with_a_sentence(described, sentence):
    with pytest.raises(CannotBuild) as refused:
        build(described)

    assert str(refused.value) == sentence


def test_updating_a_node_that_is_not_there_is_refused():
    with pytest.raises(CannotBuild) as refused:
        build(digits_mlp()).parameters_of(("ghost",))

    assert str(refused.value) == 'An objective updates "ghost", which is no node of this network.'


def test_a_missing_column_is_named():
    network = build(digits_mlp())

    with pytest.raises(ValueError, match="column") as refused:
        network({"picture": torch.zeros(1, 1, 8, 8)})

    assert (
        str(refused.value)
        == 'The network needs the column "image", but the columns given are: picture.'
    )


def test_weights_of_losses_may_be_expressions_and_add_up_over_objectives():
    described = digits_mlp(
        Objective("a", minimise=(Minimise("loss", Expression("epoch * 2")),)),
        Objective("b", minimise=(Minimise("loss", 0.5),)),
    )

    assert weights_of_losses(described, epoch=3, step=0) == {"loss": 6.5}
