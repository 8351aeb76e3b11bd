"""A warm start inside blocks: rounds of a repeat, scanned cells, and weights that are shared by a name."""

from __future__ import annotations

import torch

from lightning_modules.checkpoint import read_tensors
from lightning_modules.events import WarmStarted
from tests.blocks import CELL, residual, scanned


def start(run, described, source):
    """What each layer began with, by node, and the weights before the first step."""
    told = run(described, start_from=source.folder, stop_after=0)
    (event,) = told.of(WarmStarted)
    return {each.node: each for each in event.layers}, read_tensors(told.folder, "last")


def test_rounds_of_a_repeat_are_kept_and_further_ones_are_new(run):
    first = run(residual({"repeat": 2}), stop_after=2)

    rows, weights = start(run, residual({"repeat": 3}), first)

    before = read_tensors(first.folder, "last")
    assert all(torch.equal(weights[key], before[key]) for key in before)
    assert rows["stage.1.conv"].kept
    assert rows["stage.2.conv"].name == "Conv in Stage, round 3"
    assert rows["stage.2.conv"].new == {"weight": (4, 4, 3, 3), "bias": (4,)}


def test_a_wider_block_keeps_the_part_that_both_sizes_share(run):
    first = run(residual({"repeat": 2}), stop_after=2)

    rows, weights = start(run, residual({"repeat": 2, "params": {"width": 6}}), first)

    before = read_tensors(first.folder, "last")
    assert rows["stage.1.conv"].resized["weight"] == ((4, 4, 3, 3), (6, 6, 3, 3))
    assert torch.equal(weights["stage.1.conv.weight"][:4, :4], before["stage.1.conv.weight"])
    assert torch.equal(weights["scores.weight"][:, :4], before["scores.weight"])


def test_the_weights_of_a_scanned_cell_are_kept(run):
    first = run(scanned(), stop_after=2)

    rows, weights = start(run, scanned(), first)

    before = read_tensors(first.folder, "last")
    assert torch.equal(weights["rnn.hh.weight"], before["rnn.hh.weight"])
    assert rows["rnn.hh"].name == "Hh in Rnn"
    assert rows["rnn.hh"].kept == {"weight": (8, 8), "bias": (8,)}


def test_a_cell_of_which_a_layer_was_taken_away_leaves_that_out(run):
    first = run(scanned(), stop_after=2)
    nodes = {**CELL["nodes"], "hh": {"layer": "Identity"}}

    rows, _ = start(run, scanned(cell_network={**CELL, "nodes": nodes}), first)

    assert rows["rnn.hh"].left_out == {"weight": (8, 8), "bias": (8,)}
    assert rows["rnn.ih"].kept


def test_weights_with_a_name_are_kept_by_that_name_wherever_it_is_used(run):
    first = run(scanned({"weights": "steps"}), stop_after=2)

    rows, weights = start(run, scanned({"weights": "steps"}, twice=True), first)

    before = read_tensors(first.folder, "last")
    assert set(rows) == {"steps.ih", "steps.hh"}
    assert all(row.kept and not row.new for row in rows.values())
    assert all(torch.equal(weights[key], before[key]) for key in before)


def test_weights_are_kept_where_a_node_begins_or_ends_to_share_them_by_a_name(run):
    alone, shared = scanned(), scanned({"weights": "steps"})
    first = run(alone, stop_after=2)

    rows, weights = start(run, shared, first)

    before = read_tensors(first.folder, "last")
    assert {each: (bool(row.kept), row.new, row.left_out) for each, row in rows.items()} == {
        each: (True, {}, {}) for each in ("steps.ih", "steps.hh")
    }
    assert torch.equal(weights["steps.hh.weight"], before["rnn.hh.weight"])

    second = run(shared, stop_after=2)
    rows, weights = start(run, alone, second)

    before = read_tensors(second.folder, "last")
    assert all(row.kept and not row.new and not row.left_out for row in rows.values())
    assert torch.equal(weights["rnn.ih.weight"], before["steps.ih.weight"])
