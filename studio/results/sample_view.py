"""One sample as people see it: images and lines painted side by side, rows and texts written below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from studio.arrays import np
from studio.looks.theme import Theme

if TYPE_CHECKING:
    from lightning_modules.samples import Shown

GAP_PX = 8


class SampleView(QWidget):
    """Shows the columns of one sample in whatever room there is."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = _Pictures(theme)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Sample as text")
        self.text.setMinimumHeight(40)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pictures, 1)
        column.addWidget(self.text, 1)
        self.show_sample(())

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self.pictures.set_theme(theme)

    def show_sample(self, shown: Sequence[Shown]) -> None:
        """Show these columns; none of them empties it."""
        painted = [each for each in shown if each.kind in ("image", "lines")]
        written = [each for each in shown if each.kind in ("row", "text")]
        self.pictures.show_parts(painted)
        self.pictures.setVisible(bool(painted))
        self.text.setVisible(bool(written))
        self.text.setPlainText("\n\n".join(map(_words, written)))


class _Pictures(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._parts: list[Shown] = []
        self.setAccessibleName("Sample")
        self.setMinimumSize(64, 64)

    def sizeHint(self) -> QSize:
        return QSize(140, 140)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_parts(self, parts: list[Shown]) -> None:
        self._parts = parts
        self.setAccessibleDescription(", ".join(f"{each.title} ({each.kind})" for each in parts))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        count = len(self._parts)
        for index, part in enumerate(self._parts):
            width = (self.width() - GAP_PX * (count - 1)) / count
            room = QRectF(index * (width + GAP_PX), 0, width, self.height())
            if part.pixels is not None:
                image = image_of(part.pixels)
                side = image.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
                place = QRect(0, 0, side.width(), side.height())
                place.moveCenter(room.center().toPoint())
                painter.drawImage(place, image)
                painter.setPen(QPen(QColor(self._theme.border), 1))
                painter.drawRect(place.adjusted(0, 0, -1, -1))
            elif part.lines is not None:
                self._paint_lines(painter, room.adjusted(4, 4, -4, -4), part.lines)
        painter.end()

    def _paint_lines(self, painter: QPainter, room: QRectF, lines: np.ndarray) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = float(np.nanmin(lines)), float(np.nanmax(lines))
        height = high - low or 1.0
        across = max(len(lines) - 1, 1)
        for index in range(min(lines.shape[1], len(self._theme.series))):
            points = QPolygonF(
                [
                    QPointF(
                        room.x() + room.width() * step / across,
                        room.bottom() - room.height() * (float(value) - low) / height,
                    )
                    for step, value in enumerate(lines[:, index].tolist())
                ]
            )
            painter.setPen(QPen(QColor(self._theme.series[index]), 1.5))
            painter.drawPolyline(points)


def image_of(pixels: np.ndarray) -> QImage:
    """Pixels (H, W) or (H, W, 3) of uint8 as an image of its own."""
    height, width = pixels.shape[:2]
    colored = pixels.ndim > 2
    form = QImage.Format.Format_RGB888 if colored else QImage.Format.Format_Grayscale8
    line = width * (3 if colored else 1)
    return QImage(pixels.tobytes(), width, height, line, form).copy()  # the bytes go, it stays


def thumbnail(shown: Sequence[Shown], side: int) -> QPixmap | None:
    """The first image of a sample, so large; None if it has none."""
    for each in shown:
        if each.pixels is not None:
            image = image_of(each.pixels)
            return QPixmap.fromImage(image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio))
    return None


def _words(shown: Shown) -> str:
    if shown.kind == "text":
        return shown.text
    return "\n".join(f"{name}: {value}" for name, value in shown.rows)
