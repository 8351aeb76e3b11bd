"""The entries of a legend: curves, which can be hidden, and levels to beat, which can only be named."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from studio.curves.run import Key
from studio.curves.style import Style
from studio.looks.theme import Theme
from studio.value_words import number_words

SAMPLE_PX, SHORT_SAMPLE_PX = 26, 16
WIDEST_VALUE = "-0.000e-00"


class LegendEntry(QAbstractButton):
    """One curve: checked while it is shown. A compact one has no room for its value, but says it in its place."""

    switched = Signal(object, bool)  # Key, whether it is shown

    def __init__(self, key: Key, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key, self.style_, self._theme = key, Style(theme.text), theme
        self._value: float | None = None
        self._pointed = self._compact = False
        self.setText(title)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(f"Show or hide {title[0].lower()}{title[1:]}")
        self.setAccessibleName(title)
        self.toggled.connect(self._tell)

    def show_value(self, value: float | None, *, pointed: bool = False) -> None:
        """Show the curve's value at the crosshair (`pointed`), or its last."""
        if (value, pointed) != (self._value, self._pointed):
            self._value, self._pointed = value, pointed
            self.setAccessibleDescription(number_words(value))
            self.update()

    def restyle(self, style: Style, theme: Theme) -> None:
        """Draw the sample in this style."""
        if (style, theme) != (self.style_, self._theme):
            self.style_, self._theme = style, theme
            self.update()

    def fold(self, *, compact: bool) -> None:
        """Take little room, or all that is wanted."""
        if compact != self._compact:
            self._compact = compact
            self.updateGeometry()
            self.update()

    def size_if(self, *, compact: bool) -> QSize:
        """How large it likes to be; wide enough for any value, so that nothing jumps while numbers run."""
        metrics = self.fontMetrics()
        name, value = (metrics.horizontalAdvance(each) for each in (self.text(), WIDEST_VALUE))
        if compact:
            return QSize(SHORT_SAMPLE_PX + max(name, value) + 22, metrics.height() + 4)
        return QSize(SAMPLE_PX + name + value + 28, metrics.height() + 6)

    def sizeHint(self) -> QSize:
        """As folded now."""
        return self.size_if(compact=self._compact)

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
        value = number_words(self._value)
        paint_entry(
            painter,
            QRectF(self.rect()),
            value if self._compact and self._pointed else self.text(),
            None if self._compact else value,
            self.style_,
            self._theme,
            self.isChecked(),
            SHORT_SAMPLE_PX if self._compact else SAMPLE_PX,
        )

    def _tell(self, shown: bool) -> None:
        self.switched.emit(self.key, shown)


class LevelEntry(QWidget):
    """The name of a level, with the number that stands for it in plots too narrow for names."""

    def __init__(
        self, number: int, title: str, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title, self._number, self._theme = title, number, theme
        self._numbered = False
        self.setToolTip(f"The quiet line that {title} reaches, to beat")
        self.setAccessibleName(f"Level to beat: {title}")

    def restyle(self, theme: Theme, *, numbered: bool) -> None:
        """Draw in this theme; with the number where the plot has nothing else."""
        if (theme, numbered) != (self._theme, self._numbered):
            self._theme, self._numbered = theme, numbered
            self.update()

    @property
    def words(self) -> str:
        """What it says."""
        return level_words(self._number, self.title, numbered=self._numbered)

    def sizeHint(self) -> QSize:
        """Room for the number at any time: if it came and went with it, the plots would grow and shrink in turn."""
        metrics = self.fontMetrics()
        widest = metrics.horizontalAdvance(level_words(self._number, self.title, numbered=True))
        return QSize(SHORT_SAMPLE_PX + widest + 22, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        """A long name is elided before the window grows."""
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Sample and name, both quiet."""
        painter = QPainter(self)
        paint_level(painter, QRectF(self.rect()), self.words, self._theme, SHORT_SAMPLE_PX)


def level_words(number: int, title: str, *, numbered: bool) -> str:
    """The name of a level in a legend."""
    return f"{number} {title}" if numbered else title


def paint_entry(
    painter: QPainter,
    rect: QRectF,
    title: str,
    number: str | None,
    style: Style,
    theme: Theme,
    shown: bool = True,
    sample_px: int = SAMPLE_PX,
) -> None:
    """Paint one curve's entry of a legend; for the screen and for pictures. `number` is its value in words."""
    middle = rect.center().y()
    painter.setOpacity(1.0 if shown else 0.4)
    _paint_sample(painter, rect, style.pen(), sample_px)
    metrics = QFontMetrics(painter.font())
    words = rect.adjusted(sample_px + 12, 0, -6, 0)
    taken = 0 if number is None else metrics.horizontalAdvance(WIDEST_VALUE) + 2
    name = metrics.elidedText(title, Qt.TextElideMode.ElideRight, int(words.width()) - taken)
    painter.setPen(QColor(theme.text))
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
    if number is not None:
        painter.setPen(QColor(theme.muted_text))
        behind = words.adjusted(metrics.horizontalAdvance(name) + 6, 0, 0, 0)
        painter.drawText(behind, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, number)
    if not shown:
        painter.setPen(QPen(QColor(theme.text), 1))
        painter.drawLine(
            QPointF(words.x(), middle), QPointF(words.x() + metrics.horizontalAdvance(name), middle)
        )
    painter.setOpacity(1.0)


def paint_level(
    painter: QPainter, rect: QRectF, words: str, theme: Theme, sample_px: int = SAMPLE_PX
) -> None:
    """Paint one level's entry of a legend; for the screen and for pictures."""
    pen = QPen(QColor(theme.muted_text), 1, Qt.PenStyle.DashDotLine)
    _paint_sample(painter, rect, pen, sample_px)
    place = rect.adjusted(sample_px + 12, 0, -6, 0)
    name = QFontMetrics(painter.font()).elidedText(
        words, Qt.TextElideMode.ElideRight, int(place.width())
    )
    painter.setPen(QColor(theme.muted_text))
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)


def _paint_sample(painter: QPainter, rect: QRectF, pen: QPen, sample_px: int) -> None:
    middle = rect.center().y()
    pen.setCosmetic(False)  # as wide on a fine screen
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawLine(QPointF(rect.x() + 6, middle), QPointF(rect.x() + 6 + sample_px, middle))
