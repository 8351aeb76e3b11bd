"""Painting one wire: its curve, and the shape that it carries above its middle."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem

from studio.arrays import np
from studio.canvas.geometry import curve_points, wire_path
from studio.canvas.wire_label import label_of

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

    from graphs.graph import Wire
    from graphs.spec import Spec
    from studio.canvas.sight import Sight

LABELS_FROM_ZOOM = 0.55
LABEL_HEIGHT = 16.0
FLAT = 26.0
"""Less than this from end to end and a label stands above the wire, not on it."""

LONG, PIECES = 500.0, 16
"""Longer wires are painted as straight pieces: Qt paints a long curve ten times slower than the lines along it."""


class WireItem(QGraphicsRectItem):
    """One wire. The scene tells it where its ends are and what it carries."""

    def __init__(self, wire: Wire, sight: Sight) -> None:
        super().__init__()
        self.wire, self._sight = wire, sight
        self.spec: Spec | None = None
        self.state = ""  # "", "waits" or "error"
        self.chosen = self.hovered = self.lit = False
        self.start, self.end = QPointF(), QPointF()
        self.lane: float | None = None
        self.path = QPainterPath()
        self._lines: list[QLineF] = []
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption, enabled=False)

    def lie(self, start: QPointF, end: QPointF, lane: float | None) -> None:
        """Run between these points from now on, along a lane if there is one."""
        if start == self.start and end == self.end and lane == self.lane:
            return
        self.start, self.end, self.lane = start, end, lane
        self.path = wire_path(start, end, lane)
        self._lines = []
        if self.length > LONG:
            ends = np.array([[start.x(), start.y(), end.x(), end.y()]])
            points = curve_points(ends, np.array([np.nan if lane is None else lane]), PIECES)[0]
            self._lines = [QLineF(*one, *two) for one, two in itertools.pairwise(points.tolist())]
        self._bound()
        self.update()  # another way within the same rectangle: the rectangle's change would repaint nothing

    def carry(self, spec: Spec | None, state: str) -> None:
        """Carry this Spec from now on; `state` is "error" where it is refused, "waits" where it is unknown."""
        if spec == self.spec and state == self.state:
            return
        self.spec, self.state = spec, state
        self._bound()
        self.update()

    def mark(
        self, *, chosen: bool | None = None, hovered: bool | None = None, lit: bool | None = None
    ) -> None:
        """Be drawn as one that is selected, under the mouse, or about to take a node in."""
        before = (self.chosen, self.hovered, self.lit)
        self.chosen = self.chosen if chosen is None else chosen
        self.hovered = self.hovered if hovered is None else hovered
        self.lit = self.lit if lit is None else lit
        if before != (self.chosen, self.hovered, self.lit):
            self.setZValue(0.5 if self.hovered or self.lit else 0.0)
            self.update()

    @property
    def middle(self) -> QPointF:
        """The middle of the curve."""
        between = (self.start + self.end) / 2
        return between if self.lane is None else QPointF(between.x(), self.lane)

    @property
    def length(self) -> float:
        """About how long the wire is."""
        return abs(self.end.x() - self.start.x()) + abs(self.end.y() - self.start.y())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the curve, and its label where it can be read and has room."""
        ink = self._sight.ink
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.hovered or self.lit:
            painter.setPen(ink.wire_hover_pen)
        elif self.state == "error":
            painter.setPen(ink.wire_error_pen)
        elif self.state == "waits":
            painter.setPen(ink.wire_waits_pen)
        else:
            painter.setPen(ink.wire_selected_pen if self.chosen else ink.wire_pen)
        if self._lines:
            painter.drawLines(self._lines)
        else:
            painter.drawPath(self.path)
        if self.spec is not None and not self.hovered and self._sight.zoom >= LABELS_FROM_ZOOM:
            self._paint_label(painter)

    def _paint_label(self, painter: QPainter) -> None:
        assert self.spec is not None
        ink = self._sight.ink
        label = label_of(self.spec, ink)
        room = abs(self.end.x() - self.start.x()) - 12.0
        text, width = label.lettered, label.lettered_width
        if width > room:
            text, width = label.plain, label.plain_width
        if width > room and abs(self.end.y() - self.start.y()) < LABEL_HEIGHT * 3:
            return
        middle = self.middle
        flat = self.lane is not None or abs(self.end.y() - self.start.y()) < FLAT
        place = QRectF(
            middle.x() - width / 2 - 3.0, middle.y() - LABEL_HEIGHT / 2, width + 6.0, LABEL_HEIGHT
        )
        if flat:
            place.moveBottom(
                min(self.start.y(), self.end.y()) - 2.0 if self.lane is None else self.lane - 2.0
            )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.label_back)
        painter.drawRoundedRect(place, 4.0, 4.0)
        painter.setFont(ink.row_font)
        painter.setPen(ink.wire_text)
        painter.drawStaticText(
            QPointF(middle.x() - width / 2, place.center().y() - text.size().height() / 2), text
        )

    def _bound(self) -> None:
        rect = self.path.controlPointRect().adjusted(-5.0, -5.0, 5.0, 5.0)
        if self.spec is not None:
            width = label_of(self.spec, self._sight.ink).lettered_width + 10.0
            middle = self.middle
            rect |= QRectF(
                middle.x() - width / 2, middle.y() - LABEL_HEIGHT * 1.5, width, LABEL_HEIGHT * 2.5
            )
        self.setRect(rect)
