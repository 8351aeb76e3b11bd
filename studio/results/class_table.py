"""The scores of each class as a table that sorts by any column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from studio.looks.plain_tip import plain_tip
from studio.results.measures import CLASS_COLUMNS, cell_text, class_cells

if TYPE_CHECKING:
    from lightning_modules.assessment import Assessment

HEADINGS = ("Class", "Prec.", "Recall", "F1", "AUC", "AP", "Count")
"""Short forms of `CLASS_COLUMNS`: a panel is narrow."""
LEAST_COLUMN_PX, WIDEST_NAME_PX, ARROW_PX = 44, 120, 26
VALUE = Qt.ItemDataRole.UserRole
WORST = -1.0
"""Where there is no value: below all that are."""


class _Cell(QTableWidgetItem):
    """Sorts by its number, not by its words."""

    def __lt__(self, other: QTableWidgetItem) -> bool:
        """Whether it stands above the other in ascending order."""
        return bool(self.data(VALUE) < other.data(VALUE))


class ClassTable(QTableWidget):
    """Precision, recall, F1, areas and how many samples there are, one class a row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(CLASS_COLUMNS), parent)
        self.setAccessibleName("Scores of each class")
        for column, (heading, whole) in enumerate(zip(HEADINGS, CLASS_COLUMNS, strict=True)):
            item = QTableWidgetItem(heading)
            item.setToolTip(whole)
            if not column:
                item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            self.setHorizontalHeaderItem(column, item)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(LEAST_COLUMN_PX)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)

    def show_found(self, found: Assessment) -> None:
        """Show the classes of an assessment in their own order."""
        self.setSortingEnabled(False)
        rows = class_cells(found)
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                item = _Cell(cell_text(value))
                item.setData(VALUE, row if column == 0 else WORST if value is None else value)
                if column:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                else:
                    item.setToolTip(plain_tip(str(value)))
                self.setItem(row, column, item)
        self.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        heading = self.fontMetrics().horizontalAdvance(HEADINGS[0]) + ARROW_PX
        widest = max(self.sizeHintForColumn(0), heading)
        self.setColumnWidth(0, min(widest, WIDEST_NAME_PX))
