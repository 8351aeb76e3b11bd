"""What exported source says of metrics that it leaves out, and what it does at the edges of procedures and norms."""

from __future__ import annotations

import pytest
import torch

from graphs import edits
from graphs.codegen import source
from graphs.codegen.procedures import PATH_BETWEEN
from graphs.content import Document
from graphs.graph import End, Face, Graph, Marks, Node, Placement, Wire
from lightning_modules.procedure_work import between
from tests.graphs.written import complaints, imported


def test_a_metric_inside_a_shared_block_is_named_in_a_comment(tmp_path):
    inside = Graph(
        {"linear": Node("linear", "Linear", {"out_features": 10}), "accuracy": Node("accuracy", "Accuracy")},
        (
            Wire(End("in", "x"), End("linear", "input")),
            Wire(End("linear", "output"), End("out", "scores")),
            Wire(End("linear", "output"), End("accuracy", "input")),
            Wire(End("in", "label"), End("accuracy", "target")),
        ),
        Face(("x", "label"), ("scores",)),
    )  # fmt: skip
    graph, data = edits.add_node(Graph(), "Digits", (0.0, 0.0))
    graph, flat = edits.append_after(graph, data, "Flatten")
    head = Node("head", "", marks=Marks(weights="judge"), place=Placement("scorer"))
    graph = graph.changed(nodes={**graph.nodes, "head": head})
    graph, loss = edits.add_node(graph, "CrossEntropyLoss", (0.0, 0.0))
    for source_end, target in (
        (End(flat, "output"), End("head", "x")),
        (End(data, "label"), End("head", "label")),
        (End("head", "scores"), End(loss, "logits")),
        (End(data, "label"), End(loss, "target")),
    ):
        graph = edits.connect(graph, source_end, target)

    text = source(Document(networks={"main": graph, "scorer": inside})).text

    words = " ".join(line.strip(" #") for line in text.splitlines())
    assert (
        "Not written: the metric Accuracy in Head, whose block stands under a condition or is shared. Wire what it "
        "compares out of the block to measure it here."
    ) in words
    assert complaints(text, tmp_path) == ""


@pytest.mark.parametrize("other", [[1.0, 0.0], [2.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.3, -0.7]])
def test_the_exported_walk_along_the_sphere_is_that_of_the_run(other, tmp_path):
    lines = ["import torch", "import torch.nn.functional as F", "from torch import Tensor", ""]
    made = imported("\n".join([*lines, *PATH_BETWEEN["sphere"]]), tmp_path)
    first, last = torch.tensor([1.0, 0.0]), torch.tensor(other)

    walked = made.sphere_between(first, last, 5)

    torch.testing.assert_close(walked, between(first[None], last[None], 5, "sphere")[0])
    assert torch.isfinite(walked).all()


@pytest.mark.parametrize("norm", ["InstanceNorm2d", "BatchNorm2d"])
def test_only_a_frozen_norm_that_keeps_statistics_has_a_mode_of_its_own(norm):
    graph, data = edits.add_node(Graph(), "Digits", (0.0, 0.0))
    graph, made = edits.append_after(graph, data, norm, params={"affine": True})
    graph, flat = edits.append_after(graph, made, "Flatten")
    graph, scores = edits.append_after(graph, flat, "Linear", params={"out_features": 10})
    graph, loss = edits.append_after(graph, scores, "CrossEntropyLoss")
    graph = edits.connect(graph, End(data, "label"), End(loss, "target"))
    graph = edits.set_marks(graph, made, frozen=True)

    text = source(Document(networks={"main": graph})).text

    assert ("def train(self" in text) == (norm == "BatchNorm2d")
    assert "requires_grad_(False)" in text
