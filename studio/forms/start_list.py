"""A list of layers with what becomes of their weights where a run starts from an earlier one; before it and after."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from lightning_modules.events import LayerStart, WarmStarted
from studio.looks.theme import Theme
from studio.start_words import Fate, source_words, start_rows, start_summary

TALLEST_PX = 132
"""About six lines; a longer list scrolls."""

BEGAN = "The optimizer began anew."


class StartList(QListWidget):
    """One line a layer, such as "resized: Linear 2 weight 10x128 -> 20x128"; a long one is wrapped."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._layers: tuple[LayerStart, ...] = ()
        self._fitted = -1  # the width that the height is right for
        self.setAccessibleName("What the weights of each layer start with")
        self.setWordWrap(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def lines(self) -> list[str]:
        """What it shows."""
        return [self.item(row).text() for row in range(self.count())]

    def show_layers(self, layers: Sequence[LayerStart]) -> None:
        """Show these in place of what it shows; the list stays where it was scrolled to if they are the same."""
        if tuple(layers) == self._layers and self.count():
            return
        self._layers = tuple(layers)
        self._fill()

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self._fill()

    def _fill(self) -> None:
        colors: dict[Fate, str] = {
            "kept": self._theme.text,
            "resized": self._theme.warning,
            "new": self._theme.accent,
            "left out": self._theme.muted_text,
        }
        self.clear()
        for row in start_rows(self._layers):
            item = QListWidgetItem(f"{row.fate}: {row.name} {row.weights}")
            item.setToolTip(item.text())
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            item.setForeground(QColor(colors[row.fate]))
            self.addItem(item)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the lines anew, which makes the list taller or flatter."""
        super().resizeEvent(event)
        if (
            self.width() != self._fitted
        ):  # of the event the size is without the bar that `_fit` shows or hides
            self._fit()

    def _fit(self) -> None:
        """As tall as its lines, up to a limit; the bar that scrolls would wrap them anew, so it comes last."""
        self._fitted = self.width()
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doItemsLayout()
        # Not by sizeHintForRow, which knows nothing of wrapping (seen with 6.11.3).
        last = self.visualItemRect(self.item(self.count() - 1)) if self.count() else QRect()
        lines = last.bottom() + 1 + self.verticalScrollBar().value()
        wanted = lines + self.height() - self.viewport().height()
        if wanted > TALLEST_PX:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setFixedHeight(min(wanted, TALLEST_PX))


class StartMessage(QWidget):
    """What a run told about the weights that it started with: a sentence, and the list."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = QLabel()
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.sentence.setAccessibleName("What the run started with")
        self.list = StartList(theme)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self.sentence)
        rows.addWidget(self.list)

    def show_start(self, event: WarmStarted) -> None:
        """Show what a run told."""
        summary = start_summary(event.layers)
        self.sentence.setText(f"Started from {source_words(event)}: {summary}. {BEGAN}")
        self.list.show_layers(event.layers)
        self.show()

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self.list.set_theme(theme)
