"""What a data set is: a table of named columns that a source reads for one data layer; and the registry of sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from graphs.layer import DataLayer

    Array: TypeAlias = npt.NDArray[Any]


class DataError(ValueError):
    """Data that cannot be used, in one sentence: what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Column:
    """One column of all samples, as it was read: (N, axes...) in float32 (NaN where missing) or int64.

    `classes` are the names of class labels in order. `scaled` says that the layer's normalisation applies.
    """

    values: np.ndarray
    classes: tuple[str, ...] = ()
    scaled: bool = False


@dataclass(frozen=True)
class Table:
    """The columns of one data layer by port, all of one length N; the order of samples is the source's own."""

    columns: Mapping[str, Column]

    @property
    def count(self) -> int:
        """How many samples there are."""
        return len(next(iter(self.columns.values())).values)


Source: TypeAlias = "Callable[[DataLayer, Path], Table]"

SOURCES: dict[str, Source] = {}
"""Every source by the type of its data layer, complete once `lightning_modules.datasets` is imported."""


def source(type_id: str) -> Callable[[Source], Source]:
    """Register a function as what reads the data of this layer type.

    It gets the layer and the folder that relative paths start from, and raises DataError.
    """

    def register(read: Source) -> Source:
        assert type_id not in SOURCES, f"two sources are called {type_id}"
        SOURCES[type_id] = read
        return read

    return register
