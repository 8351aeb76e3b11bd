"""The table of measures: titles, values of the network, and beside them those of simple models."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from studio.looks.plain_tip import plain_tip

LEAST_TITLE_PX, LEAST_VALUE_PX, TITLE_EDGES_PX = 100, 64, 8
ROW_GAP_PX = 5


class ValuesTable(QTableWidget):
    """Titles take what the values leave, and never so much that no value can be seen."""

    def __init__(self) -> None:
        super().__init__(0, 2)
        self.setAccessibleName("Values")
        self.setHorizontalHeaderLabels(["Measure", "Test part"])
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(LEAST_VALUE_PX)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.setMinimumHeight(60)

    def fill(self, columns: list[tuple[str, list[str]]]) -> None:
        """Show these columns: each a heading and its cells; the first one has the titles."""
        self.clear()
        self.setRowCount(len(columns[0][1]))
        self.setColumnCount(len(columns))
        self.setHorizontalHeaderLabels([heading for heading, _ in columns])
        aside = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, (_, cells) in enumerate(columns):
            for row, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(aside)
                else:
                    item.setToolTip(plain_tip(text))
                self.setItem(row, column, item)
        self._share_room()

    @property
    def wanted_width(self) -> int:
        """How wide it would be to show every column whole, in pixels."""
        values = sum(self.columnWidth(each) for each in range(1, self.columnCount()))
        whole = self.verticalHeader().length() + self.horizontalHeader().height()
        bar = self.verticalScrollBar().sizeHint().width() if whole > self.height() else 0
        return values + self._least_title() + bar + 2 * self.frameWidth()

    def _least_title(self) -> int:
        return max(LEAST_VALUE_PX, min(LEAST_TITLE_PX, self.sizeHintForColumn(0)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        values = range(1, self.columnCount())
        for column in values:
            self.resizeColumnToContents(column)
        rest = self.viewport().width() - sum(self.columnWidth(each) for each in values)
        self.setColumnWidth(0, max(rest, self._least_title()))
        self._fit_rows()

    def _fit_rows(self) -> None:
        """Let a title that is too long take two lines rather than end in dots."""
        low, room = self.verticalHeader().defaultSectionSize(), self.columnWidth(0) - TITLE_EDGES_PX
        for row in range(self.rowCount()):
            item = self.item(row, 0)
            fits = item is None or self.fontMetrics().horizontalAdvance(item.text()) <= room
            self.setRowHeight(row, low if fits else max(low, self.sizeHintForRow(row) + ROW_GAP_PX))
