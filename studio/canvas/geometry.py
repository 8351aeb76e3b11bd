"""Where things of the canvas lie: sizes of nodes, places of their ports, the curve of a wire. In canvas pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from studio.arrays import np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]
    Pair = tuple[Array, Array]

    from studio.canvas.ink import Ink
    from studio.canvas.node_look import NodeLook

WIDTH, WIDEST, WIDTH_STEP = 168.0, 240.0, 24.0
HEADER, STRIP, ROW, PAD = 30.0, 4.0, 18.0, 6.0
MARGIN_X = 12.0
RADIUS = 7.0
PORT_RADIUS = 4.5
HALO = 4.0
BADGE = 16.0
GAP_X, GAP_Y = 96.0, 36.0
"""Room that is left between nodes that are put beside or below each other."""

GRID = 8.0
TURN = 72.0
"""How far from its ends a wire reaches its lane."""


@dataclass(frozen=True)
class NodeBox:
    """How big a node is, and how far below its top its ports and rows of text have their middles."""

    width: float
    height: float
    inputs: tuple[float, ...]
    outputs: tuple[float, ...]
    port_rows: int
    """Rows that labels of ports take before the first row of text."""


def box_of(look: NodeLook, ink: Ink) -> NodeBox:
    """The size of a node with this look; its first ports stand at the same height on every node."""
    title = ink.title_metrics.horizontalAdvance(look.name) + 2 * MARGIN_X + BADGE
    labels = max((ink.row_metrics.horizontalAdvance(p.label) for p in look.inputs), default=0.0)
    labels += max((ink.row_metrics.horizontalAdvance(p.label) for p in look.outputs), default=0.0)
    wanted = max(title, labels + 2 * MARGIN_X + 16.0, WIDTH)
    width = min(WIDTH + WIDTH_STEP * np.ceil((wanted - WIDTH) / WIDTH_STEP), WIDEST)
    ports = max(len(look.inputs), len(look.outputs), 1)
    labelled = any(port.label for port in (*look.inputs, *look.outputs))
    text_rows = bool(look.subtitle) + len(look.rows) + bool(look.weights)
    port_rows = ports if labelled else 0
    rows = max(ports, port_rows + text_rows)
    return NodeBox(
        width=float(width),
        height=HEADER + 2 * PAD + ROW * rows,
        inputs=tuple(row_middle(index) for index in range(len(look.inputs))),
        outputs=tuple(row_middle(index) for index in range(len(look.outputs))),
        port_rows=port_rows,
    )


def row_middle(index: int) -> float:
    """How far below a node's top the middle of a row is."""
    return HEADER + PAD + ROW * (index + 0.5)


def reach(x1: float, x2: float) -> float:
    """How far the handles of a wire's curve stand out from its ends."""
    gap = x2 - x1
    return min(max(gap * 0.5, 36.0), 200.0) if gap >= 0 else min(36.0 - gap * 0.6, 260.0)


def wire_path(start: QPointF, end: QPointF, lane: float | None = None) -> QPainterPath:
    """The curve of a wire: out to the right, in from the left; with a lane, along its height in between."""
    path = QPainterPath(start)
    if lane is None:
        out = reach(start.x(), end.x())
        path.cubicTo(start.x() + out, start.y(), end.x() - out, end.y(), end.x(), end.y())
        return path
    half = TURN / 2
    turn = TURN if end.x() >= start.x() else 0.0  # a wire back to the left turns round at its ends
    path.cubicTo(start.x() + half, start.y(), start.x() + half, lane, start.x() + turn, lane)
    path.lineTo(end.x() - turn, lane)
    path.cubicTo(end.x() - half, lane, end.x() - half, end.y(), end.x(), end.y())
    return path


def curve_points(ends: Array, lanes: Array, half: int) -> Array:
    """Points on many wires at once: (N, 2 * half, 2).

    `ends` (N, 4) are x1, y1, x2, y2; `lanes` (N,) are heights, NaN for none.
    """
    x1, y1, x2, y2 = (ends[:, index, None] for index in range(4))
    gap = x2 - x1
    out = np.where(gap >= 0, np.clip(gap * 0.5, 36.0, 200.0), np.minimum(36.0 - gap * 0.6, 260.0))
    points = _cubic((x1, y1), (x1 + out, y1), (x2 - out, y2), (x2, y2), 2 * half)
    rows = np.flatnonzero(~np.isnan(lanes))
    if len(rows):
        x1, y1, x2, y2, lane = x1[rows], y1[rows], x2[rows], y2[rows], lanes[rows, None]
        bend = TURN / 2
        turn = np.where(x2 >= x1, TURN, 0.0)
        into = _cubic((x1, y1), (x1 + bend, y1), (x1 + bend, lane), (x1 + turn, lane), half)
        back = _cubic((x2 - turn, lane), (x2 - bend, lane), (x2 - bend, y2), (x2, y2), half)
        points[rows] = np.concatenate((into, back), axis=1)
    return points


def _cubic(start: Pair, first: Pair, second: Pair, end: Pair, count: int) -> Array:
    t = np.linspace(0.0, 1.0, count)[None, :]
    s = 1.0 - t
    weights = (s**3, 3 * s * s * t, 3 * s * t * t, t**3)
    axes = [
        sum(w * p[axis] for w, p in zip(weights, (start, first, second, end), strict=True))
        for axis in (0, 1)
    ]
    return np.stack(axes, axis=2)


def snapped(x: float, y: float) -> tuple[float, float]:
    """The nearest point of the grid."""
    return round(x / GRID) * GRID, round(y / GRID) * GRID
