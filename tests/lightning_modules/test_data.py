"""Tests of preparing a document's data: joined, split, normalised, in tensors."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from graphs.content import Document, RunSettings
from graphs.graph import End, Graph, Marks, Node, Wire
from graphs.layers.data_csv import CSVFile
from graphs.param import Path as Path_
from lightning_modules.data import DataError, prepare, refresh_schema
from lightning_modules.dataset import SOURCES, Column, Table
from lightning_modules.splits import SPLITS

HERE = Path()


def document_of(*nodes: Node, seed: int = 0) -> Document:
    """A document whose data nodes are all wired to something."""
    made = {node.id: node for node in nodes} | {"flatten": Node("flatten", "Flatten")}
    wires = tuple(
        Wire(End(node.id, port), End("flatten", f"{node.id}_{port}"))
        for node in nodes
        for port in (node.layer.outputs()[:1] if node.layer else ("features",))
    )
    return Document(networks={"main": Graph(made, wires)}, run=RunSettings(seed=seed))


def test_digits_are_images_and_labels_of_equal_shares():
    prepared = prepare(document_of(Node("digits", "Digits")), HERE)

    assert {part: prepared.count(part) for part in SPLITS} == {
        "train": 1258,
        "val": 270,
        "test": 269,
    }
    images, labels = (
        prepared.splits["train"]["digits.image"],
        prepared.splits["train"]["digits.label"],
    )
    assert (images.shape, images.dtype, labels.dtype) == (
        (1258, 1, 8, 8),
        torch.float32,
        torch.int64,
    )
    assert prepared.classes["digits.label"] == tuple("0123456789")
    assert all(
        len(labels.unique()) == 10
        for labels in (prepared.splits[part]["digits.label"] for part in SPLITS)
    )


@pytest.mark.parametrize(
    "kind", ["Digits", "Iris", "Wine", "BreastCancer", "Diabetes", "SyntheticSeries"]
)
def test_columns_are_as_the_layer_declares_them(kind):
    node = Node("data", kind)

    prepared = prepare(document_of(node), HERE)

    for port, spec in node.layer.columns().items():
        column = prepared.splits["val"][f"data.{port}"]
        assert (tuple(column.shape[1:]), str(column.dtype)) == (spec.sizes, f"torch.{spec.dtype}")
        assert prepared.classes.get(f"data.{port}", ()) == spec.names


def test_normalisation_is_fitted_on_the_training_part_alone(monkeypatch):
    """A source whose test rows are huge: if they counted, the training part would not have mean 0."""
    base = np.random.default_rng(0).normal(5, 2, (100, 4)).astype(np.float32)
    labels = np.zeros(100, dtype=np.int64)
    labels[::2] = 1
    document = document_of(Node("iris", "Iris"))
    held_out = _rows_outside_training(document, base, labels, monkeypatch)
    spoiled = base.copy()
    spoiled[held_out] = 1e6

    clean = _prepared(document, base, labels, monkeypatch)
    leaky = _prepared(document, spoiled, labels, monkeypatch)

    assert leaky.scales == clean.scales
    assert torch.equal(
        leaky.splits["train"]["iris.features"], clean.splits["train"]["iris.features"]
    )
    assert clean.splits["train"]["iris.features"].mean(0).abs().max() < 1e-5


def _prepared(document, features, labels, monkeypatch):
    table = Table({"features": Column(features), "label": Column(labels, classes=("a", "b", "c"))})
    monkeypatch.setitem(SOURCES, "Iris", lambda layer, base: table)
    return prepare(document, HERE)


def _rows_outside_training(document, base, labels, monkeypatch):
    numbered = np.arange(len(base), dtype=np.float32)[:, None].repeat(4, axis=1)
    plain = document.with_graph(
        replace(
            document.main,
            nodes={
                **document.main.nodes,
                "iris": document.main.nodes["iris"].with_params(normalize="none"),
            },
        )
    )
    prepared = _prepared(plain, numbered, labels, monkeypatch)
    return (
        torch.cat([prepared.splits[part]["iris.features"][:, 0] for part in ("val", "test")])
        .long()
        .numpy()
    )


def test_normalisation_none_leaves_the_numbers():
    prepared = prepare(document_of(Node("iris", "Iris", {"normalize": "none"})), HERE)

    assert prepared.scales == {}
    assert 4 < prepared.splits["train"]["iris.features"][:, 0].mean() < 7


def test_a_target_is_normalised_and_can_be_undone():
    prepared = prepare(document_of(Node("diabetes", "Diabetes")), HERE)
    target = prepared.splits["test"]["diabetes.target"]

    back = prepared.scales["diabetes.target"].undo(target)

    assert target.abs().max() < 5
    assert 25 <= back.min() < back.max() <= 346


def test_another_seed_splits_otherwise_and_the_same_one_the_same():
    first, again, other = (
        prepare(document_of(Node("iris", "Iris"), seed=seed), HERE).splits["test"]["iris.features"]
        for seed in (1, 1, 2)
    )

    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_two_data_nodes_with_as_many_rows_are_joined_row_by_row():
    prepared = prepare(
        document_of(Node("left", "Iris"), Node("right", "Iris", {"split": (0.2, 0.4, 0.4)})), HERE
    )

    for part in SPLITS:
        assert torch.equal(
            prepared.splits[part]["left.label"], prepared.splits[part]["right.label"]
        )


def test_a_data_node_with_fewer_rows_begins_again():
    prepared = prepare(document_of(Node("wine", "Wine"), Node("iris", "Iris")), HERE)

    assert {len(column) for column in prepared.splits["train"].values()} == {124}
    assert torch.equal(
        prepared.splits["train"]["iris.features"][105:],
        prepared.splits["train"]["iris.features"][:19],
    )


def test_data_that_nothing_is_wired_to_are_not_read():
    document = document_of(Node("iris", "Iris"))
    lost = Node("csv_file", "CSVFile", {"path": "nowhere.csv"})
    graph = replace(document.main, nodes={**document.main.nodes, "csv_file": lost})

    prepared = prepare(document.with_graph(graph), HERE)

    assert set(prepared.splits["train"]) == {"iris.features", "iris.label"}


def test_a_muted_data_node_is_not_read():
    muted = Node("wine", "Wine", marks=Marks(muted=True))

    prepared = prepare(document_of(Node("iris", "Iris"), muted), HERE)

    assert prepared.primary == "iris"
    assert "wine.features" not in prepared.splits["train"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (Document(), "There is no data in this graph. Add a data layer and wire it to a layer."),
        (
            document_of(Node("iris", "Iris", {"split": "all"})),
            'Iris cannot be read: Split must be a short list of numbers, but is "all".',
        ),
        (
            document_of(Node("iris", "Iris", {"split": (0.0, 0.5, 0.5)})),
            (
                "Iris: The split must be three shares (training, validation, test) with training above 0, "
                "but is 0, 0.5, 0.5."
            ),
        ),
    ],
)
def test_what_cannot_be_prepared_is_said_in_a_sentence(document, message):
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        prepare(document, HERE)


def test_waves_are_the_same_for_the_same_seed():
    first, again, other = (
        prepare(document_of(Node("waves", "SyntheticSeries", {"seed": seed, "samples": 50})), HERE)
        for seed in (0, 0, 1)
    )

    assert torch.equal(
        first.splits["train"]["waves.sequence"], again.splits["train"]["waves.sequence"]
    )
    assert not torch.equal(
        first.splits["train"]["waves.sequence"], other.splits["train"]["waves.sequence"]
    )


def test_the_target_of_a_wave_is_its_next_value():
    node = Node(
        "waves",
        "SyntheticSeries",
        {"samples": 30, "noise": 0.0, "kind": "sine", "normalize": "none"},
    )

    columns = prepare(document_of(node), HERE).splits["train"]

    # Equal steps of a sine obey x[t+1] = 2 cos(w) x[t] - x[t-1], with w from any other place of the wave.
    steps = torch.cat([columns["waves.sequence"][..., 0], columns["waves.target"]], dim=1).double()
    doubled = (steps[:, 2:] + steps[:, :-2]) * steps[:, 1:-1]
    factor = doubled.sum(1) / (steps[:, 1:-1] ** 2).sum(1)
    assert torch.allclose(steps[:, -1], factor * steps[:, -2] - steps[:, -3], atol=1e-5)


def test_a_part_that_one_of_two_data_nodes_lacks_is_refused():
    document = document_of(Node("iris", "Iris"), Node("wine", "Wine", {"split": (0.8, 0.2, 0.0)}))

    with pytest.raises(DataError) as refused:
        prepare(document, HERE)

    assert str(refused.value) == (
        "Two data layers do not fit together: one has no samples in a part where the other has some."
    )


def test_a_source_without_rows_is_refused(monkeypatch):
    empty = Table({"features": Column(np.empty((0, 4), np.float32))})
    monkeypatch.setitem(SOURCES, "Iris", lambda layer, base: empty)

    with pytest.raises(DataError) as refused:
        prepare(document_of(Node("iris", "Iris")), HERE)

    assert str(refused.value) == "Iris has no rows."


def test_a_layer_without_a_source_is_refused(monkeypatch):
    monkeypatch.delitem(SOURCES, "Iris")

    with pytest.raises(DataError) as refused:
        prepare(document_of(Node("iris", "Iris")), HERE)

    assert str(refused.value) == "Iris cannot be read: this version has no source for Iris."


def test_paths_start_from_the_folder_of_the_document(tmp_path):
    (tmp_path / "points.csv").write_text(
        "x,y\n" + "".join(f"{row * row},{row % 2}\n" for row in range(20))
    )
    layer = CSVFile(path=Path_("points.csv"))
    schema = refresh_schema(layer, tmp_path)
    node = Node("csv_file", "CSVFile", {"path": "points.csv", "schema": schema})

    prepared = prepare(document_of(node), tmp_path)

    assert prepared.count("train") == 14
    assert prepared.classes["csv_file.y"] == ("0", "1")
