"""The data of a document, ready to train on: read, joined, split, normalised and turned into tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import torch

import graphs.layers  # noqa: F401 - registers all layer types
import lightning_modules.datasets  # noqa: F401 - registers all sources
from graphs.layer import DataLayer
from lightning_modules.dataset import SOURCES, Column, DataError, Table
from lightning_modules.joining import join
from lightning_modules.large_arrays import chunks, room_for
from lightning_modules.normalisation import Scale, fit
from lightning_modules.schema import refresh_schema
from lightning_modules.splits import SPLITS, Split, split

if TYPE_CHECKING:
    from pathlib import Path

    from graphs.content import Document
    from graphs.graph import Node

__all__ = [
    "Columns",
    "DataError",
    "Prepared",
    "data_nodes",
    "prepare",
    "read_table",
    "refresh_schema",
]

Columns: TypeAlias = "dict[str, torch.Tensor]"
"""Tensors (N, axes...) by "NODE_ID.PORT", all of one length N, float32 or int64, on the CPU."""


class UnusableNode(DataError):  # noqa: N818 - named after what it is about
    """The data of one node cannot be used; `nodes` holds its id, so that the screen can point at it."""

    def __init__(self, message: str, node: Node) -> None:
        super().__init__(message)
        self.nodes = (node.id,)


@dataclass(frozen=True)
class Prepared:
    """The columns of every part, with what it takes to read them and what comes out of a network.

    Every part is there; one whose share is 0 has 0 samples. `classes` are class names by "NODE_ID.PORT",
    `scales` the normalisation of every column that has one; both fit the training part alone. `left_out`
    says which rows have no partner in data joined by a key, a sentence for each of these.
    """

    splits: Mapping[Split, Columns]
    classes: Mapping[str, tuple[str, ...]]
    scales: Mapping[str, Scale]
    primary: str
    left_out: tuple[str, ...] = ()

    def count(self, part: Split) -> int:
        """How many samples a part has."""
        return len(next(iter(self.splits[part].values())))


def prepare(document: Document, base: Path) -> Prepared:
    """Read and split the data of `main`; relative paths start from `base`.

    The first wired data node is the primary one: its rows make the epoch. Where it and another data node
    have keys, rows of equal keys are joined, and rows of the primary one without a partner are left out before
    the split. Another data node with as many rows is joined row by row; one with more or fewer is split on its own
    and its parts begin again, or end early, so that they are as long as those of the primary one.

    Raises:
        DataError: the data cannot be used.
    """
    nodes = data_nodes(document)
    if not nodes:
        raise DataError("There is no data in this graph. Add a data layer and wire it to a layer.")
    tables = {node.id: read_table(node, base) for node in nodes}
    primary = nodes[0]
    joined = join(nodes, tables)
    rows = _split(document, primary, tables[primary.id], joined.rows[primary.id])
    parts: dict[Split, Columns] = {part: {} for part in SPLITS}
    classes: dict[str, tuple[str, ...]] = {}
    scales: dict[str, Scale] = {}
    for node in nodes:
        table = tables[node.id]
        partners = joined.rows.get(node.id)
        if partners is None:
            own = _split(document, node, table, np.arange(table.count))
        else:
            own = {part: partners[taken] for part, taken in rows.items()}
        for port, column in table.columns.items():
            name = f"{node.id}.{port}"
            scale = scale_of(node, port, column, own["train"])
            if scale is not None:
                scales[name] = scale
            if column.classes:
                classes[name] = column.classes
            for part in SPLITS:
                taken = _as_long(own[part], len(rows[part]))
                parts[part][name] = _rows_of(column.values, taken, scale)
    return Prepared(parts, classes, scales, primary.id, joined.left_out)


def data_nodes(document: Document) -> tuple[Node, ...]:
    """The data nodes of `main` that something is wired to, the primary one first."""
    graph = document.main
    return tuple(
        node for node in graph.by_role("data") if graph.outgoing[node.id] and not node.marks.muted
    )


def data_layer(node: Node) -> DataLayer:
    """The layer of a data node.

    Raises:
        DataError: one of its parameters is wrong.
    """
    if not isinstance(node.layer, DataLayer):
        fault = " ".join(node.faults) or "it is no data layer."
        raise DataError(f"{node.phrase} cannot be read: {fault}")
    return node.layer


def read_table(node: Node, base: Path) -> Table:
    """All samples of a data node.

    Raises:
        DataError: they cannot be read.
    """
    layer = data_layer(node)
    if node.type not in SOURCES:
        raise DataError(
            f"{node.phrase} cannot be read: this version has no source for {node.type}."
        )
    try:
        table = SOURCES[node.type](layer, base)
    except DataError as error:
        raise UnusableNode(str(error), node) from error
    if table.count == 0:
        raise DataError(f"{node.phrase} has no rows.")
    return table


def scale_of(node: Node, port: str, column: Column, train: np.ndarray) -> Scale | None:
    """The normalisation of a column, fitted on its training rows; None if it has none and misses nothing."""
    layer = data_layer(node)
    if column.values.dtype != np.float32:
        return None
    if layer.normalize == "none" and not _misses_some(column.values):
        return None
    axis = _scaled_axis(layer, port)
    return fit(column.values, layer.normalize, axis, column.as_they_are, train)


def as_tensor(values: np.ndarray, scale: Scale | None) -> torch.Tensor:
    """Values of a column as the network gets them."""
    tensor = torch.from_numpy(np.ascontiguousarray(values))
    return tensor if scale is None else scale.apply(tensor)


def _rows_of(values: np.ndarray, rows: np.ndarray, scale: Scale | None) -> torch.Tensor:
    """Some rows of a column as the network gets them; where they are many, they stand in a file."""
    made = room_for((len(rows), *values.shape[1:]), values.dtype)
    for piece in chunks(len(rows), values[:1].nbytes):
        made[piece] = as_tensor(values[rows[piece]], scale).numpy()
    return torch.from_numpy(made)


def _misses_some(values: np.ndarray) -> bool:
    return any(
        bool(np.isnan(values[piece]).any()) for piece in chunks(len(values), values[:1].nbytes)
    )


def _scaled_axis(layer: DataLayer, port: str) -> int | None:
    """Channels of images and features of tables and series have statistics of their own."""
    letters = layer.columns()[port].letters
    if not letters:
        return None
    return letters.index("C") if "C" in letters else len(letters) - 1


def _split(
    document: Document, node: Node, table: Table, among: np.ndarray
) -> dict[Split, np.ndarray]:
    """Places in `among`, the rows of the table that take part, for every part of the split."""
    layer = data_layer(node)
    labels = _labels(document, node, table)
    try:
        return split(
            len(among),
            layer.split,
            document.run.seed,
            None if labels is None else labels[among],
            shuffle=layer.shuffle,
        )
    except DataError as error:
        raise DataError(f"{node.phrase}: {error}") from error


def _labels(document: Document, node: Node, table: Table) -> np.ndarray | None:
    """The classes that every part gets its share of: those that something is wired to, before others."""
    wired = [wire.source.port for wire in document.main.outgoing[node.id]]
    ports = sorted(table.columns, key=lambda port: port not in wired)
    return next((table.columns[port].values for port in ports if table.columns[port].classes), None)


def _as_long(rows: np.ndarray, count: int) -> np.ndarray:
    """These rows, again from the beginning or cut, so that there are `count` of them."""
    if len(rows) == count:
        return rows
    if len(rows) == 0:
        raise DataError(
            "Two data layers do not fit together: one has no samples in a part where the other has some."
        )
    return rows[np.arange(count) % len(rows)]
