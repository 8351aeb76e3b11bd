"""Weights that blocks share with each other in generated source: one module of the network, handed to each of them."""

from __future__ import annotations

import pytest
import torch

from graphs.codegen import CannotBuild, source
from graphs.compile import build
from tests.blocks import CELL, CONVOLUTIONS, file, scanned
from tests.graphs.written import complaints, imported


def shared_cells():
    """Two scanned cells whose states go through one layer."""
    nodes = {**CELL["nodes"], "hh": {**CELL["nodes"]["hh"], "weights": "mixing"}}
    return scanned(twice=True, cell_network={**CELL, "nodes": nodes})


def shared_rounds():
    """Two rounds of a block in a block, with one convolution for all."""
    basic = CONVOLUTIONS["basic"]
    same = {"layer": "Conv2d", "params": {"out_channels": 1, "padding": [1, 1]}, "weights": "look"}
    wires = ["in.x -> conv.input", "conv.output -> relu.input", "relu.output -> out.x"]
    inner = {
        "face": {"inputs": ["x"], "outputs": ["x"]},
        "nodes": {"conv": same, "relu": basic["nodes"]["relu"]},
    }
    outer = {
        "face": {"inputs": ["x"], "outputs": ["x"]},
        "nodes": {"inner": {"network": "inner", "repeat": 2}},
        "wires": ["in.x -> inner.x", "inner.x -> out.x"],
    }
    main = CONVOLUTIONS["main"]
    main = {**main, "nodes": {**main["nodes"], "stage": {"network": "outer"}}}
    return file({"main": main, "inner": {**inner, "wires": wires}, "outer": outer})


@pytest.mark.parametrize(
    "document", [shared_cells(), shared_rounds()], ids=["scan", "repeat inside"]
)
def test_source_with_shared_weights_has_them_once_and_computes_the_same(document, tmp_path):
    written, network = source(document), build(document).eval()
    made = getattr(imported(written.text, tmp_path), written.name)().eval()
    keys = written.keys(network.state_dict())
    made.load_state_dict({keys[key]: value for key, value in network.state_dict().items()})
    columns = [
        torch.randn(3, 9, 1) if "series" in each else torch.randn(3, 1, 8, 8)
        for each in written.columns
    ]

    found = made(*columns)

    wanted = network.prediction(*columns)
    for ours, theirs in zip(found if isinstance(found, tuple) else (found,), wanted, strict=True):
        torch.testing.assert_close(ours, theirs)
    assert set(made.state_dict()) == set(network.state_dict())
    assert complaints(written.text, tmp_path) == ""


def test_a_name_of_shared_weights_that_means_something_else_is_refused_in_a_sentence():
    nodes = {**CELL["nodes"], "hh": {**CELL["nodes"]["hh"], "weights": "x"}}

    with pytest.raises(CannotBuild) as refused:
        source(scanned(cell_network={**CELL, "nodes": nodes}))

    assert str(refused.value) == (
        "Hh (Linear) shares the weights x out of its block, which cannot be written as code. "
        "Choose another name, or place the block itself twice with shared weights instead."
    )
