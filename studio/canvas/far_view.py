"""The canvas from far away: all nodes and wires in a few calls, straight from the arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from studio.canvas.marks import paint_badge

if TYPE_CHECKING:
    import numpy.typing as npt

    from studio.canvas.ink import Ink
    from studio.canvas.places import Places

    Array = npt.NDArray[Any]

FAR_BELOW = 0.4
"""Zoom below which nodes are drawn as plain coloured rectangles."""

BADGE_PX, HALO_PX = 7.0, 3.0
FEW = 250
"""Up to this many nodes in view are painted fine."""

NAME_GAP = 60.0
NAMES_FROM_ZOOM = 0.2
CORNER = 10.0


class FarStyle:
    """What the far view knows of each node and wire besides its place, in the rows of `Places`."""

    def __init__(self) -> None:
        self.category: Array = np.zeros(0, dtype=np.int16)
        self.waits: Array = np.zeros(0, dtype=bool)
        self.chosen: Array = np.zeros(0, dtype=bool)
        self.wire_waits: Array = np.zeros(0, dtype=bool)
        self.names: list[str] = []
        self.badges: list[tuple[int, str]] = []  # row, severity


def paint_far(
    painter: QPainter,
    places: Places,
    style: FarStyle,
    exposed: QRectF,
    ink: Ink,
    zoom: float,
    *,
    fine: bool,
) -> None:
    """Paint what is in the exposed part of the canvas; the painter is in canvas coordinates.

    `fine` is for when few nodes are in view: smooth lines, round corners, and names. It is decided for the
    whole view, for a strip that comes into view must look like the rest.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=fine)
    _paint_wires(painter, places, style, exposed, ink, width=1.4 if fine else 1.0)
    rects = places.rects
    if not len(rects):
        return
    margin = max(NAME_GAP, 2 * ink.far_metrics.height() / zoom)
    seen = places.touched(exposed.adjusted(-margin, -margin, margin, margin))
    chosen = seen & style.chosen
    if chosen.any():
        halo = HALO_PX / zoom
        grown = rects[chosen] + np.array([-halo, -halo, 2 * halo, 2 * halo])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(ink.selected_pen.color()))
        _draw(painter, grown, fine=fine)
    for waits in (False, True):
        rows = seen & (style.waits == waits)
        if rows.any():
            _paint_bodies(painter, rects[rows], style.category[rows], ink, waits=waits, fine=fine)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    rows = np.flatnonzero(seen)
    if fine and zoom >= NAMES_FROM_ZOOM:
        _paint_names(painter, rects[rows], [style.names[row] for row in rows], ink, zoom)
    for row, severity in style.badges:
        if seen[row]:
            corner = QPointF(rects[row, 0] + rects[row, 2], rects[row, 1])
            paint_badge(painter, corner, severity, ink, radius=BADGE_PX / zoom)


def _paint_bodies(
    painter: QPainter, rects: Array, categories: Array, ink: Ink, *, waits: bool, fine: bool
) -> None:
    painter.setBrush(ink.waiting if waits else ink.node)
    cosmetic = QPen(ink.node_pen.color(), 1.0)
    cosmetic.setCosmetic(True)
    painter.setPen(cosmetic)
    _draw(painter, rects, fine=fine)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setOpacity(0.5 if waits else 1.0)
    bands = rects.copy()
    bands[:, 3] = np.minimum(bands[:, 3], 26.0)
    order = np.argsort(categories, kind="stable")
    bands, categories = bands[order], categories[order]
    brushes = [*ink.strips.values(), ink.no_strip]
    edges = np.flatnonzero(np.diff(categories)) + 1
    for part in np.split(np.arange(len(bands)), edges):
        painter.setBrush(brushes[int(categories[part[0]])])
        _draw(painter, bands[part], fine=fine)
    painter.setOpacity(1.0)


def _draw(painter: QPainter, rects: Array, *, fine: bool) -> None:
    if not fine:
        draw_rects(painter, rects)
        return
    for x, y, width, height in rects.tolist():
        painter.drawRoundedRect(QRectF(x, y, width, height), CORNER, CORNER)


def _paint_names(painter: QPainter, rects: Array, names: list[str], ink: Ink, zoom: float) -> None:
    """Names at one size on the screen, cut to the width of a node and some of the gap beside it."""
    painter.save()
    to_screen = painter.transform()
    painter.resetTransform()
    painter.setFont(ink.far_font)
    painter.setPen(ink.text)
    tall = ink.far_metrics.height() + HALO_PX
    for (x, y, width, _), name in zip(rects.tolist(), names, strict=True):
        room = (width + NAME_GAP) * zoom
        shown = ink.far_metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
        above = to_screen.map(QPointF(x + width / 2, y))
        wide = ink.far_metrics.horizontalAdvance(shown)
        corner = QPointF(above.x() - wide / 2, above.y() - tall)
        back = QRectF(corner.x() - 2.0, corner.y() + 1.0, wide + 4.0, tall - HALO_PX - 1.0)
        painter.fillRect(back, ink.label_back)
        painter.drawStaticText(corner, ink.static(shown, ink.far_font))
    painter.restore()


def _paint_wires(
    painter: QPainter, places: Places, style: FarStyle, exposed: QRectF, ink: Ink, *, width: float
) -> None:
    if not len(places.ends):
        return
    points = places.curves
    low, high = points.min(axis=1), points.max(axis=1)
    seen = (low[:, 0] < exposed.right()) & (high[:, 0] > exposed.left())
    seen &= (low[:, 1] < exposed.bottom()) & (high[:, 1] > exposed.top())
    for waits, color in ((False, ink.wire_pen.color()), (True, ink.wire_waits_pen.color())):
        rows = seen & (style.wire_waits == waits)
        if not rows.any():
            continue
        line = QPen(color, width)
        line.setCosmetic(True)
        painter.setPen(line)
        kept = points[rows]
        draw_lines(painter, np.concatenate((kept[:, :-1], kept[:, 1:]), axis=2).reshape(-1, 4))


def draw_rects(painter: QPainter, rects: Array) -> None:
    """Draw rows of x, y, width, height as QRectF, which has this very layout in memory."""
    block = np.ascontiguousarray(rects, dtype=np.float64)
    if len(block):
        painter.drawRects(shiboken6.wrapInstance(block.ctypes.data, QRectF), len(block))


def draw_lines(painter: QPainter, lines: Array) -> None:
    """Draw rows of x1, y1, x2, y2 as QLineF, which has this very layout in memory."""
    block = np.ascontiguousarray(lines, dtype=np.float64)
    if len(block):
        painter.drawLines(shiboken6.wrapInstance(block.ctypes.data, QLineF), len(block))
