"""What is behind the nodes: a grid of dots, and on an empty canvas the words how to begin."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen

from studio.arrays import np
from studio.canvas.ink import font

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from studio.canvas.sight import Sight

DOTS_APART = 24.0
DOTS_FROM_ZOOM = 0.6

EMPTY_TITLE = "Draw a network"
EMPTY_WORDS = (
    "Drag a layer here from the library, or press Tab to search for one.",
    "Pull a wire from the dot on the right of a layer to the dot on the left of another.",
)


def paint_grid(painter: QPainter, rect: QRectF, sight: Sight) -> None:
    """Paint the background of a part of the canvas; from far away it has no dots."""
    painter.fillRect(rect, sight.ink.canvas)
    if sight.zoom < DOTS_FROM_ZOOM:
        return
    columns = (
        np.arange(math.floor(rect.left() / DOTS_APART), math.ceil(rect.right() / DOTS_APART) + 1)
        * DOTS_APART
    )
    rows = (
        np.arange(math.floor(rect.top() / DOTS_APART), math.ceil(rect.bottom() / DOTS_APART) + 1)
        * DOTS_APART
    )
    points = np.ascontiguousarray(
        np.stack(np.meshgrid(columns, rows), axis=2).reshape(-1, 2), dtype=np.float64
    )
    dot = QPen(sight.ink.grid, 2.0 if sight.zoom >= 1.0 else 1.5)
    dot.setCosmetic(True)
    painter.setPen(dot)
    painter.drawPoints(shiboken6.wrapInstance(points.ctypes.data, QPointF), len(points))


def paint_empty(painter: QPainter, visible: QRectF, sight: Sight) -> None:
    """Paint how to begin, in the middle of what is seen, always at the same size on the screen."""
    ink = sight.ink
    painter.save()
    painter.translate(visible.center())
    painter.scale(1 / sight.zoom, 1 / sight.zoom)
    width = min(visible.width() * sight.zoom - 32.0, 560.0)
    painter.setFont(font(18, bold=True))
    painter.setPen(ink.text)
    painter.drawText(QRectF(-width / 2, -64, width, 32), Qt.AlignmentFlag.AlignCenter, EMPTY_TITLE)
    painter.setFont(font(13))
    painter.setPen(ink.muted)
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    painter.drawText(QRectF(-width / 2, -24, width, 96), flags, "\n".join(EMPTY_WORDS))
    painter.restore()
