"""Where nodes that come to the canvas find room: how big they will be, and how far down nothing is covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphs.shapes import NodeShapes
from studio.canvas.geometry import GRID, box_of
from studio.canvas.node_look import look_at

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy.typing as npt

    from graphs.graph import Graph, Position
    from studio.canvas.ink import Ink

    Rects = npt.NDArray[Any]

STEP = 4 * GRID
MOST_STEPS = 600
AROUND = 8.0
"""How much is left free around what comes, in canvas pixels."""


def rects_of(graph: Graph, nodes: Collection[str], ink: Ink) -> Rects:
    """Left, top, width and height of nodes as they will be drawn, one row each; (n, 4)."""
    rows = []
    for each in nodes:
        box = box_of(look_at(graph, graph.nodes[each], NodeShapes({}, {}), ()), ink)
        rows.append((*graph.positions.get(each, (0.0, 0.0)), box.width, box.height))
    return np.array(rows, float).reshape(-1, 4)


def free_shift(new: Rects, taken: Rects, dx: float, dy: float) -> Position:
    """The first shift at or below (dx, dy) with which none of the new rectangles covers one that is there."""
    left, top = new[:, None, 0] + dx - AROUND, new[:, None, 1] - AROUND
    right, low = left + new[:, None, 2] + 2 * AROUND, top + new[:, None, 3] + 2 * AROUND
    x, y, width, height = taken.T
    beside = (left < x + width) & (x < right)
    for step in range(MOST_STEPS):
        down = dy + step * STEP
        if not (beside & (top + down < y + height) & (y < low + down)).any():
            return dx, down
    return dx, dy
