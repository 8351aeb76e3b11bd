"""The last values of a run as a small table: a row for each, a column for training and validation."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from graphs.graph import Graph
from studio.looks.theme import Theme
from studio.value_words import SPLITS, metric_title, name_of, value_words


class ValuesTable(QWidget):
    """Titles in the first row and column, values in words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Last values")
        self._theme = theme
        self._table = QGridLayout(self)
        self._table.setContentsMargins(0, 2, 0, 2)
        self._table.setHorizontalSpacing(14)
        self._table.setVerticalSpacing(2)
        self._table.setColumnStretch(0, 1)
        self._cells: dict[tuple[int, int], QLabel] = {}

    def set_theme(self, theme: Theme) -> None:
        """Wear these colours."""
        self._theme = theme
        self._color_cells()

    def show_values(self, values: dict[str, float], graph: Graph) -> None:
        """Show these values, by `SPLIT_NAME`, of a run of this graph."""
        splits = [split for split in SPLITS if any(name_of(name)[0] == split for name in values)]
        names = list(dict.fromkeys(name_of(name)[1] for name in values))
        names.sort(key=lambda name: name != "loss")
        cells = {(0, column + 1): SPLITS[split].capitalize() for column, split in enumerate(splits)}
        for row, name in enumerate(names):
            cells[row + 1, 0] = metric_title(name, graph)
            for column, split in enumerate(splits):
                value = values.get(f"{split}_{name}")
                cells[row + 1, column + 1] = (
                    "" if value is None else value_words(name, value, graph)
                )
        for place in self._cells.keys() - cells.keys():
            self._cells.pop(place).deleteLater()
        for place, words in cells.items():
            if place not in self._cells:
                label = self._cells[place] = QLabel(self)
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setWordWrap(place[1] == 0)  # long names: higher rows, not a wider panel
                side = Qt.AlignmentFlag.AlignRight if place[1] else Qt.AlignmentFlag.AlignLeft
                label.setAlignment(side)
                self._table.addWidget(label, *place)
            self._cells[place].setText(words)
        self._color_cells()
        self.show()

    def _color_cells(self) -> None:
        for place, label in self._cells.items():
            color = self._theme.muted_text if 0 in place else self._theme.text
            style = f"color: {color};"
            if label.styleSheet() != style:  # setting it takes long, even when it is the same
                label.setStyleSheet(style)
