"""Painting one node: header, parameters, ports, badge. Only `paint` is Python; the bounds stay in C++."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem

from studio.canvas.geometry import (
    BADGE,
    HALO,
    HEADER,
    MARGIN_X,
    PORT_RADIUS,
    RADIUS,
    STRIP,
    NodeBox,
    box_of,
    row_middle,
)  # fmt: skip
from studio.canvas.marks import paint_badge

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QStaticText
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

    from studio.canvas.ink import Ink
    from studio.canvas.node_look import NodeLook, Port
    from studio.canvas.sight import Sight

NO_PEN = Qt.PenStyle.NoPen
OUTSIDE = HALO + PORT_RADIUS + 2.0
TAG_WIDTH = 42.0
SMALL_MIDDLE = 33.0
ROWS_FROM_ZOOM = 0.6
"""Below this zoom only the name is written on a node, at a size that can be read."""


class NodeItem(QGraphicsRectItem):
    """One node of the graph, painted from its look. `selected` and `hovered` are told by the scene."""

    def __init__(self, node_id: str, sight: Sight) -> None:
        super().__init__()
        self.node_id, self._sight = node_id, sight
        self.look: NodeLook | None = None
        self.box = NodeBox(0.0, 0.0, (), (), 0)
        self.chosen = False
        self.hovered = False
        self.elided = False
        self._texts: list[tuple[QPointF, QStaticText, int]] = []
        self._dots: list[QPointF] = []
        self._small_width = self._small_height = 0.0
        self.setPen(QPen(NO_PEN))
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption, enabled=False)
        self.setZValue(1.0)

    def wear(self, look: NodeLook, ink: Ink) -> None:
        """Show this look from now on; its texts are laid out at the next painting."""
        self.look, self.box = look, box_of(look, ink)
        self.setRect(
            -OUTSIDE, -OUTSIDE, self.box.width + 2 * OUTSIDE, self.box.height + 2 * OUTSIDE
        )
        self._texts = []
        self._small_width = ink.row_metrics.horizontalAdvance(look.name)
        self._small_height = ink.row_metrics.height()
        self._dots = [QPointF(0.0, y) for y in self.box.inputs] + [
            QPointF(self.box.width, y) for y in self.box.outputs
        ]
        self.__dict__.pop("_header", None)
        self.elided = ink.title_metrics.horizontalAdvance(look.name) > self._title_room
        self.update()

    @property
    def frame(self) -> QRectF:
        """The node's rectangle on the canvas."""
        return QRectF(self.x(), self.y(), self.box.width, self.box.height)

    def port_point(self, port: str, *, output: bool) -> QPointF | None:
        """Where a port is on the canvas; None if there is no such port."""
        ports = self.look.outputs if output else self.look.inputs if self.look else ()
        heights = self.box.outputs if output else self.box.inputs
        for each, height in zip(ports, heights, strict=True):
            if each.name == port:
                return QPointF(self.x() + (self.box.width if output else 0.0), self.y() + height)
        return None

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the node; what cannot be read at this zoom is left out."""
        look, ink, box = self.look, self._sight.ink, self.box
        if look is None:
            return
        body = QRectF(0.0, 0.0, box.width, box.height)
        if self.chosen:
            painter.setPen(NO_PEN)
            painter.setBrush(ink.halo)
            painter.drawRoundedRect(
                body.adjusted(-HALO, -HALO, HALO, HALO), RADIUS + HALO, RADIUS + HALO
            )
        waits = look.state == "waits" or look.muted
        painter.setBrush(ink.waiting if waits else ink.node)
        painter.setPen(self._border(ink))
        painter.drawRoundedRect(body, RADIUS, RADIUS)
        painter.setPen(NO_PEN)
        painter.setBrush(ink.strip(look.category))
        if waits:
            painter.setOpacity(0.45)
        painter.drawPath(self._header)
        painter.setOpacity(1.0)
        self._paint_texts(painter, ink)
        self._paint_ports(painter, ink)
        if look.state in ("error", "warning"):
            paint_badge(
                painter, QPointF(box.width - 7.0 - BADGE / 2, HEADER / 2 + 2.0), look.state, ink
            )

    def _border(self, ink: Ink) -> QPen:
        assert self.look is not None
        if self.chosen:
            return ink.selected_pen
        if self.look.state == "error":
            return ink.error_pen
        return ink.hover_pen if self.hovered else ink.node_pen

    @cached_property
    def _header(self) -> QPainterPath:
        whole = QPainterPath()
        whole.addRoundedRect(
            QRectF(0.5, 0.5, self.box.width - 1.0, RADIUS * 2 + STRIP), RADIUS - 0.5, RADIUS - 0.5
        )
        strip = QPainterPath()
        strip.addRect(QRectF(0.0, 0.0, self.box.width, STRIP + 1.0))
        return whole.intersected(strip)

    @property
    def _title_room(self) -> float:
        assert self.look is not None
        corner = TAG_WIDTH if self.look.tag else 0.0
        if self.look.state in ("error", "warning"):
            corner = BADGE
        return self.box.width - 2 * MARGIN_X - corner

    def _paint_texts(self, painter: QPainter, ink: Ink) -> None:
        if self._sight.zoom < ROWS_FROM_ZOOM:
            self._paint_small(painter, ink)
            return
        if not self._texts:
            self._texts = self._lay_out(ink)
        last = -1
        for where, text, style in self._texts:
            if style != last:
                painter.setFont(
                    (ink.title_font, ink.row_font, ink.strong_font, ink.row_font)[style]
                )
                painter.setPen((ink.text, ink.muted, ink.text, ink.muted)[style])
                last = style
            painter.drawStaticText(where, text)

    def _paint_small(self, painter: QPainter, ink: Ink) -> None:
        """The name alone, in the middle, at the size that it has on the screen at 1:1."""
        assert self.look is not None
        zoom, box = self._sight.zoom, self.box
        room = (box.width - (8.0 if self.look.state == "fine" else 8.0 + BADGE)) * zoom - 6.0
        name = self.look.name
        if self._small_width > room:
            name = ink.row_metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.setFont(ink.row_font)
        painter.setPen(ink.muted if self.look.state == "waits" else ink.text)
        painter.scale(1.0 / zoom, 1.0 / zoom)
        top = SMALL_MIDDLE * zoom - self._small_height / 2
        where = QPointF(4.0 * zoom + 3.0, top)
        painter.drawStaticText(where, ink.static(name, ink.row_font))
        painter.scale(zoom, zoom)

    def _lay_out(self, ink: Ink) -> list[tuple[QPointF, QStaticText, int]]:
        look, box = self.look, self.box
        assert look is not None
        texts: list[tuple[QPointF, QStaticText, int]] = []

        def put(
            text: str, x: float, middle: float, style: int, *, room: float, right: bool = False
        ) -> float:
            face: QFont = (ink.title_font, ink.row_font, ink.strong_font, ink.row_font)[style]
            metrics: QFontMetricsF = (
                ink.title_metrics,
                ink.row_metrics,
                ink.strong_metrics,
                ink.row_metrics,
            )[style]
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            width = metrics.horizontalAdvance(shown)
            texts.append(
                (
                    QPointF(x - width if right else x, middle - metrics.height() / 2),
                    ink.static(shown, face),
                    style,
                )
            )
            return width

        edge, far = MARGIN_X, box.width - MARGIN_X
        put(look.name, edge, (HEADER + STRIP) / 2 + 1.0, 0, room=self._title_room)
        if look.tag:
            put(look.tag, far, (HEADER + STRIP) / 2 + 1.0, 3, room=TAG_WIDTH, right=True)
        half = (box.width - 2 * MARGIN_X - 8.0) * (0.5 if look.inputs and look.outputs else 1.0)
        for index, port in enumerate(look.inputs):
            if port.label:
                put(port.label, edge, row_middle(index), 1, room=half)
        for index, port in enumerate(look.outputs):
            if port.label:
                put(port.label, far, row_middle(index), 1, room=half, right=True)
        row = box.port_rows
        if look.subtitle:
            put(look.subtitle, edge, row_middle(row), 3, room=far - edge)
            row += 1
        for name, value in look.rows:
            taken = put(value, far, row_middle(row), 2, room=(far - edge) * 0.6, right=True)
            put(name, edge, row_middle(row), 1, room=far - edge - taken - 8.0)
            row += 1
        if look.weights:
            taken = put(look.weights, far, row_middle(row), 1, room=60.0, right=True)
            put("Weights", edge, row_middle(row), 1, room=far - edge - taken - 8.0)
        return texts

    def _paint_ports(self, painter: QPainter, ink: Ink) -> None:
        assert self.look is not None
        sight, box = self._sight, self.box
        if sight.zoom < ROWS_FROM_ZOOM and sight.ports is None:
            painter.setPen(NO_PEN)
            painter.setBrush(ink.port_fill)
            for dot in self._dots:
                painter.drawEllipse(dot, PORT_RADIUS, PORT_RADIUS)
            return
        painter.setPen(ink.port_pen)
        for ports, heights, x, output in (
            (self.look.inputs, box.inputs, 0.0, False),
            (self.look.outputs, box.outputs, box.width, True),
        ):
            for port, height in zip(ports, heights, strict=True):
                self._paint_port(
                    painter,
                    ink,
                    port,
                    QPointF(x, height),
                    sight.port_state(self.node_id, port.name, output=output),
                )

    def _paint_port(
        self, painter: QPainter, ink: Ink, port: Port, where: QPointF, state: str
    ) -> None:
        painter.setBrush(ink.port_fill if port.wired else ink.port_free)
        size = PORT_RADIUS if not (port.optional and not port.wired) else PORT_RADIUS - 0.75
        if state == "dim":
            painter.setOpacity(0.25)
        elif state == "hover":
            painter.setBrush(ink.port_hover)
            size += 2.0
        elif state == "refused":
            painter.setBrush(ink.error)
            size += 2.0
        elif state == "welcome":
            size += 1.0
        painter.drawEllipse(where, size, size)
        if state == "dim":
            painter.setOpacity(1.0)
