"""Losses inside blocks in exported source: they count there as they count in Lamina, step by step."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from graphs.codegen import CannotBuild, source
from graphs.compile import build
from tests.blocks import file
from tests.graphs.codegen.nested import OUTER
from tests.graphs.test_losses_in_blocks import JUDGE, STAGE, supervised
from tests.graphs.written import complaints, imported

STEPS = 6
NESTED = {"nodes": {
    "iris": {"layer": "Iris"},
    "outer": {"network": "outer"},
    "scores": {"layer": "Linear", "params": {"out_features": 3}},
    "loss": {"layer": "CrossEntropyLoss"},
}, "wires": [
    "iris.features -> outer.x", "iris.label -> outer.label", "outer.x -> scores.input",
    "scores.output -> loss.logits", "iris.label -> loss.target",
]}  # fmt: skip
WEIGHED = [{"name": "learn", "minimise": [
    {"loss": "stage.1.loss", "weight": 0.3}, {"loss": "judge.loss", "weight": {"expr": "0.5 * (epoch + 1)"}},
], "optimizer": {"type": "SGD", "lr": 0.1}}]  # fmt: skip
TWO = [
    {
        "name": "inside",
        "minimise": ["stage.0.loss"],
        "update": ["stage"],
        "optimizer": {"type": "SGD", "lr": 0.1},
    },
    {
        "name": "outside",
        "minimise": ["judge.loss"],
        "update": ["scores"],
        "optimizer": {"type": "SGD", "lr": 0.1},
    },
]


def once_judged() -> Any:
    """A stage whose loss is not that of training: it compares in evaluation alone what it does not in training."""
    nodes = {**STAGE["nodes"], "drop": {"layer": "ReLU", "only": "train"}}
    wires = [each for each in STAGE["wires"] if each != "head.output -> loss.logits"]
    stage = {**STAGE, "nodes": nodes}
    stage["wires"] = [*wires, "head.output -> drop.input", "drop.output -> loss.logits"]
    main = {"nodes": {
        "iris": {"layer": "Iris"}, "stage": {"network": "stage", "repeat": 2}, "output": {"layer": "Output"},
    }, "wires": [
        "iris.features -> stage.x", "iris.label -> stage.label", "stage.x -> output.input",
    ]}  # fmt: skip
    return file({"main": main, "stage": stage})


DOCUMENTS = {
    "a repeat and a block that only judges": supervised(),
    "placed once": supervised(None),
    "some of them, with weights": supervised(2, WEIGHED),
    "two objectives": supervised(2, TWO),
    "blocks in blocks": file({"main": NESTED, "outer": OUTER, "stage": STAGE}),
    "another computation in evaluation": once_judged(),
}


def trained(document: Any, network: nn.Module, features: Any, labels: Any) -> list[list[float]]:
    """The losses of each objective while Lamina's own modules learn, a plain step of SGD at a time."""
    told = []
    for _ in range(STEPS):
        for index, objective in enumerate(document.objectives):
            learned = network.objective(index)
            weights = network.parameters_of(objective.update)
            found = dict(zip(learned.plan.results, learned(features, labels), strict=True))
            named = {each.loss: each.weight for each in objective.minimise}
            each = [
                (0.5 if not isinstance(named.get(path, 1.0), float) else named.get(path, 1.0))
                * found[path]
                for path in learned.plan.losses
            ]
            loss = sum(each)
            for weight, slope in zip(
                weights, torch.autograd.grad(loss, weights, allow_unused=True), strict=True
            ):
                if slope is not None:
                    weight.data -= 0.1 * slope
            told.append(loss.item())
    return told


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_exported_loop_learns_what_lamina_learns(name, tmp_path, monkeypatch):
    document = DOCUMENTS[name]
    written, network = source(document), build(document)
    module = imported(written.text, tmp_path)
    cls = getattr(module, written.name)
    keys = written.keys(network.state_dict())
    made = cls()
    assert list(made.state_dict()) == [keys[each] for each in network.state_dict()]
    made.load_state_dict({keys[key]: each.clone() for key, each in network.state_dict().items()})
    features, labels = torch.randn(32, 4), torch.randint(3, (32,))
    rows = module.TensorDataset(features, labels)
    tests = "test_set" in written.text
    monkeypatch.setattr(module, "load_data", lambda: (rows, rows, rows) if tests else rows)
    monkeypatch.setattr(module, written.name, lambda: made)
    monkeypatch.setattr(module, "DataLoader", lambda *_, **__: [(features, labels)] * STEPS)
    for kind in ("AdamW", "SGD"):
        monkeypatch.setattr(torch.optim, kind, plain(torch.optim.SGD))
    losses: list[float] = []
    backward = torch.Tensor.backward
    monkeypatch.setattr(
        torch.Tensor,
        "backward",
        lambda self, *rest, **named: (losses.append(self.item()), backward(self, *rest, **named)),
    )

    wanted = trained(document, network.train(), features, labels)
    module.main(epochs=1)

    torch.testing.assert_close(losses, wanted, rtol=1e-5, atol=1e-6)
    for key, value in network.state_dict().items():
        torch.testing.assert_close(made.state_dict()[keys[key]], value, rtol=1e-5, atol=1e-6)
    assert complaints(written.text, tmp_path) == ""


