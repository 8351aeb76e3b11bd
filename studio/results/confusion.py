"""The confusion matrix, painted: rows are true classes, columns what was predicted, colours the share of the row."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from lightning_modules.events import Evaluated
from studio.looks.appearance import mixed
from studio.looks.theme import Theme
from studio.results.words import cell_words, class_name

LONGEST_NAME_PX = 110
SMALLEST_TEXT_PX = 11.0
MARGIN_PX = 20.0


class ConfusionView(QWidget):
    """Paints one matrix into whatever room there is; arrow keys walk through its cells."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._result: Evaluated | None = None
        self._shares = False
        self.cell: tuple[int, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Confusion matrix")

    def set_theme(self, theme: Theme) -> None:
        """Paint with other colours."""
        self._theme = theme
        self.update()

    def show_result(self, result: Evaluated) -> None:
        """Show the matrix of a result that has one."""
        self._result, self.cell = result, None
        self.setAccessibleDescription(
            "Rows are true classes, columns predicted ones. Arrow keys read the cells."
        )
        self.update()

    @Slot(bool)
    def show_shares(self, shares: bool) -> None:
        """Write each cell as the share of its row in percent, or else as a count."""
        if shares != self._shares:
            self._shares = shares
            self.update()

    def sizeHint(self) -> QSize:
        """Room for ten classes."""
        return QSize(340, 300)

    def minimumSizeHint(self) -> QSize:
        """Small enough for any dock."""
        return QSize(150, 120)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the matrix."""
        painter = QPainter(self)
        self.paint_into(painter, QRectF(self.rect()))
        painter.end()

    def paint_into(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the matrix into a rectangle, on the screen or in a picture."""
        painter.fillRect(rect, QColor(self._theme.base))
        if self._result is None:
            return
        grid, side = self._grid(rect)
        painter.setFont(self._font(side))
        count = len(self._result.confusion)
        for true, row in enumerate(self._result.confusion):
            of = sum(row) or 1
            for predicted, number in enumerate(row):
                cell = QRectF(grid.x() + predicted * side, grid.y() + true * side, side, side)
                self._paint_cell(painter, cell, number, number / of)
        painter.setPen(QPen(QColor(self._theme.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(grid)
        self._paint_names(painter, grid, side)
        if self.cell is not None and max(self.cell) < count:
            painter.setPen(QPen(QColor(self._theme.text), 2))
            painter.drawRect(
                QRectF(grid.x() + self.cell[1] * side, grid.y() + self.cell[0] * side, side, side)
            )

    def _paint_cell(self, painter: QPainter, cell: QRectF, number: int, share: float) -> None:
        if number:  # a few wrong ones must be seen, so the smallest share has some colour already
            fill = mixed(self._theme.base, self._theme.accent, 0.08 + 0.92 * share)
            painter.fillRect(cell, QColor(fill))
        else:
            fill = self._theme.base
        if cell.width() >= SMALLEST_TEXT_PX:
            shown = f"{100 * share:.0f} %" if self._shares else f"{number}"
            if self._shares and cell.width() <= QFontMetricsF(painter.font()).horizontalAdvance(
                shown
            ):
                shown = f"{100 * share:.0f}"
            words = (
                shown
                if cell.width() > QFontMetricsF(painter.font()).horizontalAdvance(shown)
                else "…"
            )
            faint = QColor(mixed(self._theme.base, self._theme.text, 0.3))
            painter.setPen(QColor(_ink_on(fill, self._theme)) if number else faint)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_names(self, painter: QPainter, grid: QRectF, side: float) -> None:
        assert self._result is not None
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(self._theme.text))
        every = max(
            1, -(-int(metrics.height()) // max(int(side), 1))
        )  # where cells are small, name some
        for index in range(0, len(self._result.confusion), every):
            name = class_name(self._result, index)
            left = QRectF(
                grid.x() - LONGEST_NAME_PX - 6, grid.y() + index * side, LONGEST_NAME_PX, side
            )
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            flags = right | Qt.TextFlag.TextDontClip
            painter.drawText(
                left, flags, metrics.elidedText(name, Qt.TextElideMode.ElideRight, LONGEST_NAME_PX)
            )
            above = QRectF(
                grid.x() + index * side,
                grid.y() - metrics.height() - 3,
                side * every,
                metrics.height(),
            )
            short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, side * every - 2)
            painter.drawText(
                above, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, short
            )
        painter.setPen(QColor(self._theme.muted_text))
        top = QRectF(grid.x(), grid.y() - 2 * metrics.height() - 5, grid.width(), metrics.height())
        painter.drawText(top, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextDontClip, "predicted")
        painter.save()
        painter.translate(
            QPointF(grid.x() - self._names_width(painter.font()) - 10, grid.center().y())
        )
        painter.rotate(-90)
        words = QRectF(-60, -metrics.height(), 120, metrics.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, "true")
        painter.restore()

    def _names_width(self, font: QFont) -> float:
        assert self._result is not None
        metrics = QFontMetricsF(font)
        widths = (
            metrics.horizontalAdvance(class_name(self._result, each))
            for each in range(len(self._result.confusion))
        )
        return min(max(widths, default=0.0), float(LONGEST_NAME_PX))

    def _font(self, side: float) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(int(min(max(side * 0.42, 9.0), 13.0)))
        return font

    def _grid(self, rect: QRectF) -> tuple[QRectF, float]:
        """Where the cells stand, and the side of one."""
        assert self._result is not None
        count = max(len(self._result.confusion), 1)
        font = self._font(30.0)
        left = self._names_width(font) + QFontMetricsF(font).height() + 16
        top = 2 * QFontMetricsF(font).height() + 8
        side = max(min((rect.width() - left - 8) / count, (rect.height() - top - 8) / count), 1.0)
        spare = max(rect.width() - left - 8 - side * count, 0.0)
        return QRectF(rect.x() + left + spare / 2, rect.y() + top, side * count, side * count), side

    def cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """True and predicted class of the cell at a place in the widget."""
        if self._result is None:
            return None
        grid, side = self._grid(QRectF(self.rect()))
        if not grid.contains(place):
            return None
        last = len(self._result.confusion) - 1
        return min(int((place.y() - grid.y()) / side), last), min(
            int((place.x() - grid.x()) / side), last
        )

    def event(self, event: QEvent) -> bool:
        """A tool tip says what the cell below the mouse means."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(QPointF(event.pos()))
            if cell is not None and self._result is not None:
                QToolTip.showText(event.globalPos(), cell_words(self._result, *cell), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click reads a cell."""
        super().mousePressEvent(event)
        self._read(self.cell_at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys read the next cell."""
        moves = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None or self._result is None:
            super().keyPressEvent(event)
            return
        last = len(self._result.confusion) - 1
        true, predicted = self.cell or (0, 0)
        if self.cell is not None:
            true, predicted = (
                min(max(true + move[0], 0), last),
                min(max(predicted + move[1], 0), last),
            )
        self._read((true, predicted))

    def _read(self, cell: tuple[int, int] | None) -> None:
        self.cell = cell
        if cell is not None and self._result is not None:
            words = cell_words(self._result, *cell)
            self.setAccessibleDescription(words)
            grid, side = self._grid(QRectF(self.rect()))
            corner = QPointF(grid.x() + cell[1] * side, grid.y() + (cell[0] + 1) * side)
            QToolTip.showText(self.mapToGlobal(corner.toPoint()), words, self)
        self.update()


def _ink_on(fill: str, theme: Theme) -> str:
    """The theme's text colour that is read best on a fill."""

    def light(color: str) -> float:
        return QColor(color).lightnessF()

    return max((theme.text, theme.accent_text), key=lambda ink: abs(light(ink) - light(fill)))
