"""Metrics inside blocks in exported source: they measure there what they measure in Lamina."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch

from graphs.codegen import source
from graphs.compile import build
from lightning_modules.batches import Batches
from lightning_modules.data import prepare
from lightning_modules.scores import Scores, score
from tests.blocks import file
from tests.graphs.codegen.nested import OUTER
from tests.graphs.written import complaints, imported

STAGE = {
    "face": {"inputs": ["x", "label"], "outputs": ["x"]},
    "nodes": {
        "linear": {"layer": "Linear", "params": {"out_features": 4}},
        "head": {"layer": "Linear", "params": {"out_features": 3}},
        "accuracy": {"layer": "Accuracy"},
        "f1": {"layer": "F1Score", "only": "evaluate"},
        "area": {"layer": "AUROC", "only": "train"},
    },
    "wires": [
        "in.x -> linear.input", "linear.output -> out.x", "linear.output -> head.input",
        "head.output -> accuracy.input", "in.label -> accuracy.target",
        "head.output -> f1.input", "in.label -> f1.target",
        "head.output -> area.input", "in.label -> area.target",
    ],
}  # fmt: skip
JUDGE = {
    "face": {"inputs": ["scores", "label"], "outputs": []},
    "nodes": {"accuracy": {"layer": "Accuracy"}, "loss": {"layer": "CrossEntropyLoss"}},
    "wires": [
        "in.scores -> accuracy.input", "in.label -> accuracy.target", "in.scores -> loss.logits",
        "in.label -> loss.target",
    ],
}  # fmt: skip
ONLY_JUDGE = {
    **JUDGE,
    "nodes": {"accuracy": {"layer": "Accuracy"}},
    "wires": JUDGE["wires"][:2],
}


def main(network: str, loss: str = "scores", **more: Any) -> dict[str, Any]:
    """Iris through a block, a Linear, and a loss; `more` are further nodes that compare the scores."""
    nodes = {
        "iris": {"layer": "Iris"},
        "block": {"network": network},
        "scores": {"layer": "Linear", "params": {"out_features": 3}},
        **more,
    }
    wires = ["iris.features -> block.x", "iris.label -> block.label", "block.x -> scores.input"]
    if loss:
        nodes["loss"] = {"layer": "CrossEntropyLoss"}
        wires += ["scores.output -> loss.logits", "iris.label -> loss.target"]
    else:
        nodes["output"] = {"layer": "Output"}
        wires.append("scores.output -> output.input")
    for name in more:
        wires += [f"scores.output -> {name}.scores", f"iris.label -> {name}.label"]
    return {"nodes": nodes, "wires": wires}


DOCUMENTS = {
    "placed once": file({"main": main("stage"), "stage": STAGE}),
    "blocks in blocks, repeated": file({"main": main("outer"), "outer": OUTER, "stage": STAGE}),
    "one that only judges": file(
        {"main": main("stage", judge={"network": "judge"}), "stage": STAGE, "judge": ONLY_JUDGE}
    ),
    "with the loss inside": file(
        {"main": main("stage", "", judge={"network": "judge"}), "stage": STAGE, "judge": JUDGE}
    ),
}


def lamina(document: Any, model: Any, keys: Any) -> dict[str, float]:
    """What Lamina measures on the rows that test, with the weights of the exported model."""
    network = build(document)
    state = {key: model.state_dict()[keys[key]].cpu() for key in network.state_dict()}
    network.load_state_dict(state)
    rows = prepare(document, Path()).splits["test"]
    columns = [rows[str(end)] for end in network.evaluation.plan.columns]
    batches = Batches(columns, 64, torch.device("cpu"))
    scores = Scores(network, network.evaluation, torch.device("cpu"))
    found = score(network, batches, scores, {})
    assert found is not None
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_metric_inside_measures_what_it_measures_in_lamina(name, tmp_path, capsys):
    document = DOCUMENTS[name]
    written = source(document)

    model = imported(written.text, tmp_path).main(epochs=1)

    keys = written.keys(build(document).state_dict())
    assert list(model.state_dict()) == list(keys.values())
    wanted = lamina(document, model, keys)
    told = capsys.readouterr().out
    assert wanted
    for path, value in wanted.items():
        assert f"{re.sub('[._]', ' ', path)} {value:.4f}" in told
    assert "Not written" not in written.text
    assert complaints(written.text, tmp_path) == ""


def test_a_block_takes_in_what_its_metrics_compare_as_a_reviewer_would_write_it():
    text = source(DOCUMENTS["placed once"]).text

    assert '        self.accuracy = MulticlassAccuracy(3, average="micro")\n' in text
    assert "        self.accuracy.update(head, label)\n" in text
    assert "        model.block.accuracy.reset()\n" in text
    assert "block accuracy {model.block.accuracy.compute():.4f}" in text
    assert "    def forward(self, input: Tensor) -> Tensor:\n" in text


def test_an_error_inside_says_that_its_target_is_scaled(tmp_path):
    head = {
        "face": {"inputs": ["x", "y"], "outputs": ["x"]},
        "nodes": {
            "linear": {"layer": "Linear", "params": {"out_features": 1}},
            "error": {"layer": "MeanAbsoluteError"},
        },
        "wires": [
            "in.x -> linear.input", "linear.output -> out.x", "linear.output -> error.input",
            "in.y -> error.target",
        ],
    }  # fmt: skip
    nodes = {
        "diabetes": {"layer": "Diabetes"},
        "head": {"network": "head"},
        "loss": {"layer": "MSELoss"},
    }
    wires = [
        "diabetes.features -> head.x", "diabetes.target -> head.y", "head.x -> loss.input",
        "diabetes.target -> loss.target",
    ]  # fmt: skip

    text = source(file({"main": {"nodes": nodes, "wires": wires}, "head": head})).text

    assert "head error of the scaled target {model.head.error.compute():.4f}" in text
    assert complaints(text, tmp_path) == ""


def test_a_metric_in_a_block_under_a_condition_is_named_in_a_comment(tmp_path):
    inner = {
        "face": {"inputs": ["x", "label"], "outputs": ["x"]},
        "nodes": {
            "stage": {"network": "stage"},
            "more": {"network": "side", "when": {"expr": "i > 0"}},
        },
        "wires": [
            "in.x -> stage.x", "in.label -> stage.label", "stage.x -> more.x", "more.x -> out.x",
        ],
    }  # fmt: skip
    side = {
        "face": {"inputs": ["x"], "outputs": ["x"]},
        "nodes": {
            "linear": {"layer": "Linear", "params": {"out_features": 4}},
            "error": {"layer": "MeanAbsoluteError"},
        },
        "wires": [
            "in.x -> linear.input", "linear.output -> out.x", "linear.output -> error.input",
            "in.x -> error.target",
        ],
    }  # fmt: skip
    outer = {
        "face": {"inputs": ["x", "label"], "outputs": ["x"]},
        "nodes": {"inner": {"network": "inner", "repeat": 2}},
        "wires": ["in.x -> inner.x", "in.label -> inner.label", "inner.x -> out.x"],
    }
    networks = {"main": main("outer"), "outer": outer, "inner": inner, "stage": STAGE, "side": side}
    written = source(file(networks))

    imported(written.text, tmp_path).main(epochs=1)

    said = " ".join(line.strip(" #") for line in written.text.splitlines())
    assert said.count("Not written: the metric Error in Block") == 1
    assert "model.block.inner[1].stage.accuracy.compute()" in written.text
    assert complaints(written.text, tmp_path) == ""
