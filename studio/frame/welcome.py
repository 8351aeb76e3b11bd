"""The page that stands here while nothing is open: begin, go on with a recent file, or open an example."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from resources.templates import Template
from studio.looks.icons import icon, pixmap
from studio.looks.theme import Theme

COLUMN_WIDTH, CARD_WIDTH, CARDS_A_ROW = 250, 262, 3
MARGIN, GAP, CARD_GAP = 48, 48, 14
MOST_LINES = 5  # of a card's paragraph; its tooltip holds the whole
RECENT_SHOWN = 8


class Card(QAbstractButton):
    """One example: title, what it shows, and its layers as a strip of their colours."""

    def __init__(
        self, template: Template, colors: Sequence[str], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.template = template
        self._colors, self._theme = tuple(colors), theme
        self.setText(template.title)
        self.setAccessibleName(template.title)
        self.setAccessibleDescription(template.description)
        self.setToolTip(template.description)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(CARD_WIDTH)
        title = _label(template.title, f"font-weight: 600; font-size: 14px; color: {theme.text};")
        words = _label(template.description, f"color: {theme.muted_text};")
        words.setText(_cut(template.description, words.fontMetrics(), CARD_WIDTH - 32))
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 34, 16, 14)
        box.setSpacing(6)
        box.addWidget(title)
        box.addWidget(words, 1)

    def sizeHint(self) -> QSize:
        """As large as its words."""
        return QSize(CARD_WIDTH, self.layout().heightForWidth(CARD_WIDTH))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sheet and the strip; the words are labels."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lively = self.hasFocus() or self.underMouse()
        painter.setPen(
            QPen(
                QColor(self._theme.accent if lively else self._theme.border),
                2 if self.hasFocus() else 1,
            )
        )
        painter.setBrush(QColor(self._theme.window if self.isDown() else self._theme.node))
        painter.drawRoundedRect(QRect(1, 1, self.width() - 2, self.height() - 2), 8, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        width = min(18, (self.width() - 32) // max(1, len(self._colors)) - 4)
        for index, color in enumerate(self._colors):
            painter.setBrush(QColor(color))
            painter.drawRoundedRect(QRect(16 + index * (width + 4), 18, width, 8), 3, 3)


class Welcome(QScrollArea):
    """The name, the ways to begin, recent files, and the examples as cards."""

    new_requested = Signal()
    open_requested = Signal()
    file_requested = Signal(object)  # Path
    template_requested = Signal(object)  # Path

    def __init__(
        self,
        examples: Sequence[tuple[Template, Sequence[str]]],
        recent: Sequence[Path],
        theme: Theme,
    ) -> None:
        """`examples` are the templates, each with the categories of its layers in order."""
        super().__init__()
        self.setObjectName("welcome")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._examples, self._recent, self._theme = tuple(examples), tuple(recent), theme
        self._build()

    def set_recent(self, recent: Sequence[Path]) -> None:
        """Show these files."""
        if tuple(recent) != self._recent:
            self._recent = tuple(recent)
            self._build()

    def set_theme(self, theme: Theme) -> None:
        """Wear these colours."""
        self._theme = theme
        self._build()

    def focus_first(self) -> None:
        """Give the keyboard to the first way to begin."""
        self.new.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self) -> None:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(MARGIN, 44, MARGIN, 44)
        row.setSpacing(GAP)
        row.addStretch(1)
        row.addLayout(self._beginnings())
        row.addLayout(self._cards())
        row.addStretch(1)
        self.setWidget(page)

    def _beginnings(self) -> QVBoxLayout:
        theme = self._theme
        column = QVBoxLayout()
        column.setSpacing(8)
        mark = QLabel()
        mark.setPixmap(pixmap("lamina", theme.text, 64, self.devicePixelRatioF()))
        column.addWidget(mark)
        column.addWidget(
            _label("Lamina", f"font-size: 28px; font-weight: 600; color: {theme.text};")
        )
        column.addWidget(
            _label(
                "Draw a network, train it, and watch it learn.",
                f"color: {theme.muted_text};",
                COLUMN_WIDTH,
            )
        )
        column.addSpacing(16)
        self.new = _button("New graph", "new", "Ctrl+N", theme)
        self.new.clicked.connect(self.new_requested)
        self.open = _button("Open a file…", "open", "Ctrl+O", theme)
        self.open.clicked.connect(self.open_requested)
        column.addWidget(self.new)
        column.addWidget(self.open)
        column.addSpacing(20)
        column.addWidget(_heading("Recent files", theme))
        for path in self._recent[:RECENT_SHOWN]:
            column.addWidget(self._recent_button(path))
        if not self._recent:
            words = "Files that you open or save will be listed here."
            column.addWidget(_label(words, f"color: {theme.muted_text};", COLUMN_WIDTH))
        column.addStretch(1)
        return column

    def _recent_button(self, path: Path) -> QPushButton:
        button = QPushButton()
        button.setFlat(True)
        button.setFixedWidth(COLUMN_WIDTH)
        button.setText(
            button.fontMetrics().elidedText(
                path.name, Qt.TextElideMode.ElideMiddle, COLUMN_WIDTH - 24
            )
        )
        button.setToolTip(str(path))
        button.setAccessibleName(f"Open {path.name}")
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setStyleSheet(
            f"QPushButton {{ text-align: left; color: {self._theme.accent}; padding: 4px;"
            " border: 1px solid transparent; }"
            f"QPushButton:hover {{ text-decoration: underline; }}"
            f"QPushButton:focus {{ border: 1px solid {self._theme.accent}; border-radius: 4px; }}"
        )
        button.clicked.connect(partial(self.file_requested.emit, path))
        return button

    def _cards(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(12)
        heading = _heading("Examples, ready to train", self._theme)
        heading.setMinimumWidth(CARD_WIDTH)
        column.addWidget(heading)
        self._grid = QGridLayout()
        self._grid.setSpacing(CARD_GAP)
        self.cards: list[Card] = []
        for template, categories in self._examples:
            colors = [self._theme.category_colors[each] for each in categories]
            card = Card(template, colors, self._theme)
            card.clicked.connect(partial(self.template_requested.emit, template.path))
            self.cards.append(card)
        self._place_cards(self._cards_a_row())
        column.addLayout(self._grid)
        column.addStretch(1)
        return column

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many cards side by side as there is room for."""
        super().resizeEvent(event)
        if self._cards_a_row() != self._side_by_side:
            self._place_cards(self._cards_a_row())

    def _cards_a_row(self) -> int:
        bar = self.verticalScrollBar().sizeHint().width()
        room = self.width() - bar - 2 * MARGIN - GAP - COLUMN_WIDTH
        return max(1, min(CARDS_A_ROW, (room + CARD_GAP) // (CARD_WIDTH + CARD_GAP)))

    def _place_cards(self, side_by_side: int) -> None:
        self._side_by_side = side_by_side
        for index, card in enumerate(self.cards):
            self._grid.addWidget(card, index // side_by_side, index % side_by_side)


def _cut(text: str, metrics: QFontMetrics, width: int) -> str:
    """The words that stand in the first lines, and an ellipsis if there are more."""
    line = metrics.lineSpacing()
    wrap = int(Qt.TextFlag.TextWordWrap)
    words = text.split()
    kept = len(words)
    while kept > 1:
        shown = " ".join(words[:kept]) + ("" if kept == len(words) else " …")
        height = metrics.boundingRect(QRect(0, 0, width, 10_000), wrap, shown).height()
        if height <= MOST_LINES * line:
            return shown
        kept -= 1
    return text


def _label(text: str, style: str, width: int = 0) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setStyleSheet(style)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    if width:
        label.setFixedWidth(width)
    return label


def _heading(text: str, theme: Theme) -> QLabel:
    return _label(text, f"font-size: 15px; font-weight: 600; color: {theme.text};")


def _button(text: str, picture: str, keys: str, theme: Theme) -> QPushButton:
    button = QPushButton(icon(picture, theme.text), f"  {text}")
    button.setFixedWidth(COLUMN_WIDTH)
    button.setToolTip(f"{text} ({keys})")
    button.setStyleSheet("QPushButton { text-align: left; padding: 8px 12px; }")
    button.setAutoDefault(True)
    return button
