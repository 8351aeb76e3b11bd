"""Where nodes that come to the canvas find room: how big they will be, and how far down nothing is covered."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from graphs import edits
from graphs.shapes import NodeShapes
from studio.arrays import np
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
BESIDE = 24.0
"""What is left between a node that grew and the next one in its row."""

AROUND = 8.0
"""How much is left free around what comes, in canvas pixels."""


def rects_of(graph: Graph, nodes: Collection[str], ink: Ink) -> Rects:
    """Left, top, width and height of nodes as they will be drawn, one row each; (n, 4)."""
    rows = []
    for each in nodes:
        box = box_of(look_at(graph, graph.nodes[each], NodeShapes({}, {}), ()), ink)
        rows.append((*graph.positions.get(each, (0.0, 0.0)), box.width, box.height))
    return np.array(rows, float).reshape(-1, 4)


def renamed(graph: Graph, node: str, title: str, ink: Ink) -> Graph:
    """The graph with another name of a node, and its row moved right if the node grows into the next one."""
    after = edits.rename(graph, node, title)
    if node not in graph.positions or after is graph:
        return after
    (left, top, old, tall) = rects_of(graph, (node,), ink)[0]
    right = left + rects_of(after, (node,), ink)[0][2]
    placed = [each for each in graph.positions if each in graph.nodes]
    row = {
        each: (x, y)
        for each, (x, y, _, height) in zip(
            placed, rects_of(graph, placed, ink).tolist(), strict=True
        )
        if x >= left + old and y < top + tall and y + height > top
    }
    push = right + BESIDE - min((x for x, _ in row.values()), default=right + BESIDE)
    if right <= left + old or push <= 0:
        return after
    step = math.ceil(push / GRID) * GRID
    return edits.move(after, {each: (x + step, y) for each, (x, y) in row.items()})


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
