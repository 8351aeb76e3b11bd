"""Pens, brushes and fonts of the canvas, made once for each theme."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen, QStaticText
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from studio.looks.theme import Theme

TITLE_PX, ROW_PX = 13, 11
FAR_PX = 10


def font(pixels: int, *, bold: bool = False) -> QFont:
    """The application's font at this size, with outlines that scale evenly when the canvas is zoomed."""
    made = QFont(QApplication.font())
    made.setPixelSize(pixels)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def mixed(color: str, other: str, share: float) -> QColor:
    """A colour with this share of another in it."""
    a, b = QColor(color), QColor(other)
    return QColor(
        round(a.red() + (b.red() - a.red()) * share),
        round(a.green() + (b.green() - a.green()) * share),
        round(a.blue() + (b.blue() - a.blue()) * share),
    )


def pen(color: QColor | str, width: float = 1.0) -> QPen:
    """A solid pen. Flat ends: Qt paints them ten times faster than round ones, and most ends are hidden by ports."""
    made = QPen(QColor(color), width)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    made.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    return made


class Ink:
    """Everything that painting needs and that only a theme decides. Make it with `ink_for`."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.title_font, self.row_font = font(TITLE_PX, bold=True), font(ROW_PX)
        self.strong_font = font(ROW_PX, bold=True)
        self.far_font = font(FAR_PX)
        self.far_metrics = QFontMetricsF(self.far_font)
        self.title_metrics, self.row_metrics = (
            QFontMetricsF(self.title_font),
            QFontMetricsF(self.row_font),
        )
        self.strong_metrics = QFontMetricsF(self.strong_font)
        self.canvas, self.grid = QColor(theme.canvas), QColor(theme.grid)
        self.text, self.muted = QColor(theme.node_text), mixed(theme.node_text, theme.node, 0.38)
        self.node, self.waiting = (
            QBrush(QColor(theme.node)),
            QBrush(mixed(theme.node, theme.canvas, 0.7)),
        )
        self.node_pen, self.hover_pen = (
            pen(theme.node_border),
            pen(mixed(theme.node_border, theme.node_text, 0.45), 1.2),
        )
        self.selected_pen = pen(theme.selection, 2.0)
        self.halo = QColor(theme.selection)
        self.halo.setAlpha(52 if theme.dark else 40)
        self.error, self.warning, self.accent = (
            QColor(theme.error),
            QColor(theme.warning),
            QColor(theme.accent),
        )
        self.ok = QColor(theme.ok)
        self.error_pen, self.warning_pen = pen(theme.error, 2.0), pen(theme.warning, 1.6)
        self.bubble = {
            "error": QBrush(mixed(theme.node, theme.error, 0.12)),
            "warning": QBrush(mixed(theme.node, theme.warning, 0.12)),
        }
        self.wire_pen, self.wire_hover_pen = pen(theme.wire, 2.0), pen(theme.accent, 3.0)
        self.wire_selected_pen = pen(mixed(theme.wire, theme.selection, 0.75), 2.4)
        self.wire_waits_pen = pen(mixed(theme.wire, theme.canvas, 0.45), 1.8)
        self.wire_waits_pen.setDashPattern([3, 3])
        self.wire_error_pen = pen(theme.error, 2.4)
        self.wire_text, self.wire_letter = (
            QColor(theme.wire_text),
            mixed(theme.wire_text, theme.canvas, 0.3),
        )
        self.label_back = QColor(theme.canvas)
        self.label_back.setAlpha(225)
        self.port_pen, self.port_fill = (
            pen(mixed(theme.wire, theme.node_text, 0.2), 1.4),
            QBrush(QColor(theme.wire)),
        )
        self.port_free, self.port_hover = QBrush(QColor(theme.node)), QBrush(QColor(theme.accent))
        self.strips = {name: QBrush(QColor(color)) for name, color in theme.category_colors.items()}
        self.no_strip = QBrush(QColor(theme.node_border))
        self._texts: dict[tuple[str, int], QStaticText] = {}

    def strip(self, category: str) -> QBrush:
        """The colour of a category; of none, a neutral one."""
        return self.strips.get(category, self.no_strip)

    def static(self, text: str, of: QFont) -> QStaticText:
        """The text laid out once for a font, and shared by everything that says the same."""
        key = (text, id(of))  # the fonts of an ink live as long as it does
        made = self._texts.get(key)
        if made is None:
            made = QStaticText(text)
            made.setTextFormat(Qt.TextFormat.PlainText)
            made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            made.prepare(font=of)
            self._texts[key] = made
        return made


@cache
def _ink(theme_name: str, theme_id: int, family: str) -> list[Ink]:  # noqa: ARG001 - parts of the key
    return []


def ink_for(theme: Theme) -> Ink:
    """The ink of a theme in the application's font, made once."""
    kept = _ink(theme.name, id(theme), QApplication.font().family())
    if not kept:
        kept.append(Ink(theme))
    return kept[0]
