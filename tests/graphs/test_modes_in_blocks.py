"""Marks of modes, Switch and layers that differ in training, inside blocks: as a module written by hand does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from graphs.check import check
from graphs.compile import Network, build
from graphs.document import dumps
from studio.cli import main
from tests.blocks import file

if TYPE_CHECKING:
    from graphs.content import Document

MIX: dict[str, Any] = {
    "face": {"inputs": ["x"], "outputs": ["y"]},
    "nodes": {
        "norm": {"layer": "BatchNorm1d"},
        "first": {"layer": "Linear", "params": {"out_features": 4}},
        "other": {"layer": "Linear", "params": {"out_features": 4}},
        "switch": {"layer": "Switch"},
        "tanh": {"layer": "Tanh", "only": "evaluate"},
        "relu": {"layer": "ReLU", "only": "train"},
    },
    "wires": [
        "in.x -> norm.input",
        "norm.output -> first.input",
        "norm.output -> other.input",
        "first.output -> switch.train",
        "other.output -> switch.evaluate",
        "norm.output -> switch.predict",
        "switch.output -> tanh.input",
        "tanh.output -> relu.input",
        "relu.output -> out.y",
    ],
}
IRIS: dict[str, Any] = {
    "nodes": {
        "iris": {"layer": "Iris"},
        "scores": {"layer": "Linear", "params": {"out_features": 3}},
        "loss": {"layer": "CrossEntropyLoss"},
        "output": {"layer": "Output"},
    },
    "wires": [
        "iris.features -> mix.x",
        "mix.y -> scores.input",
        "scores.output -> loss.logits",
        "iris.label -> loss.target",
        "scores.output -> output.input",
    ],
}
CELL: dict[str, Any] = {
    "face": {"inputs": ["x", "h"], "outputs": ["h"]},
    "nodes": {
        "from_x": {"layer": "Linear", "params": {"out_features": 4}},
        "from_h": {"layer": "Linear", "params": {"out_features": 4}},
        "add": {"layer": "Add"},
        "tanh": {"layer": "Tanh"},
        "switch": {"layer": "Switch"},
        "half": {"layer": "ReLU", "only": "predict"},
    },
    "wires": [
        "in.x -> from_x.input",
        "in.h -> from_h.input",
        "from_x.output -> add.inputs.0",
        "from_h.output -> add.inputs.1",
        "add.output -> tanh.input",
        "add.output -> switch.train",
        "tanh.output -> switch.evaluate",
        "switch.output -> half.input",
        "half.output -> out.h",
    ],
}
SERIES: dict[str, Any] = {
    "nodes": {
        "series": {"layer": "SyntheticSeries"},
        "zero": {"layer": "InitialState", "params": {"size": [4]}},
        "cell": {"network": "cell", "scan": "T"},
        "next": {"layer": "Linear", "params": {"out_features": 1}},
        "loss": {"layer": "MSELoss"},
        "output": {"layer": "Output"},
    },
    "wires": [
        "series.sequence -> zero.input",
        "series.sequence -> cell.x",
        "zero.output -> cell.h",
        "cell.h -> next.input",
        "next.output -> loss.input",
        "series.target -> loss.target",
        "next.output -> output.input",
    ],
}


def mixed(**placed: Any) -> Document:
    """Iris through one placement of `mix`; `placed` are fields of that node."""
    nodes = {**IRIS["nodes"], "mix": {"network": "mix", **placed}}
    return file({"main": {**IRIS, "nodes": nodes}, "mix": MIX})


def stepped() -> Document:
    return file({"main": SERIES, "cell": CELL})


class Mix(nn.Module):
    """What `mix` says, by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.first, self.other = nn.BatchNorm1d(4), nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x: Tensor, mode: str) -> Tensor:
        x = self.norm(x)
        if mode == "train":
            return torch.relu(self.first(x))
        return torch.tanh(self.other(x)) if mode == "evaluate" else x


