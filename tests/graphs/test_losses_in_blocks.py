"""Losses and metrics inside blocks: an objective names them by path, and they count as a module by hand counts them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from graphs.check import check
from graphs.compile import build
from graphs.content import Minimise, Objective
from graphs.document import UnreadableDocument, dumps, loads
from graphs.plan import objective_plan, weights_of_losses
from studio.cli import main
from tests.blocks import file

JUDGE: dict[str, Any] = {
    "face": {"inputs": ["scores", "label"], "outputs": []},
    "nodes": {
        "loss": {"layer": "CrossEntropyLoss"},
        "accuracy": {"layer": "Accuracy"},
    },
    "wires": [
        "in.scores -> loss.logits",
        "in.label -> loss.target",
        "in.scores -> accuracy.input",
        "in.label -> accuracy.target",
    ],
}
STAGE: dict[str, Any] = {
    "face": {"inputs": ["x", "label"], "outputs": ["x"]},
    "nodes": {
        "linear": {"layer": "Linear", "params": {"out_features": 4}},
        "tanh": {"layer": "Tanh"},
        "head": {"layer": "Linear", "params": {"out_features": 3}},
        "loss": {"layer": "CrossEntropyLoss"},
        "accuracy": {"layer": "Accuracy"},
    },
    "wires": [
        "in.x -> linear.input",
        "linear.output -> tanh.input",
        "tanh.output -> out.x",
        "tanh.output -> head.input",
        "head.output -> loss.logits",
        "in.label -> loss.target",
        "head.output -> accuracy.input",
        "in.label -> accuracy.target",
    ],
}


def supervised(rounds: int | None = 2, objectives: list[dict[str, Any]] | None = None) -> Any:
    """Iris through a stage with a loss of its own in each round, and a last loss in a block that only judges."""
    stage = {"network": "stage", **({} if rounds is None else {"repeat": rounds})}
    nodes = {
        "iris": {"layer": "Iris"},
        "stage": stage,
        "scores": {"layer": "Linear", "params": {"out_features": 3}},
        "judge": {"network": "judge"},
        "output": {"layer": "Output"},
    }
    wires = [
        "iris.features -> stage.x",
        "iris.label -> stage.label",
        "stage.x -> scores.input",
        "scores.output -> judge.scores",
        "iris.label -> judge.label",
        "scores.output -> output.input",
    ]
    rest = {} if objectives is None else {"objectives": objectives}
    return file({"main": {"nodes": nodes, "wires": wires}, "stage": STAGE, "judge": JUDGE}, **rest)


class Supervised(nn.Module):
    """The same by hand: each round has a head whose loss counts."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.linear = nn.ModuleList(nn.Linear(4, 4) for _ in range(rounds))
        self.head = nn.ModuleList(nn.Linear(4, 3) for _ in range(rounds))
        self.scores = nn.Linear(4, 3)

    def forward(self, x: Tensor, label: Tensor) -> list[Tensor]:
        """The loss of each round and the last one."""
        losses = []
        for linear, head in zip(self.linear, self.head, strict=True):
            x = torch.tanh(linear(x))
            losses.append(functional.cross_entropy(head(x), label))
        return [*losses, functional.cross_entropy(self.scores(x), label)]


def test_all_losses_are_found_by_path_and_equal_those_by_hand():
    document, theirs = supervised(), Supervised(2)
    network = build(document)
    network.load_state_dict({
        **{f"stage.{index}.{key}": value for index in range(2) for key, value in {
            "linear.weight": theirs.linear[index].weight, "linear.bias": theirs.linear[index].bias,
            "head.weight": theirs.head[index].weight, "head.bias": theirs.head[index].bias,
        }.items()},
        "scores.weight": theirs.scores.weight, "scores.bias": theirs.scores.bias,
    })  # fmt: skip
    features, labels = torch.randn(16, 4), torch.randint(3, (16,))

    learned, judged = network.objective(0), network.evaluation

    assert check(document).problems == ()
    assert learned.plan.losses == ("stage.0.loss", "stage.1.loss", "judge.loss")
    assert judged.plan.losses == learned.plan.losses
    for each in (learned, judged):
        found = dict(zip(each.plan.results, each(features, labels), strict=True))
        for path, wanted in zip(learned.plan.losses, theirs(features, labels), strict=True):
            torch.testing.assert_close(found[path], wanted)
    assert list(network.new_metrics()) == ["stage.0.accuracy", "stage.1.accuracy", "judge.accuracy"]


