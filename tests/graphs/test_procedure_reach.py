"""A check tells what a procedure runs without laying blocks open, and tells the same as if it did."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graphs.check import check
from graphs.content import Document, Feed, Procedure
from graphs.document import load, loads
from graphs.plan import prediction_plan
from graphs.procedure_reach import plan_of_outputs, surely_made
from graphs.procedures import _Reading, faults_of
from graphs.shapes import shapes_of
from tests.blocks import file
from tests.graphs.test_losses_in_blocks import supervised

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted((ROOT / "resources" / "examples").glob("*.lamina")),
    *sorted((ROOT / "tests" / "proofs" / "files").glob("*.lamina")),
    *sorted((ROOT / "tests" / "graphs" / "corpus").glob("*.lamina")),
]
CROSSED: dict[str, Any] = {
    "main": {
        "nodes": {
            "iris": {"layer": "Iris"},
            "twist": {"network": "twist", "repeat": 3},
            "scores": {"layer": "Linear", "params": {"out_features": 3}},
            "output": {"layer": "Output"},
            "loss": {"layer": "CrossEntropyLoss"},
        },
        "wires": [
            "iris.features -> twist.a", "iris.features -> twist.b", "iris.label -> twist.label",
            "twist.a -> scores.input", "scores.output -> output.input", "scores.output -> loss.logits",
            "iris.label -> loss.target",
        ],
    },
    "twist": {
        "face": {"inputs": ["a", "b", "label"], "outputs": ["a", "b"]},
        "nodes": {"tanh": {"layer": "Tanh"}, "embedding": {"layer": "Embedding", "params": {"embedding_dim": 4}},
                  "sum": {"layer": "Add"}},
        "wires": [
            "in.b -> tanh.input", "tanh.output -> out.a", "in.label -> embedding.input",
            "in.a -> sum.inputs.0", "embedding.output -> sum.inputs.1", "sum.output -> out.b",
        ],
    },
}  # fmt: skip


def documents() -> list[Document]:
    return [*map(load, FILES), supervised(), supervised(None), file(CROSSED)]


def test_the_columns_of_a_prediction_are_found_without_laying_blocks_open():
    found = [(each, plan_of_outputs(each)) for each in documents()]

    told = [(document, plan) for document, plan in found if plan is not None]
    for document, plan in told:
        opened = prediction_plan(document)
        assert set(plan.columns) == set(opened.columns)
        assert list(plan.results) == list(opened.results)
    assert len(told) > 20


@pytest.mark.parametrize("rounds", [1, 2, 3, 4])
def test_a_column_that_only_some_rounds_look_at_is_found(rounds):
    networks = {**CROSSED, "main": {**CROSSED["main"]}}
    nodes = {**networks["main"]["nodes"], "twist": {"network": "twist", "repeat": rounds}}
    networks["main"]["nodes"] = nodes
    document = file(networks)

    plan = plan_of_outputs(document)

    assert plan is not None
    assert set(plan.columns) == set(prediction_plan(document).columns)
    assert any(end.port == "label" for end in plan.columns) == (rounds > 1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_faults_of_procedures_are_those_of_the_long_way(path):
    document = load(path)
    shapes = shapes_of(document.main)
    wild = [
        Procedure(
            "wild", kind, network, (Feed("nowhere", "noise"), Feed("image", "digits.image")), 5
        )
        for kind in ("sample", "interpolate", "denoise", "autoregressive")
        for network in document.networks
    ]

    for procedure in (*document.procedures, *wild):
        long = _Reading(document, procedure, shapes)
        long.loop()
        assert list(map(str, faults_of(document, procedure, shapes))) == list(map(str, long.faults))


def test_a_block_whose_outputs_all_lead_somewhere_is_surely_made():
    gan = load(ROOT / "tests" / "proofs" / "files" / "gan_ring.lamina")
    muted = {
        each: replace(node, marks=replace(node.marks, muted=True))
        for each, node in gan.main.nodes.items()
        if node.info is not None and node.info.role in ("loss", "output")
    }
    resting = gan.with_graph(gan.main.changed(nodes={**gan.main.nodes, **muted}))

    assert surely_made(gan, "made")
    assert not surely_made(resting, "made")


def test_a_procedure_of_a_block_repeated_thousands_of_times_is_checked_at_once():
    path = ROOT / "tests" / "proofs" / "files" / "gpt.lamina"
    document = loads(path.read_bytes().replace(b'"repeat": 4', b'"repeat": 4000'))

    start = time.process_time()
    report = check(document)

    assert report.problems == ()
    assert time.process_time() - start < 2  # as for any file
