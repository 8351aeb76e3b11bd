"""What a network says about one sample: its answer in words, and the probability of each class as a bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.looks.appearance import mixed
from studio.looks.theme import Theme
from studio.value_words import number_words

MOST_BARS = 30
ROW_PX, NAME_PX, SHARE_PX = 18.0, 110.0, 52.0
MOST_NUMBERS = 8


class ScoreBars(QWidget):
    """The classes in their own order, or, where there is no room for all, the likeliest ones."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chances: dict[str, float] = {}
        self._truth = ""
        self.setAccessibleName("Probabilities of the classes")
        self.setMinimumSize(120, int(3 * ROW_PX))

    def sizeHint(self) -> QSize:
        """Room for ten classes."""
        return QSize(240, int(10 * ROW_PX))

    def set_theme(self, theme: Theme) -> None:
        """Paint with other colours."""
        self._theme = theme
        self.update()

    def show_chances(self, chances: Mapping[str, float], truth: str = "") -> None:
        """Show the probability of each class; the true one is marked."""
        self._chances, self._truth = dict(chances), truth
        words = ", ".join(f"{name} {100 * each:.1f} %" for name, each in self.rows(5))
        self.setAccessibleDescription(words)
        self.update()

    def rows(self, room: int) -> list[tuple[str, float]]:
        """The classes for which there is room."""
        if len(self._chances) <= room:
            return list(self._chances.items())
        best = sorted(self._chances.items(), key=lambda each: -each[1])
        return best[: max(room, 1)]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint name, bar and probability of each class."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows = self.rows(min(int(self.height() / ROW_PX), MOST_BARS))
        metrics = QFontMetricsF(self.font())
        widest = max((metrics.horizontalAdvance(name) for name, _ in rows), default=0.0)
        name_px = min(widest + 6, NAME_PX, self.width() * 0.4)
        best = max((each for _, each in rows), default=0.0)
        middle = Qt.AlignmentFlag.AlignVCenter
        for index, (name, chance) in enumerate(rows):
            top = index * ROW_PX
            is_true = name == self._truth
            painter.setPen(QColor(self._theme.ok if is_true else self._theme.text))
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, name_px - 4)
            painter.drawText(
                QRectF(0, top, name_px, ROW_PX), Qt.AlignmentFlag.AlignLeft | middle, shown
            )
            room = QRectF(name_px + 4, top + 3, self.width() - name_px - SHARE_PX - 8, ROW_PX - 6)
            painter.fillRect(room, QColor(mixed(self._theme.base, self._theme.text, 0.08)))
            filled = QRectF(room.x(), room.y(), room.width() * chance, room.height())
            strong = chance == best
            color = (
                self._theme.accent if strong else mixed(self._theme.base, self._theme.accent, 0.5)
            )
            painter.fillRect(filled, QColor(color))
            painter.setPen(QColor(self._theme.text if strong else self._theme.muted_text))
            painter.drawText(
                QRectF(self.width() - SHARE_PX, top, SHARE_PX, ROW_PX),
                Qt.AlignmentFlag.AlignRight | middle,
                f"{100 * chance:.1f} %",
            )
        painter.end()


def value_text(value: Any) -> str:
    """An answer in words: a class, a number, or the first numbers of many."""
    if isinstance(value, float):
        return number_words(value)
    if isinstance(value, list | tuple):
        flat = list(_flat(value))
        single = all(isinstance(each, str) and len(each) == 1 for each in flat)
        shown = flat if single else flat[:MOST_NUMBERS]
        words = ("" if single else ", ").join(value_text(each) for each in shown)
        return words if len(shown) == len(flat) else f"{words}, … ({len(flat):,} in all)"
    return str(value)


def _flat(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [inner for each in value for inner in _flat(each)]
    return [value]
