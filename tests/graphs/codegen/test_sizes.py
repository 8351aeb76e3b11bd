"""Sizes inside exported blocks follow the argument that they come from, and only that."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import torch

from graphs import edits
from graphs.codegen import source
from graphs.content import Document
from graphs.document import load
from graphs.expression import Expression
from graphs.graph import End, Face, Graph, Node, Placement, Wire
from tests.graphs.written import imported

PROOFS = Path(__file__).parents[2] / "proofs" / "files"


def placed(inner: dict[str, Node]) -> Document:
    """A row of nodes as a block with a parameter `width`, between digits and a loss."""
    row = ["in.x", *inner, "out.x"]
    wires = [
        Wire(End(*one.split(".")) if "." in one else End(one, "output"),
             End(*other.split(".")) if "." in other else End(other, "input"))
        for one, other in pairwise(row)
    ]  # fmt: skip
    block = Graph(inner, tuple(wires), Face(("x",), ("x",), {"width": 64}))
    graph, data = edits.add_node(Graph(), "Digits", (0.0, 0.0))
    graph, flat = edits.append_after(graph, data, "Flatten")
    stage = Node("stage", "", {"width": 64}, place=Placement("inside"))
    graph = graph.changed(nodes={**graph.nodes, "stage": stage})
    graph = edits.connect(graph, End(flat, "output"), End("stage", "x"))
    graph, scores = edits.add_node(graph, "Linear", (0.0, 0.0))
    graph = edits.set_params(graph, scores, out_features=10)
    graph = edits.connect(graph, End("stage", "x"), End(scores, "input"))
    graph, loss = edits.append_after(graph, scores, "CrossEntropyLoss")
    graph = edits.connect(graph, End(data, "label"), End(loss, "target"))
    return Document(networks={"main": graph, "inside": block})


def test_a_block_can_be_made_of_another_width_with_all_its_layers(tmp_path):
    written = source(load(PROOFS / "gpt.lamina"))

    block = imported(written.text, tmp_path).Block(width=32, heads=2)

    assert block(torch.randn(2, 5, 32)).shape == (2, 5, 32)
    assert "self.norm_1 = nn.LayerNorm(width)" in written.text
    assert "self.contract = nn.Linear(4 * width, width)" in written.text


def test_a_size_that_the_file_gives_as_a_number_stays_one_though_it_equals_the_argument():
    text = source(placed({
        "widen": Node("widen", "Linear", {"out_features": Expression("2 * width")}),
        "fixed": Node("fixed", "Linear", {"out_features": 64}),
        "tanh": Node("tanh", "Tanh"),
        "norm": Node("norm", "LayerNorm"),
        "last": Node("last", "Linear", {"out_features": Expression("width")}),
    })).text  # fmt: skip

    assert "self.widen = nn.Linear(width, 2 * width)" in text
    assert "self.fixed = nn.Linear(2 * width, 64)" in text
    assert "self.norm = nn.LayerNorm(64)" in text
    assert "self.last = nn.Linear(64, width)" in text


def test_stages_that_differ_in_values_alone_are_one_class():
    text = source(load(PROOFS / "resnet18.lamina")).text

    assert text.count("class Stage") == 1
    assert "                Stage(64),\n" in text
    assert "                Stage(64, width=128, stride=2),\n" in text


def test_what_flatten_makes_of_channels_follows_their_number(tmp_path):
    written = source(load(PROOFS / "siamese.lamina"))

    tower = imported(written.text, tmp_path).Tower(width=4)

    assert tower(torch.randn(2, 1, 8, 8)).shape == (2, 8)
    assert "self.embed = nn.Linear(width * 16, 2 * width)" in written.text


def test_a_size_of_the_image_is_no_argument_though_it_equals_one():
    text = source(load(PROOFS / "vae.lamina")).text

    assert "self.hidden = nn.Linear(64, width)" in text  # of 8 by 8 pixels, while the width is 64


def test_each_objective_changes_its_own_weights_under_a_name_that_says_so():
    text = source(load(PROOFS / "gan_ring.lamina")).text

    assert "class GANOnRing(nn.Module):" in text
    assert "    judge_parameters = list(model.discriminator.parameters())\n" in text
    assert "            judge_loss.backward(inputs=judge_parameters)\n" in text
    assert "F.softplus(-judge_real_y).mean() + F.softplus(judge_made_y).mean()" in text


def test_norms_of_a_frozen_block_stand_still():
    document = load(PROOFS / "resnet18_small.lamina")
    document = document.with_graph(edits.set_marks(document.main, "stages", frozen=True))

    text = source(document).text

    assert (
        "        for module in self.stages.modules():\n"
        "            if isinstance(module, nn.BatchNorm2d):\n"
        "                module.eval()\n"
    ) in text
    assert "each for each in model.parameters() if each.requires_grad" in text