def test_an_objective_minimises_a_loss_within_a_placement():
    wanted = [{"name": "first", "minimise": [{"loss": "stage.0.loss", "weight": 0.5}]}]
    document = supervised(objectives=wanted)

    plan = objective_plan(document, document.objectives[0])

    assert check(document).problems == ()
    assert plan.losses == ("stage.0.loss",)
    assert [each.node for each in plan.calls] == [
        "stage.0.linear", "stage.0.tanh", "stage.0.head", "stage.0.loss",
    ]  # fmt: skip
    assert weights_of_losses(document, epoch=0, step=0) == {"stage.0.loss": 0.5}
    assert loads(dumps(document)).objectives == document.objectives


def test_a_file_with_losses_and_metrics_in_blocks_trains_and_is_judged(tmp_path, capsys):
    path, run = tmp_path / "deep.lamina", tmp_path / "run"
    path.write_bytes(dumps(supervised()))

    codes = [
        main(["check", str(path)]),
        main(["train", str(path), "--epochs", "2", "--run-dir", str(run)]),
        main(["evaluate", str(run), "--json"]),
        main(["predict", str(run), "--split", "test"]),
    ]

    assert codes == [0, 0, 0, 0], capsys.readouterr()
    events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    values = next(
        each["values"] for each in reversed(events) if "train_loss" in each.get("values", ())
    )
    for part in ("train", "val"):
        for name in ("stage.0.loss", "judge.loss", "stage.1.accuracy", "judge.accuracy"):
            assert f"{part}_{name}" in values
        losses = [values[f"{part}_{name}.loss"] for name in ("stage.0", "stage.1", "judge")]
        assert values[f"{part}_loss"] == pytest.approx(sum(losses), rel=1e-4)


def test_early_stopping_may_watch_a_metric_in_a_block():
    document = supervised()
    raw = json.loads(dumps(document))
    raw["run"]["early_stopping"] = {"monitor": "val_judge.accuracy", "patience": 3}

    assert check(loads(json.dumps(raw).encode())).problems == ()


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        ("stage.loss", "Did you mean stage.1.loss?"),
        ("stage.0.head", "Did you mean stage.0.loss?"),
    ],
)
def test_a_path_that_is_no_loss_is_told_with_the_one_that_is_meant(loss, message):
    document = supervised(objectives=[{"name": "learn", "minimise": [loss]}])

    (problem,) = check(document).problems

    assert problem.code == "G501"
    assert problem.message == (
        f'Objective "learn" minimises "{loss}", which is no loss of this network. {message}'
    )
    assert check(problem.fixes[0].apply(document)).problems == ()


@pytest.mark.parametrize(
    "loss", ["stage.", ".loss", "stage.0.Loss", "stage.000000.loss", "in.loss", 7]
)
def test_what_is_no_path_cannot_be_read(loss):
    with pytest.raises(UnreadableDocument):
        supervised(objectives=[{"name": "learn", "minimise": [loss]}])


def test_a_scan_that_would_compare_in_every_step_says_so():
    cell = {**STAGE, "face": {"inputs": ["x", "label"], "outputs": ["x"]}}
    nodes = {
        "series": {"layer": "SyntheticSeries"},
        "cell": {"network": "cell", "scan": "T"},
        "loss": {"layer": "MSELoss"},
    }
    document = file(
        {"main": {"nodes": nodes, "wires": ["series.sequence -> cell.x"]}, "cell": cell}
    )

    messages = [each.message for each in check(document).problems if each.code == "G107"]

    assert messages == [
        f"Cell: It scans, and {name} inside it would compare in every step. "
        "Wire what it compares out of the block, and compare there."
        for name in ("Loss (Cross entropy)", "Accuracy")
    ]


def test_a_loss_in_a_muted_block_does_not_count():
    document = supervised(rounds=None)
    raw = json.loads(dumps(document))
    raw["networks"]["main"]["nodes"]["judge"]["muted"] = True

    plan = objective_plan(loads(json.dumps(raw).encode()), Objective())

    assert plan.losses == ("stage.loss",)


def test_a_loss_that_an_objective_names_may_stand_in_a_block_that_stands_once():
    document = supervised(rounds=None)

    plan = objective_plan(document, Objective(minimise=(Minimise("stage.loss"),)))

    assert plan.losses == ("stage.loss",)
