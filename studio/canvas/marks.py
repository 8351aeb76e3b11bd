"""The marks of problems: round for errors, a triangle for warnings, so that not colour alone tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen, QPolygonF

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from studio.canvas.ink import Ink


def paint_badge(
    painter: QPainter, middle: QPointF, severity: str, ink: Ink, radius: float = 7.5
) -> None:
    """Paint the mark of an error or a warning around a point."""
    error = severity == "error"
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.error if error else ink.warning)
    if error:
        painter.drawEllipse(middle, radius, radius)
    else:
        top, low = middle.y() - radius, middle.y() + radius * 0.8
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(middle.x(), top),
                    QPointF(middle.x() + radius * 1.1, low),
                    QPointF(middle.x() - radius * 1.1, low),
                ]
            )
        )
    # The exclamation mark is drawn, not written: a glyph of 10 px sits differently in every font.
    painter.setPen(
        QPen(ink.node.color(), radius * 0.25, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    )
    shift = 0.0 if error else radius * 0.12
    painter.drawLine(
        QPointF(middle.x(), middle.y() - radius * 0.5 + shift),
        QPointF(middle.x(), middle.y() + radius * 0.08 + shift),
    )
    dot = QRectF(0, 0, radius * 0.3, radius * 0.3)
    dot.moveCenter(QPointF(middle.x(), middle.y() + radius * 0.48 + shift * 0.6))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.node)
    painter.drawEllipse(dot)
