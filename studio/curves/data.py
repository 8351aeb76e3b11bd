"""One growing curve as numpy arrays, with minima and maxima by bucket, so that a million points draw at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from studio.arrays import np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]

FACTOR = 8
"""How many buckets of one level make one of the next."""


class _Column:
    """Numbers in one array that grows by doubling."""

    def __init__(self) -> None:
        self._room: Floats = np.empty(256)
        self.count = 0

    @property
    def values(self) -> Floats:
        return self._room[: self.count]

    def write(self, start: int, values: Floats) -> None:
        """Cut at `start` and put these behind."""
        end = start + len(values)
        if end > len(self._room):
            grown = np.empty(max(end, 2 * len(self._room)))
            grown[:start] = self._room[:start]
            self._room = grown
        self._room[start:end] = values
        self.count = end


class Series:
    """Points with x that never falls and finite y. What is not finite is not taken, but remembered by its x."""

    def __init__(self) -> None:
        self._x, self._y = _Column(), _Column()
        self._levels: list[
            tuple[_Column, _Column]
        ] = []  # lowest and highest of FACTOR, FACTOR**2, ... points
        self.not_finite: list[float] = []

    def __len__(self) -> int:
        return self._x.count

    @property
    def x(self) -> Floats:
        """All x, as a view."""
        return self._x.values

    @property
    def y(self) -> Floats:
        """All y, as a view."""
        return self._y.values

    @property
    def reach(self) -> tuple[float, float] | None:
        """The first and the last x, those of values that were no finite number included; None without any."""
        ends = [
            *self.not_finite[:1],
            *self.not_finite[-1:],
            *(self.x[[0, -1]].tolist() if len(self) else ()),
        ]
        return (min(ends), max(ends)) if ends else None

    def extend(self, x: Sequence[float] | Floats, y: Sequence[float] | Floats) -> None:
        """Add points behind the others; those that lie before the last x are left out."""
        xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        if (
            len(self) and len(xs) and xs[0] <= self.x[-1]
        ):  # a run that went on from an earlier step tells it again
            later = xs > self.x[-1]
            xs, ys = xs[later], ys[later]
        finite = np.isfinite(ys)
        if not finite.all():
            self.not_finite.extend(xs[~finite].tolist())
            xs, ys = xs[finite], ys[finite]
        if not len(xs):
            return
        start = len(self)
        self._x.write(start, xs)
        self._y.write(start, ys)
        self._summarise(start)

    def _summarise(self, start: int) -> None:
        low = high = self.y
        for depth in range(32):
            start //= FACTOR
            if len(low) <= FACTOR:
                return
            if depth == len(self._levels):
                self._levels.append((_Column(), _Column()))
                start = 0
            edges = np.arange(start * FACTOR, len(low), FACTOR)
            lowest, highest = self._levels[depth]
            lowest.write(start, np.minimum.reduceat(low, edges))
            highest.write(start, np.maximum.reduceat(high, edges))
            low, high = lowest.values, highest.values

    def at(self, x: float) -> float | None:
        """The value of the point nearest to x; None if there are no points."""
        index = int(np.searchsorted(self.x, x))
        near = [each for each in (index - 1, index) if 0 <= each < len(self)]
        return float(self.y[min(near, key=lambda each: abs(self.x[each] - x))]) if near else None

    def between(self, left: float, right: float, columns: int) -> tuple[Floats, Floats]:
        """What to draw from `left` to `right` on so many columns of pixels, one point past either side included.

        Few points come as they are. Of many come, for each column, the lowest and the highest: no peak is
        lost, and there are at most four points a column.
        """
        first = max(int(np.searchsorted(self.x, left)) - 1, 0)
        last = min(int(np.searchsorted(self.x, right, side="right")) + 1, len(self))
        columns = max(columns, 1)
        if last - first <= 4 * columns:
            return self.x[first:last], self.y[first:last]
        depth, size = -1, 1
        while depth + 1 < len(self._levels) and (last - first) // (size * FACTOR) >= columns:
            depth, size = depth + 1, size * FACTOR
        low, high = (
            (self.y, self.y) if depth < 0 else (column.values for column in self._levels[depth])
        )
        begin, end = first // size, -(-last // size)
        edges = np.unique(np.linspace(begin, end, 2 * columns, endpoint=False).astype(np.int64))
        return self._zigzag(edges, end, size, (low, high))

    def _zigzag(
        self, edges: npt.NDArray[np.int64], end: int, size: int, bounds: tuple[Floats, Floats]
    ) -> tuple[Floats, Floats]:
        low, high = bounds
        y = np.empty(2 * len(edges))
        y[0::2] = np.minimum.reduceat(low[:end], edges)
        y[1::2] = np.maximum.reduceat(high[:end], edges)
        x = np.repeat(self.x[edges * size], 2)
        x[-1] = self.x[min(end * size, len(self)) - 1]  # the newest point stands where it is
        return x, y


class Smoothed:
    """Follows a series with its exponential moving average of this weight of the past, 0 <= weight < 1."""

    def __init__(self, weight: float) -> None:
        self.weight = weight
        self.series = Series()
        self._average = 0.0

    def follow(self, source: Series) -> Series:
        """The averages of all points of the source; only those that are new are computed."""
        done = len(self.series)
        if done < len(source):
            biased = averages(source.y[done:], self.weight, self._average)
            self._average = float(biased[-1])
            self.series.extend(source.x[done:], biased / _weights(self.weight, done, len(source)))
        return self.series


def averages(values: Floats, weight: float, before: float = 0.0) -> Floats:
    """`s[t] = weight * s[t-1] + (1 - weight) * values[t]` with s[-1] = `before`.

    Runs over the rows of a square at once, so that a million values take milliseconds.
    """
    count = len(values)
    width = max(int(np.sqrt(count)), 1)
    rows = -(-count // width)
    square = np.zeros(rows * width)
    square[:count] = values
    square = np.ascontiguousarray(square.reshape(rows, width).T) * (
        1 - weight
    )  # time runs down, then right
    for above, row in pairwise(square):
        np.add(row, weight * above, out=row)
    carried = np.empty(rows)
    carry, whole = before, weight**width
    for index, last in enumerate(square[-1].tolist()):
        carried[index] = carry
        carry = last + whole * carry
    square += np.multiply.outer(weight ** np.arange(1, width + 1), carried)
    return np.asarray(square.T.reshape(-1)[:count])


def _weights(weight: float, start: int, end: int) -> Floats:
    """How much of the average at each point is values, and not the zero before the first."""
    sums = np.ones(end - start)
    if 0 < weight < 1:
        short = min(
            end, int(-40 / np.log(weight)) + 1
        )  # later ones differ from 1 by less than a float shows
        if short > start:
            sums[: short - start] -= weight ** np.arange(start + 1, short + 1, dtype=np.float64)
    return sums
