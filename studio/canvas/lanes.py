"""Ways around nodes: a wire that would run behind others takes a free lane above or below them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from studio.arrays import np
from studio.canvas.geometry import TURN

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

LEAST_LENGTH = 300.0
"""A shorter wire to the right has no node between its ends."""
LEAST_BACK = 120.0
"""A wire that goes back further than this to the left does so along a lane."""

CLEAR, APART = 22.0, 10.0
MOST_TRIED = 40
RATHER_BELOW = 80.0
"""How much nearer a lane above must be: names stand above, and the main wire leaves the uppermost port."""
MOST_REMEMBERED = 4096
"""For how many wires the lane is remembered."""
LOOK = 700.0
"""How far above and below its ends a lane is looked for."""


def may_need_lane(x1: float, x2: float) -> bool:
    """Whether a wire between these places is long enough to run along a lane."""
    return x2 - x1 > LEAST_LENGTH or x1 - x2 > LEAST_BACK


class Lanes:
    """The lanes of one graph, given out one by one; wires of one port share theirs."""

    def __init__(self, rects: Array) -> None:
        self._rects = rects
        self._taken: list[tuple[float, float, float, object]] = []

    def give(self, port: object, x1: float, y1: float, x2: float, y2: float) -> float | None:
        """The height of the free lane nearest to a wire from `port`; None if the wire needs none."""
        if not may_need_lane(x1, x2) or not len(self._rects):
            return None
        back = x2 < x1
        left, right = (x2, x1) if back else (x1 + TURN * 0.5, x2 - TURN * 0.5)
        x, y, width, height = self._rects.T
        between = (
            (x < right)
            & (x + width > left)
            & (y < max(y1, y2) + LOOK)
            & (y + height > min(y1, y2) - LOOK)
        )
        if not between.any():
            return (y1 + y2) / 2 if back else None
        tops, lows = y[between], (y + height)[between]
        if not back:
            parts = x[between] + width[between] * np.array([[0.0], [0.5], [1.0]])
            along = np.clip((parts - x1) / (x2 - x1), 0.0, 1.0)
            line = y1 + (y2 - y1) * along * along * (3.0 - 2.0 * along)  # close to the plain curve
            low, high = line.min(axis=0), line.max(axis=0)
            if not ((high > tops - 4.0) & (low < lows + 4.0)).any():
                return None
        lane = self._free(port, left, right, (y1 + y2) / 2, tops, lows)
        if lane is not None:
            self._taken.append((left, right, lane, port))
        return lane

    def _free(
        self, port: object, left: float, right: float, wanted: float, tops: Array, lows: Array
    ) -> float | None:
        used = [
            (height, owner)
            for a, b, height, owner in self._taken
            if a < right and b > left and abs(height - wanted) < 2 * LOOK
        ]
        shared = tuple(height for height, owner in used if owner == port)
        heights = tuple(height for height, _ in used)
        return _nearest(wanted, shared, heights, tops.tobytes(), lows.tobytes())


@lru_cache(maxsize=MOST_REMEMBERED)
def _nearest(
    wanted: float, shared: tuple[float, ...], used: tuple[float, ...], tops_: bytes, lows_: bytes
) -> float | None:
    """The free height nearest to the wanted one. Remembered, for an edit leaves most wires as they were."""
    tops, lows = np.frombuffer(tops_), np.frombuffer(lows_)
    outside = np.unique(np.concatenate((tops - CLEAR, lows + CLEAR)))
    outside = outside[~_blocked(outside, tops, lows)]
    costs = np.abs(outside - wanted) + np.where(outside < wanted, RATHER_BELOW, 0.0)
    outside = outside[np.argsort(costs, kind="stable")][:MOST_TRIED]
    for lane in (*shared, *outside.tolist()):
        height = lane
        if lane not in shared:
            away = 1.0 if height >= wanted else -1.0
            while any(abs(height - other) < APART for other in used):
                height += away * APART
        if not _blocked(np.array([height]), tops, lows)[0]:
            return height
    return None


def _blocked(heights: Array, tops: Array, lows: Array) -> Array:
    """Which of these heights run through, or too close to, a node that spans from one of the tops to its low."""
    over = heights[:, None] > tops[None, :] - CLEAR + 1.0
    within = over & (heights[:, None] < lows[None, :] + CLEAR - 1.0)
    return np.asarray(within.any(axis=1))
