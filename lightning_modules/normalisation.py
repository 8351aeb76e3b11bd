"""Normalisation of columns: statistics of the training part alone, applied to every part and undone for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from lightning_modules.large_arrays import chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

DOUBLE_BYTES = 8

SMALLEST_SPREAD = 1e-9
"""Relative to the mean: what differs less is rounding, and dividing by it would blow it up."""


@dataclass(frozen=True)
class Scale:
    """x becomes (x - shift) / factor, one pair for each place of `axis` (counted without the batch).

    `axis` None means one pair for all. `fill` stands where a value is missing, before scaling.
    """

    shift: tuple[float, ...]
    factor: tuple[float, ...]
    fill: tuple[float, ...]
    axis: int | None = None

    def apply(self, values: torch.Tensor) -> torch.Tensor:
        """The values (N, axes...) with missing ones filled, scaled, in float32."""
        precise = values.double()
        whole = torch.where(precise.isnan(), self._standing(self.fill, precise), precise)
        return (
            (whole - self._standing(self.shift, precise)) / self._standing(self.factor, precise)
        ).float()

    def undo(self, values: torch.Tensor) -> torch.Tensor:
        """The values as they stood in the data, from scaled ones, in float32 on their device."""
        precise = values.float() if values.device.type == "mps" else values.double()
        return (
            precise * self._standing(self.factor, precise) + self._standing(self.shift, precise)
        ).float()

    def _standing(self, numbers: tuple[float, ...], like: torch.Tensor) -> torch.Tensor:
        shape = [1] * like.ndim
        if self.axis is not None:
            shape[self.axis + 1] = len(numbers)
        return torch.tensor(numbers, dtype=like.dtype, device=like.device).reshape(shape)

    def to_json(self) -> dict[str, Any]:
        """Itself as JSON, for the run's folder."""
        return {
            "shift": list(self.shift),
            "factor": list(self.factor),
            "fill": list(self.fill),
            "axis": self.axis,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Scale:
        """The scale that `to_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is not one.
        """
        shift, factor, fill = (
            tuple(float(number) for number in values[name]) for name in ("shift", "factor", "fill")
        )
        axis = values["axis"]
        return cls(shift, factor, fill, None if axis is None else int(axis))


def fit(
    values: np.ndarray,
    method: str,
    axis: int | None,
    as_they_are: Sequence[int] = (),
    rows: np.ndarray | None = None,
) -> Scale:
    """The scale of a column from its training rows (N, axes...), NaN where missing; all rows if none are named.

    "standard" brings mean 0 and standard deviation 1, "minmax" the range 0 to 1, "none" only fills
    what is missing (with the mean). A constant column keeps factor 1, so that it becomes 0. The places
    `as_they_are` of the axis are not scaled.
    """
    along = tuple(index for index in range(values.ndim) if axis is None or index != axis + 1)
    taken = np.arange(len(values)) if rows is None else rows

    def over(what: Callable[[Any], Any], unknown: float = 0.0) -> np.ndarray:
        """Piece by piece; `unknown` where all of a piece is missing."""
        return np.stack(
            [
                np.atleast_1d(np.ma.filled(what(np.ma.masked_invalid(each)), unknown))
                for each in _pieces(values, taken)
            ]
        )

    count = over(lambda known: np.asarray(known.count(axis=along))).sum(axis=0)
    some = np.maximum(count, 1)
    mean = over(lambda known: known.sum(axis=along)).sum(axis=0) / some
    shift, factor = np.zeros_like(mean), np.ones_like(mean)
    if method == "standard":
        middle = np.expand_dims(mean, along) if axis is not None else mean
        squares = over(lambda known: ((known - middle) ** 2).sum(axis=along)).sum(axis=0)
        shift, factor = mean, np.where(count > 0, np.sqrt(squares / some), 1.0)
    elif method == "minmax":
        lowest = over(lambda known: known.min(axis=along), np.inf).min(axis=0)
        highest = over(lambda known: known.max(axis=along), -np.inf).max(axis=0)
        shift, factor = np.where(count > 0, lowest, 0.0), np.where(count > 0, highest, 1.0)
        factor = factor - shift
    else:
        assert method == "none", method
    factor = np.where(factor > np.abs(shift) * SMALLEST_SPREAD, factor, 1.0)
    shift[list(as_they_are)], factor[list(as_they_are)] = 0.0, 1.0
    return Scale(tuple(shift.tolist()), tuple(factor.tolist()), tuple(mean.tolist()), axis)


def _pieces(values: np.ndarray, rows: np.ndarray) -> Iterator[np.ndarray]:
    """These rows in double precision, some of them at a time: all at once might not stand in memory."""
    for piece in chunks(len(rows), values[:1].size * DOUBLE_BYTES):
        yield values[rows[piece]].astype(np.float64)