class Mixed(nn.Module):
    """Some of them in a row, and the scores."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.mix = nn.ModuleList(Mix() for _ in range(rounds))
        self.scores = nn.Linear(4, 3)

    def forward(self, x: Tensor, mode: str) -> Tensor:
        for each in self.mix:
            x = each(x, mode)
        return self.scores(x)


class Stepped(nn.Module):
    """What `cell` says for a whole series, by hand, and the next value."""

    def __init__(self) -> None:
        super().__init__()
        self.from_x, self.from_h, self.next = nn.Linear(1, 4), nn.Linear(4, 4), nn.Linear(4, 1)

    def forward(self, sequence: Tensor, mode: str) -> Tensor:
        h = torch.zeros(len(sequence), 4)
        for x in sequence.unbind(1):
            h = self.from_x(x) + self.from_h(h)
            h = h if mode == "train" else torch.tanh(h)
            h = torch.relu(h) if mode == "predict" else h
        return self.next(h)


def same_weights(ours: Network, theirs: nn.Module) -> None:
    named = {key.rpartition(".")[0].rpartition(".")[2]: key for key in theirs.state_dict()}
    assert {key.rpartition(".")[0].rpartition(".")[2] for key in ours.state_dict()} == set(named)
    rows = {key: theirs.state_dict()[_theirs(key, theirs)] for key in ours.state_dict()}
    ours.load_state_dict(rows)


def _theirs(key: str, theirs: nn.Module) -> str:
    """`mix.1.norm.weight` there is `mix.1.norm.weight`; a block that stands once is the first of its kind."""
    known = theirs.state_dict()
    first, _, rest = key.partition(".")
    return next(each for each in (key, f"{first}.0.{rest}", rest) if each in known)


def modes(network: Network, *columns: Tensor) -> dict[str, Tensor]:
    """The loss while training and while evaluating, and what is predicted."""
    network.train()
    train = network.objective(0)(*columns)[0]
    network.eval()
    evaluate = network.evaluation(*columns)[0]
    return {"train": train, "evaluate": evaluate, "predict": network.prediction(columns[0])[0]}


@pytest.mark.parametrize("rounds", [None, 1, 3], ids=["once", "repeat 1", "repeat 3"])
def test_what_a_block_computes_by_mode_is_what_a_module_by_hand_computes(rounds):
    network = build(mixed(**({} if rounds is None else {"repeat": rounds})))
    theirs = Mixed(rounds or 1)
    same_weights(network, theirs)
    features, labels = torch.randn(16, 4), torch.randint(3, (16,))

    found = modes(network, features, labels)

    theirs.train()
    train = functional.cross_entropy(theirs(features, "train"), labels)
    theirs.eval()
    evaluate = functional.cross_entropy(theirs(features, "evaluate"), labels)
    torch.testing.assert_close(found["train"], train)
    torch.testing.assert_close(found["evaluate"], evaluate)
    torch.testing.assert_close(found["predict"], theirs(features, "predict"))
    for key, value in network.state_dict().items():  # running statistics moved as well
        torch.testing.assert_close(value, theirs.state_dict()[_theirs(key, theirs)])


def test_what_a_scanned_cell_computes_by_mode_is_what_a_loop_by_hand_computes():
    network, theirs = build(stepped()), Stepped()
    same_weights(network, theirs)
    sequence, target = torch.randn(5, 7, 1), torch.randn(5, 1)

    found = modes(network, sequence, target)

    for mode in ("train", "evaluate"):
        wanted = functional.mse_loss(theirs(sequence, mode), target)
        torch.testing.assert_close(found[mode], wanted)
    torch.testing.assert_close(found["predict"], theirs(sequence, "predict"))


@pytest.mark.parametrize(
    "document", [mixed(), mixed(repeat=2), stepped()], ids=["once", "repeat", "scan"]
)
def test_a_file_with_modes_in_blocks_checks_clean_and_trains(document, tmp_path, capsys):
    path, run = tmp_path / "modes.lamina", tmp_path / "run"
    path.write_bytes(dumps(document))

    codes = [
        main(["check", str(path)]),
        main(["train", str(path), "--epochs", "1", "--run-dir", str(run)]),
        main(["evaluate", str(run)]),
        main(["predict", str(run), "--split", "test"]),
    ]

    assert codes == [0, 0, 0, 0], capsys.readouterr()


def test_a_layer_only_for_training_drops_out_of_prediction_in_a_block():
    document = mixed()
    network = build(document)

    calls = {name: [each.node for each in one.plan.calls] for name, one in (
        ("train", network.objective(0)), ("predict", network.prediction),
    )}  # fmt: skip

    assert calls["train"] == ["mix.norm", "mix.first", "mix.relu", "scores", "loss"]
    assert calls["predict"] == ["mix.norm", "scores"]
    assert check(document).problems == ()
