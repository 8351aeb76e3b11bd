"""The canvas from far away: all nodes and wires in a few calls, straight from the arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from studio.arrays import np
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
MOST_ROOM = 640.0
"""What a name takes at least, next to the width of its node, and at most, where nothing stands; in canvas pixels."""

NAMES_APART_PX = 8.0
NAMES_FROM_ZOOM = 0.2
CORNER, BAND = 10.0, 26.0


class FarStyle:
    """What the far view knows of each node and wire besides its place, in the rows of `Places`."""

    def __init__(self) -> None:
        self.category: Array  # the scene fills these before anything is painted
        self.waits: Array
        self.chosen: Array
        self.wire_waits: Array
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
    margin = max(MOST_ROOM / 2, 2 * ink.far_metrics.height() / zoom)
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
        near = np.flatnonzero(
            places.touched(exposed.adjusted(-2 * MOST_ROOM, -2 * margin, 2 * MOST_ROOM, 2 * margin))
        )
        wide = {row: ink.far_metrics.horizontalAdvance(style.names[row]) for row in near.tolist()}
        spans = np.array([wide[row] for row in near.tolist()]) / zoom
        tall = (ink.far_metrics.height() + HALO_PX) / zoom
        rooms = name_rooms(rects[rows], rects[near], spans, tall) * zoom - NAMES_APART_PX
        _paint_names(painter, rects[rows], [style.names[row] for row in rows], rooms, ink)
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
    bands[:, 3] = np.minimum(bands[:, 3], BAND)
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


def name_rooms(rects: Array, near: Array, spans: Array, tall: float) -> Array:
    """How wide the names above nodes may be, before they meet another name or node; (n,), in canvas pixels.

    0 where another node stands right above, so that the name has its place inside its own.

    `rects` (n, 4) are the nodes, `near` (m, 4) all that stand around them, these too, and `spans` (m,) how wide the
    names of those want to be; `tall` is the height of a name. Two long names share the way between them, a short
    one leaves the rest to its neighbour.
    """
    middle, top = rects[:, 0] + rects[:, 2] / 2, rects[:, 1]
    x, y, width, height = near.T
    away = np.abs(middle[:, None] - (x + width / 2)[None, :])
    down = np.abs(top[:, None] - y[None, :])
    same = (away < 1.0) & (down < 1.0)
    beside = (down < tall) & ~same
    names = np.where(beside, 2 * away - np.minimum(spans[None, :], away), MOST_ROOM)
    covered = (y[None, :] < top[:, None]) & ((y + height)[None, :] > top[:, None] - tall)
    bodies = np.where(covered & ~same, 2 * away - width[None, :], MOST_ROOM)
    free = np.minimum(names, bodies).min(axis=1, initial=MOST_ROOM)
    return np.where(free < rects[:, 2], 0.0, np.maximum(free, rects[:, 2] + NAME_GAP))


def _paint_names(painter: QPainter, rects: Array, names: list[str], rooms: Array, ink: Ink) -> None:
    """Names at one size on the screen, cut to the room in screen pixels that each has."""
    painter.save()
    to_screen = painter.transform()
    painter.resetTransform()
    painter.setFont(ink.far_font)
    painter.setPen(ink.text)
    tall = ink.far_metrics.height() + HALO_PX
    for (x, y, width, height), name, above in zip(
        rects.tolist(), names, rooms.tolist(), strict=True
    ):
        room = above if above > 0 else width * to_screen.m11() - NAMES_APART_PX / 2
        shown = ink.far_metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
        wide = ink.far_metrics.horizontalAdvance(shown)
        corner = to_screen.map(QPointF(x + width / 2, y)) - QPointF(wide / 2, tall)
        if above <= 0:  # in the middle of what is below the band
            corner.setY(to_screen.map(QPointF(x, y + (BAND + height) / 2)).y() - tall / 2)
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
