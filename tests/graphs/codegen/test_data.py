"""Data in exported source: what can be drawn or read there is what Lamina itself draws or reads."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import lightning_modules.datasets  # noqa: F401 - registers all sources
from graphs import edits
from graphs.codegen import source
from graphs.content import Document
from graphs.graph import End, Graph
from graphs.layer import LAYERS, DataLayer
from lightning_modules.dataset import SOURCES
from tests.graphs.written import complaints, imported

DRAWN = {
    "Digits": {}, "Iris": {}, "Wine": {}, "BreastCancer": {}, "Diabetes": {},
    "GaussianRing": {"samples": 40, "radius": 3.0, "std": 0.2, "seed": 5},
    "Moons": {"samples": 30, "noise": 0.3, "seed": 1},
    "Noise": {"samples": 20, "size": (3, 2), "seed": 2, "normalize": "none"},
    "SyntheticSeries": {"samples": 60, "length": 9, "seed": 3},
}  # fmt: skip


def document(type_id: str, params: dict) -> Document:
    """The data layer, with an Output behind each of its columns, in order of the file, all of it to train."""
    values = {**params, "normalize": "none", "shuffle": False, "split": (0.98, 0.01, 0.01)}
    graph, data = edits.add_node(Graph(), type_id, params=values)
    for port in LAYERS[type_id](**values).outputs():
        graph, end = edits.add_node(graph, "Output")
        graph = edits.connect(graph, End(data, port), End(end, "input"))
    return Document(networks={"main": graph})


def test_every_kind_of_data_that_source_can_give_stands_here():
    known = {
        each
        for each, cls in LAYERS.items()
        if issubclass(cls, DataLayer) and cls.data_code is not DataLayer.data_code
    }

    assert known == DRAWN.keys()


@pytest.mark.parametrize("type_id", DRAWN)
def test_exported_data_are_those_of_lamina(type_id, tmp_path):
    made = document(type_id, DRAWN[type_id])
    text = source(made).text
    (data,) = made.main.by_role("data")
    table = SOURCES[type_id](data.layer, Path())

    found = imported(text, tmp_path).load_data()

    assert "Put your own data here" not in text
    for (name, column), tensor in zip(table.columns.items(), found.tensors, strict=True):
        wanted = torch.as_tensor(column.values)[: len(tensor)]
        torch.testing.assert_close(tensor, wanted.to(tensor.dtype), rtol=1e-6, atol=1e-6, msg=name)
    assert complaints(text, tmp_path) == ""


def test_two_sources_do_not_read_each_other(tmp_path):
    graph, wine = edits.add_node(Graph(), "Wine", params={"normalize": "none", "shuffle": False})
    graph, iris = edits.add_node(graph, "Iris", params={"normalize": "none"})
    for data in (wine, iris):
        graph, _ = edits.append_after(graph, data, "Output")

    found = imported(source(Document(networks={"main": graph})).text, tmp_path).load_data()

    assert [each.shape[1] for each in found.tensors] == [13, 4]
