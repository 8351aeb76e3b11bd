"""What a data set is: a table of named columns that a source reads for one data layer; and the registry of sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    from graphs.layer import DataLayer


class DataError(ValueError):
    """Data that cannot be used, in one sentence: what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Column:
    """One column of all samples, as it was read: (N, axes...) in float32 (NaN where missing) or int64.

    `classes` are the names of class labels in order. The layer's normalisation applies to all numbers but
    those at the places `as_they_are` of the last axis: ones and zeros that stand for a text.
    """

    values: np.ndarray
    classes: tuple[str, ...] = ()
    as_they_are: tuple[int, ...] = ()


@dataclass(frozen=True)
class Table:
    """The columns of one data layer by port, all of one length N; the order of samples is the source's own.

    `keys` tell the rows apart where data are joined: a text for each, empty where a row has none. Those of files
    are paths with slashes. Most tables have no keys.
    """

    columns: Mapping[str, Column]
    keys: tuple[str, ...] | None = None

    @property
    def count(self) -> int:
        """How many samples there are."""
        return len(next(iter(self.columns.values())).values)


Schema: TypeAlias = "dict[str, Any]"
"""What a data layer remembers of its file, so that checking a document reads no data."""

Source: TypeAlias = "Callable[[DataLayer, Path], Table]"

Look: TypeAlias = "Callable[[DataLayer, Path], Schema]"

SOURCES: dict[str, Source] = {}
"""Every source by the type of its data layer, complete once `lightning_modules.datasets` is imported."""


@dataclass(frozen=True)
class Inputs:
    """Samples from files that a person wants answers for: what each is called, and columns without labels."""

    names: tuple[str, ...]
    columns: Mapping[str, Column]


ReadInputs: TypeAlias = "Callable[[DataLayer, tuple[Path, ...]], Inputs]"

INPUTS: dict[str, ReadInputs] = {}
"""How files of a layer's kind are read for predictions; types without one know their own samples only."""

ReadRow: TypeAlias = "Callable[[DataLayer, np.ndarray], tuple[tuple[str, str], ...]]"

ROWS: dict[str, ReadRow] = {}
"""How people read one row of a layer's features (E,), in the unit of the data: headings with values."""

LOOKS: dict[str, Look] = {}
"""How the schema of a layer of this type is made from its file or folder; most types have none."""


def source(type_id: str) -> Callable[[Source], Source]:
    """Register a function as what reads the data of this layer type.

    It gets the layer and the folder that relative paths start from, and raises DataError.
    """

    def register(read: Source) -> Source:
        assert type_id not in SOURCES, f"two sources are called {type_id}"
        SOURCES[type_id] = read
        return read

    return register


def look(type_id: str) -> Callable[[Look], Look]:
    """Register a function as what makes the schema of this layer type; it raises DataError."""

    def register(find: Look) -> Look:
        assert type_id not in LOOKS, f"two looks are called {type_id}"
        LOOKS[type_id] = find
        return find

    return register


def inputs(type_id: str) -> Callable[[ReadInputs], ReadInputs]:
    """Register a function as what reads files for predictions with this layer type; it raises DataError."""

    def register(read: ReadInputs) -> ReadInputs:
        assert type_id not in INPUTS, f"two readers of inputs are called {type_id}"
        INPUTS[type_id] = read
        return read

    return register


def row(type_id: str) -> Callable[[ReadRow], ReadRow]:
    """Register a function as how people read a row of this layer type's features."""

    def register(read: ReadRow) -> ReadRow:
        assert type_id not in ROWS, f"two readers of rows are called {type_id}"
        ROWS[type_id] = read
        return read

    return register


def resolve(path: str, base: Path) -> Path:
    """Where a path of a document lies: relative ones start from `base`."""
    return base / Path(path).expanduser()