def plain(cls: type) -> Any:
    """An optimizer that steps against the gradient, whatever else was asked for."""
    return lambda weights, **_: cls(weights, lr=0.1)


def test_the_test_loss_is_that_of_evaluation(tmp_path, capsys):
    document = once_judged()
    written = source(document)
    module = imported(written.text, tmp_path)

    model = module.main(epochs=1)

    network = build(document)
    keys = written.keys(network.state_dict())
    network.load_state_dict(
        {key: model.state_dict()[keys[key]].cpu() for key in network.state_dict()}
    )
    torch.manual_seed(0)
    _, _, test_set = module.load_data()
    found = network.eval().evaluation(*test_set.tensors)
    losses = dict(zip(network.evaluation.plan.results, found, strict=True))
    total = sum(losses[each].item() for each in network.evaluation.plan.losses)
    assert f"test loss {total:.4f}" in capsys.readouterr().out


def test_the_value_of_a_loss_inside_may_go_on_to_other_layers(tmp_path):
    stage = {**STAGE, "face": {"inputs": ["x", "label"], "outputs": ["x", "cost"]}}
    stage["wires"] = [*STAGE["wires"], "loss.output -> out.cost"]
    main = {"nodes": {
        "iris": {"layer": "Iris"}, "stage": {"network": "stage"}, "output": {"layer": "Output"},
        "cost": {"layer": "Output"},
    }, "wires": [
        "iris.features -> stage.x", "iris.label -> stage.label", "stage.x -> output.input",
        "stage.cost -> cost.input",
    ]}  # fmt: skip
    text = source(file({"main": main, "stage": stage})).text

    imported(text, tmp_path).main(epochs=1)

    assert "        cost = self.loss(x, label)\n        return output, cost, [cost]\n" in text


def test_a_block_gives_its_losses_as_a_reviewer_would_write_them():
    text = source(supervised()).text

    assert (
        "    def learning_pass(self, input: Tensor, label: Tensor) -> tuple[Tensor, list[Tensor]]:\n"
    ) in text
    assert "        return output, [self.loss(x, label)]\n" in text
    assert "            stage, inner = block.learning_pass(stage, label)\n" in text
    assert "        losses += self.judge(x, label)\n" in text
    assert "    def forward(self, features: Tensor) -> Tensor:\n" in text
    assert "            losses += inner\n" in text
    assert "            loss = sum(losses)\n" in text


def test_a_block_with_a_loss_under_a_condition_is_refused_in_a_sentence():
    penalty = {
        "face": {"inputs": ["x"], "outputs": ["x"]},
        "nodes": {
            "linear": {"layer": "Linear", "params": {"out_features": 4}},
            "loss": {"layer": "AdversarialLoss"},
        },
        "wires": ["in.x -> linear.input", "linear.output -> out.x", "linear.output -> loss.logits"],
    }
    outer = {
        "face": {"inputs": ["x"], "outputs": ["x"]},
        "nodes": {"penalty": {"network": "penalty", "when": {"expr": "i > 0"}}},
        "wires": ["in.x -> penalty.x", "penalty.x -> out.x"],
    }
    nodes = {
        "iris": {"layer": "Iris"},
        "outer": {"network": "outer", "repeat": 2},
        "judge": {"network": "judge"},
    }
    nodes["scores"] = {"layer": "Linear", "params": {"out_features": 3}}
    wires = [
        "iris.features -> outer.x", "outer.x -> scores.input", "scores.output -> judge.scores",
        "iris.label -> judge.label",
    ]  # fmt: skip
    document = file(
        {
            "main": {"nodes": nodes, "wires": wires},
            "outer": outer,
            "penalty": penalty,
            "judge": JUDGE,
        }
    )

    with pytest.raises(CannotBuild) as refused:
        source(document)

    assert str(refused.value) == (
        "Penalty stands under a condition and has a loss inside, which cannot be written as code. Wire what it "
        "compares out of the block, and compare there."
    )
