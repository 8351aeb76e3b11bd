"""The legend of curves: a button for each, with a sample of its line and its value; pressing it hides the curve."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from studio.curves.run import Key
from studio.curves.style import Style
from studio.looks.flow_layout import FlowLayout
from studio.looks.theme import Theme
from studio.value_words import number_words

SAMPLE_PX = 26
WIDEST_VALUE = "-0.000e-00"
PLACE_WIDTH_PX = 190


class LegendEntry(QAbstractButton):
    """One curve: checked while it is shown."""

    switched = Signal(object, bool)  # Key, whether it is shown

    def __init__(self, key: Key, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key, self.style_, self._theme = key, Style(theme.text), theme
        self._value: float | None = None
        self.setText(title)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(f"Show or hide {title[0].lower()}{title[1:]}")
        self.setAccessibleName(title)
        self.toggled.connect(self._tell)

    def show_value(self, value: float | None) -> None:
        """Show the curve's value at the crosshair, or its last."""
        if value != self._value:
            self._value = value
            self.setAccessibleDescription(number_words(value))
            self.update()

    def restyle(self, style: Style, theme: Theme) -> None:
        """Draw the sample in this style."""
        if (style, theme) != (self.style_, self._theme):
            self.style_, self._theme = style, theme
            self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for any value, so that nothing jumps while numbers run."""
        metrics = self.fontMetrics()
        words = metrics.horizontalAdvance(self.text()) + metrics.horizontalAdvance(WIDEST_VALUE)
        return QSize(SAMPLE_PX + words + 28, metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        """A long name is elided before the window grows."""
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Sample, name, value; faded when hidden, framed when focused or pointed at."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(
                QPen(QColor(self._theme.accent if self.hasFocus() else self._theme.border), 1)
            )
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        paint_entry(
            painter,
            QRectF(self.rect()),
            self.text(),
            self._value,
            self.style_,
            self._theme,
            self.isChecked(),
        )

    def _tell(self, shown: bool) -> None:
        self.switched.emit(self.key, shown)


def paint_entry(
    painter: QPainter,
    rect: QRectF,
    title: str,
    value: float | None,
    style: Style,
    theme: Theme,
    shown: bool = True,
) -> None:
    """Paint one entry of a legend; for the screen and for pictures."""
    middle = rect.center().y()
    painter.setOpacity(1.0 if shown else 0.4)
    pen = style.pen()
    pen.setCosmetic(False)  # as wide on a fine screen
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawLine(QPointF(rect.x() + 6, middle), QPointF(rect.x() + 6 + SAMPLE_PX, middle))
    metrics = QFontMetrics(painter.font())
    words = rect.adjusted(SAMPLE_PX + 12, 0, -6, 0)
    number = number_words(value)
    room = int(words.width()) - metrics.horizontalAdvance(WIDEST_VALUE) - 2
    name = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
    painter.setPen(QColor(theme.text))
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
    painter.setPen(QColor(theme.muted_text))
    behind = words.adjusted(metrics.horizontalAdvance(name) + 6, 0, 0, 0)
    painter.drawText(behind, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, number)
    if not shown:
        painter.setPen(QPen(QColor(theme.text), 1))
        painter.drawLine(
            QPointF(words.x(), middle), QPointF(words.x() + metrics.horizontalAdvance(name), middle)
        )
    painter.setOpacity(1.0)


class Legend(QWidget):
    """All entries, in rows."""

    changed = Signal()  # another set of curves is shown

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows = FlowLayout(self, spacing=2)
        self._hidden: set[Key] = set()
        self.entries: dict[Key, LegendEntry] = {}
        self.place = QLabel(self)
        self.place.setAccessibleName("Place of the crosshair")
        self.place.setMinimumWidth(PLACE_WIDTH_PX)
        self.place.setContentsMargins(6, 0, 0, 0)
        self._wear(theme)

    def _wear(self, theme: Theme) -> None:
        self._theme = theme
        self.place.setStyleSheet(f"color: {theme.muted_text};")

    def heightForWidth(self, width: int) -> int:
        """The height of all rows."""
        return self._rows.heightForWidth(width)

    def show_curves(self, styles: Mapping[Key, tuple[str, Style]], theme: Theme) -> None:
        """Have an entry for each of these curves, with its title and style, in this order."""
        if theme is not self._theme:
            self._wear(theme)
        titles = {key: entry.text() for key, entry in self.entries.items()}
        if titles != {key: title for key, (title, _) in styles.items()}:
            self._rebuild(styles)
        for key, (_, style) in styles.items():
            self.entries[key].restyle(style, theme)

    def _rebuild(self, styles: Mapping[Key, tuple[str, Style]]) -> None:
        for entry in self.entries.values():
            self._rows.removeWidget(entry)
            entry.hide()
            entry.deleteLater()
        self.entries = {}
        for key, (title, _) in styles.items():
            entry = LegendEntry(key, title, self._theme, self)
            entry.setChecked(key not in self._hidden)
            entry.switched.connect(self._switch)
            self._rows.addWidget(entry)
            entry.show()
            self.entries[key] = entry
        self._rows.removeWidget(self.place)
        self._rows.addWidget(self.place)  # last
        self.updateGeometry()

    def is_shown(self, key: Key) -> bool:
        """Whether this curve is to be drawn."""
        return key not in self._hidden

    def show_values(self, values: Mapping[Key, float | None]) -> None:
        """Show these values beside the names."""
        for key, entry in self.entries.items():
            entry.show_value(values.get(key))

    def _switch(self, key: Key, shown: bool) -> None:
        (self._hidden.discard if shown else self._hidden.add)(key)
        self.changed.emit()
