"""The small sign at the cursor that says what would happen, or why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from studio.canvas.marks import paint_badge

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from studio.canvas.ink import Ink

WIDEST = 320
STAY_MS = 7000
AWAY = QPoint(18, 16)


class CursorTip(QWidget):
    """Text beside the cursor; a refusal or a warning carries its mark as well as its colour."""

    def __init__(self, ink: Ink, parent: QWidget) -> None:
        super().__init__(parent)
        self._ink, self.text, self.refuses, self.warns = ink, "", False, False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(STAY_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def wear(self, ink: Ink) -> None:
        """Use this ink from now on."""
        self._ink = ink
        self.update()

    def show_at(
        self,
        point: QPointF,
        text: str,
        *,
        refuses: bool = False,
        warns: bool = False,
        stays: bool = False,
    ) -> None:
        """Show a text beside a point of the parent; `stays` keeps it for some seconds after the hand is gone."""
        self._timer.start() if stays else self._timer.stop()
        now = (text, refuses, warns)
        if now != (self.text, self.refuses, self.warns) or self.isHidden():
            self.text, self.refuses, self.warns = now
            self.resize(self._wanted())
            self.update()
        parent = self.parentWidget().size()
        where = point.toPoint() + AWAY
        if where.y() + self.height() > parent.height() - 4:
            where.setY(round(point.y()) - self.height() - 10)
        where.setX(max(4, min(where.x(), parent.width() - self.width() - 4)))
        self.move(where)
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sign."""
        ink, painter = self._ink, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(ink.theme.base))
        quiet = QColor(ink.theme.border)
        edge = ink.error if self.refuses else ink.warning if self.warns else quiet
        painter.setPen(QPen(edge, 1.2))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.8, 0.8, -0.8, -0.8), 6, 6)
        left = 10
        if self._marked:
            paint_badge(painter, QPointF(17, 16), "error" if self.refuses else "warning", ink)
            left = 31
        painter.setPen(QColor(ink.theme.text))
        painter.setFont(ink.strong_font if not self._marked else ink.row_font)
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect().adjusted(left, 6, -10, -6), int(flags), self.text)

    @property
    def _marked(self) -> bool:
        return self.refuses or self.warns

    def _wanted(self) -> QSize:
        left = 31 if self._marked else 10
        room = QRectF(0, 0, WIDEST - left - 10, 1000)
        bounds = self._ink.strong_metrics.boundingRect(
            room, int(Qt.TextFlag.TextWordWrap), self.text
        )
        return QSize(int(bounds.width()) + left + 12, max(int(bounds.height()) + 14, 31))
