"""Where all nodes and wires are, as arrays: for the far view, and for finding what is under a hand."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from studio.arrays import np
from studio.canvas.geometry import curve_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from PySide6.QtCore import QPointF, QRectF

    from graphs.graph import Wire

    Array = npt.NDArray[Any]

HALF = 7
"""Half the points of a wire in the arrays: straight between them is close enough for hands and from afar."""


class Places:
    """Arrays in the order of `nodes` and `wires`. The scene keeps them up to date, row by row while things move."""

    def __init__(self) -> None:
        self.nodes: list[str] = []
        self.wires: list[Wire] = []
        self.rows: dict[str, int] = {}
        self.touching: dict[str, list[int]] = {}
        self._curves: Array | None = None

    @cached_property  # of the first graph: the window shows without numpy
    def rects(self) -> Array:
        """x, y, width, height of each node; (n, 4)."""
        return np.zeros((0, 4))

    @cached_property
    def ends(self) -> Array:
        """x1, y1, x2, y2 of each wire; (n, 4)."""
        return np.zeros((0, 4))

    @cached_property
    def lanes(self) -> Array:
        """The height at which each wire runs, NaN for none; (n,)."""
        return np.zeros(0)

    def reset(
        self, nodes: Sequence[str], rects: Array, wires: Sequence[Wire], ends: Array, lanes: Array
    ) -> None:
        """Hold these nodes and wires instead."""
        self.rects, self.ends, self._curves = rects, ends, None
        self.lanes = lanes
        if self.nodes == nodes and self.wires == wires:
            return  # some have only moved or grown
        self.nodes, self.wires = list(nodes), list(wires)
        self.rows = {node: row for row, node in enumerate(self.nodes)}
        self.touching = {}
        for row, wire in enumerate(self.wires):
            self.touching.setdefault(wire.source.node, []).append(row)
            if wire.target.node != wire.source.node:
                self.touching.setdefault(wire.target.node, []).append(row)

    def put_node(self, node: str, x: float, y: float) -> None:
        """A node stands here now."""
        self.rects[self.rows[node], :2] = x, y

    def put_wire(self, row: int, start: QPointF, end: QPointF, lane: float | None) -> None:
        """A wire, by its row, runs between these points now."""
        self.lanes[row] = np.nan if lane is None else lane
        self.ends[row] = start.x(), start.y(), end.x(), end.y()
        if self._curves is not None:
            self._curves[row] = curve_points(
                self.ends[row : row + 1], self.lanes[row : row + 1], HALF
            )[0]

    @property
    def curves(self) -> Array:
        """Points along all wires (N, 14, 2)."""
        if self._curves is None:
            self._curves = curve_points(self.ends, self.lanes, HALF)
        return self._curves

    def bounds(
        self, nodes: Sequence[str] | frozenset[str] | None = None
    ) -> tuple[float, float, float, float] | None:
        """Left, top, right and bottom of these nodes (of all, if none are given)."""
        rects = (
            self.rects
            if nodes is None
            else self.rects[[self.rows[each] for each in nodes if each in self.rows]]
        )
        if not len(rects):
            return None
        low, high = rects[:, :2].min(axis=0), (rects[:, :2] + rects[:, 2:]).max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def node_at(self, point: QPointF, slack: float = 0.0) -> str | None:
        """The topmost node under a point."""
        if not self.nodes:
            return None
        x, y, width, height = self.rects.T
        inside = (x - slack <= point.x()) & (point.x() <= x + width + slack)
        inside &= (y - slack <= point.y()) & (point.y() <= y + height + slack)
        found = np.flatnonzero(inside)
        return self.nodes[int(found[-1])] if len(found) else None

    def touched(self, rect: QRectF) -> Array:
        """Which rows of nodes a rectangle touches."""
        x, y, width, height = self.rects.T
        found = (x < rect.right()) & (x + width > rect.left())
        return np.asarray(found & (y < rect.bottom()) & (y + height > rect.top()))

    def nodes_in(self, rect: QRectF, *, touching: bool) -> list[str]:
        """The nodes that a rectangle encloses, or touches."""
        if not self.nodes:
            return []
        if touching:
            found = self.touched(rect)
        else:
            x, y, width, height = self.rects.T
            found = (x >= rect.left()) & (x + width <= rect.right())
            found &= (y >= rect.top()) & (y + height <= rect.bottom())
        return [self.nodes[int(row)] for row in np.flatnonzero(found)]

    def wires_across(self, start: QPointF, end: QPointF) -> tuple[Wire, ...]:
        """The wires that a straight line crosses."""
        if not self.wires or start == end:
            return ()
        a, b = np.array([start.x(), start.y()]), np.array([end.x(), end.y()])
        first, second = self.curves[:, :-1], self.curves[:, 1:]
        # Two pieces cross where the ends of each lie on different sides of the other.
        sides = _side(a, b, first) * _side(a, b, second) <= 0
        sides &= _side(first, second, a) * _side(first, second, b) <= 0
        return tuple(self.wires[int(row)] for row in np.flatnonzero(sides.any(axis=1)))

    def wire_at(self, point: QPointF, reach: float) -> Wire | None:
        """The wire nearest to a point, if one is within reach."""
        if not self.wires:
            return None
        here = np.array([point.x(), point.y()])
        points = self.curves
        near = np.flatnonzero(
            (points.min(axis=1) - reach <= here).all(axis=1)
            & (points.max(axis=1) + reach >= here).all(axis=1)
        )
        if not len(near):
            return None
        fine = curve_points(self.ends[near], self.lanes[near], 3 * HALF)
        start, step = fine[:, :-1], np.diff(fine, axis=1)
        length = np.maximum((step**2).sum(axis=2), 1e-9)
        along = np.clip(((here - start) * step).sum(axis=2) / length, 0.0, 1.0)
        distance = np.hypot(*(start + step * along[..., None] - here).transpose(2, 0, 1)).min(
            axis=1
        )
        best = int(distance.argmin())
        return self.wires[int(near[best])] if distance[best] <= reach else None


def _side(start: Array, end: Array, point: Array) -> Array:
    """On which side of the line from start to end a point lies: the sign."""
    along, away = end - start, point - start
    return np.asarray(along[..., 0] * away[..., 1] - along[..., 1] * away[..., 0])
