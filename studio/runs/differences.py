"""The settings in which chosen runs differ, as a table: a row for each setting, a column for each run."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from lightning_modules.run_settings import differing, title_in, value_in
from lightning_modules.run_summary import RunSummary
from studio.looks.plain_tip import plain_tip
from studio.looks.theme import Theme
from studio.runs.words import score_words, seconds_words, state_words

EMPTY = "Choose two or more runs in the list to see what differs, here and in the curves."
MOST_COMPARED = 12
"""More columns than this, and more curves over each other, help nobody."""

WIDEST_CELL_PX, PATCH_PX = 280, 10


class Differences(QWidget):
    """Scores stand first, then the settings; what all have alike is left out."""

    curves_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = QTableWidget()
        self.table.setAccessibleName("Settings that differ")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setFrameShape(QTableWidget.Shape.NoFrame)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.setCornerButtonEnabled(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self._empty = QLabel(EMPTY)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self.curves = QPushButton("Show their curves")
        self.curves.setToolTip("The curves of these runs stand over each other in the Curves panel")
        self.curves.clicked.connect(self.curves_requested)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.table)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self.curves, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addWidget(self._pages, 1)
        self.set_theme(theme)
        self.show_runs(())

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self.table.setStyleSheet(
            f"QTableCornerButton::section {{ background: {theme.window}; border: none; }}"
        )
        self._color_heads()
        self._empty.setStyleSheet(
            f"color: {theme.muted_text}; background: {theme.base}; padding: 8px;"
        )

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Compare these; fewer than two are nothing to compare."""
        several = len(runs) > 1
        self.curves.setVisible(several)
        self._pages.setCurrentWidget(self.table if several else self._empty)
        shown = runs[:MOST_COMPARED] if several else ()
        rows = self._rows(shown)
        self.table.setColumnCount(len(shown))
        for column, run in enumerate(shown):
            self.table.setHorizontalHeaderItem(column, QTableWidgetItem(run.name))
        self._color_heads()
        self.table.setRowCount(len(rows))
        self.table.setVerticalHeaderLabels([title for title, _ in rows])
        for row, (_, cells) in enumerate(rows):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tip(text))
                self.table.setItem(row, column, item)
        self.table.resizeColumnsToContents()
        for column in range(len(shown)):
            self.table.setColumnWidth(column, min(self.table.columnWidth(column), WIDEST_CELL_PX))

    def _color_heads(self) -> None:
        """A patch before each name has the colour of the run's curves."""
        for column in range(self.table.columnCount()):
            patch = QPixmap(PATCH_PX, PATCH_PX)
            patch.fill(QColor(self._theme.series[column % len(self._theme.series)]))
            self.table.horizontalHeaderItem(column).setIcon(QIcon(patch))

    @staticmethod
    def _rows(runs: Sequence[RunSummary]) -> list[tuple[str, list[str]]]:
        if not runs:
            return []
        rows = [
            ("State", [state_words(each) for each in runs]),
            ("Validation", [score_words(each.validation) for each in runs]),
            ("Test", [score_words(each.test) for each in runs]),
            ("Took", [seconds_words(each.seconds) for each in runs]),
        ]
        settings = [each.settings for each in runs]
        rows += [
            (title_in(settings, key), [value_in(each, key) for each in settings])
            for key in differing(settings)
        ]
        return rows
