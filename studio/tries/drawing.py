"""A small canvas to draw on with the mouse, read as an image of the size that a network takes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.arrays import np
from studio.looks.theme import Theme

SIDE_PX = 256
"""Of the canvas in its own pixels, whatever its size on the screen."""
PEN_SHARE = 0.1
"""Width of the pen, as a share of the shorter side."""
FILLED = 0.9
"""How much of the image a drawing fills once it is fitted."""


class DrawingCanvas(QWidget):
    """Strokes of a pen; each can be undone. `drawn` is told while one is made, and after every change."""

    drawn = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._size = (8, 8)
        self._strokes: list[list[QPointF]] = []
        self._drawing = False
        self.fitted = True
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Drawing")
        self.setAccessibleDescription("Draw with the mouse; Ctrl+Z takes back a stroke.")
        self.setMinimumSize(96, 96)

    def sizeHint(self) -> QSize:
        """Large enough for a digit."""
        return QSize(180, 180)

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self.update()

    def set_size(self, height: int, width: int) -> None:
        """The size of the image that a drawing becomes, in pixels."""
        self._size = (height, width)
        self.update()

    @property
    def strokes(self) -> int:
        """How many strokes there are."""
        return len(self._strokes)

    @Slot()
    def undo(self) -> None:
        """Take back the last stroke."""
        if self._strokes:
            self._strokes.pop()
            self._tell()

    @Slot()
    def clear(self) -> None:
        """Take back all strokes."""
        if self._strokes:
            self._strokes.clear()
            self._tell()

    @Slot(bool)
    def fit(self, fitted: bool) -> None:
        """Whether the drawing is moved and scaled so that it fills the image, as data sets of digits are."""
        if fitted != self.fitted:
            self.fitted = fitted
            self._tell()

    def ink(self) -> np.ndarray:
        """The drawing (H, W) in float32: 0 where there is no ink, 1 where all of a pixel is."""
        image = QImage(self._own(), QImage.Format.Format_Grayscale8)
        image.fill(Qt.GlobalColor.black)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_strokes(painter, QColor(Qt.GlobalColor.white))
        painter.end()
        whole = _array(image)
        if self.fitted and whole.any():
            whole = _filling(whole)
        return _shrunk(whole, *self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint paper, strokes, and a frame."""
        painter = QPainter(self)
        place = self._place()
        painter.fillRect(place, QColor(self._theme.base))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(place)
        painter.translate(place.topLeft())
        painter.scale(place.width() / self._own().width(), place.height() / self._own().height())
        self._paint_strokes(painter, QColor(self._theme.text))
        painter.restore()
        if not self._strokes:
            painter.setPen(QColor(self._theme.muted_text))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(place.adjusted(6, 6, -6, -6), int(flags), "Draw here")
        painter.setPen(
            QPen(QColor(self._theme.accent if self.hasFocus() else self._theme.border), 1)
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._drawing = True
        self._strokes.append([self._point(event)])
        self._tell()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with it."""
        if self._drawing:
            self._strokes[-1].append(self._point(event))
            self._tell()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._drawing = False

    def _tell(self) -> None:
        self.update()
        self.drawn.emit()

    def _own(self) -> QSize:
        """The canvas in its own pixels, in the proportion of the image."""
        height, width = self._size
        return QSize(width, height).scaled(SIDE_PX, SIDE_PX, Qt.AspectRatioMode.KeepAspectRatio)

    def _place(self) -> QRect:
        size = self._own().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(self.rect().center())
        return place

    def _point(self, event: QMouseEvent) -> QPointF:
        place = self._place()
        moved = event.position() - QPointF(place.topLeft())
        return QPointF(
            moved.x() * self._own().width() / max(place.width(), 1),
            moved.y() * self._own().height() / max(place.height(), 1),
        )

    def _paint_strokes(self, painter: QPainter, color: QColor) -> None:
        width = PEN_SHARE * min(self._own().width(), self._own().height())
        painter.setPen(
            QPen(
                color,
                width,
                Qt.PenStyle.SolidLine,
                Qt.PenCapStyle.RoundCap,
                Qt.PenJoinStyle.RoundJoin,
            )
        )
        for stroke in self._strokes:
            if len(stroke) == 1:
                painter.drawPoint(stroke[0])
            else:
                painter.drawPolyline(stroke)


def _array(image: QImage) -> np.ndarray:
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(
        image.height(), image.bytesPerLine()
    )
    return rows[:, : image.width()].astype(np.float32) / 255


def _filling(whole: np.ndarray) -> np.ndarray:
    """The drawing in the middle, so large that it fills most of the image; never stretched in one direction."""
    rows, columns = np.flatnonzero(whole.any(axis=1)), np.flatnonzero(whole.any(axis=0))
    inner = whole[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = whole.shape
    scale = FILLED * min(height / inner.shape[0], width / inner.shape[1])
    tall, wide = (max(round(side * scale), 1) for side in inner.shape)
    down = (np.arange(tall) * inner.shape[0] / tall).astype(int)
    across = (np.arange(wide) * inner.shape[1] / wide).astype(int)
    found = np.zeros_like(whole)
    top, left = (height - tall) // 2, (width - wide) // 2
    found[top : top + tall, left : left + wide] = inner[np.ix_(down, across)]
    return found


def _shrunk(whole: np.ndarray, height: int, width: int) -> np.ndarray:
    """The mean ink of each pixel of a smaller (or larger) image."""
    down = np.linspace(0, whole.shape[0], height + 1)
    across = np.linspace(0, whole.shape[1], width + 1)
    return _means(_means(whole, down, 0), across, 1).astype(np.float32)


def _means(values: np.ndarray, edges: np.ndarray, axis: int) -> np.ndarray:
    """Means between edges along an axis, parts of a pixel counted by their share."""
    total = np.insert(np.cumsum(values, axis=axis, dtype=np.float64), 0, 0, axis=axis)
    below = np.minimum(np.floor(edges).astype(int), values.shape[axis])
    above = np.minimum(below + 1, values.shape[axis])
    part = (edges - below).reshape([-1 if each == axis else 1 for each in range(values.ndim)])
    sums = total.take(below, axis) * (1 - part) + total.take(above, axis) * part
    width = np.diff(edges).reshape([-1 if each == axis else 1 for each in range(values.ndim)])
    return np.asarray(np.diff(sums, axis=axis) / width)
