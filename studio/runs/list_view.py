"""The list of runs: rows that can be sorted and chosen, with keys of its own for what is done to runs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from lightning_modules.run_summary import RunSummary
from studio.runs.table import NOTE, RUN, SETTINGS, STATE, RunsModel

WIDTHS = {RUN: 150, STATE: 175, SETTINGS: 260, NOTE: 160}
"""At first, in pixels; numbers are as wide as their titles."""

NUMBER_PX = 84


class RunsList(QTreeView):
    """Delete and Ctrl+Z are for runs while the list has the focus; F2 or a double click writes a name or a note."""

    chosen_changed = Signal(object)  # tuple[RunSummary, ...]
    delete_requested = Signal()
    undo_requested = Signal()
    menu_requested = Signal(QPoint)  # on the screen

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs_model = model
        self.setModel(model)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setAlternatingRowColors(False)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setSortingEnabled(True)
        self.sortByColumn(RUN, Qt.SortOrder.DescendingOrder)  # the newest first
        self.setAccessibleName("Runs")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)
        for column in range(model.columnCount()):
            self.setColumnWidth(column, WIDTHS.get(column, NUMBER_PX))
        self.selectionModel().selectionChanged.connect(self.tell_chosen)

    @property
    def chosen(self) -> tuple[RunSummary, ...]:
        """The runs of the rows that are selected, from the top to the bottom of the list."""
        rows = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        return tuple(self.runs_model.runs[index.row()] for index in rows)

    def choose(self, paths: Iterable[Path]) -> None:
        """Select the runs in these folders."""
        self.clearSelection()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for path in paths:
            row = self.runs_model.row_of(path)
            if row is not None:
                self.selectionModel().setCurrentIndex(self.runs_model.index(row, RUN), flags)

    @Slot()
    def tell_chosen(self) -> None:
        """Say which runs are chosen, as they are now."""
        self.chosen_changed.emit(self.chosen)

    def edit_cell(self, column: int) -> None:
        """Let a person write into this column of the chosen run."""
        rows = self.selectionModel().selectedRows()
        if len(rows) == 1:
            index = rows[0].siblingAtColumn(column)
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.scrollTo(index)
            self.setCurrentIndex(index)
            self.edit(index)

    def event(self, event: QEvent) -> bool:
        """Undo belongs to the list while it has the focus, not to the graph."""
        if event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if event.matches(QKeySequence.StandardKey.Undo):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete deletes, undo brings back; on any column F2 writes a name, on that of notes a note."""
        if event.key() == Qt.Key.Key_Delete:
            self.delete_requested.emit()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo_requested.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.edit_cell(NOTE if self.currentIndex().column() == NOTE else RUN)
        else:
            super().keyPressEvent(event)

    @Slot(QPoint)
    def _ask_menu(self, place: QPoint) -> None:
        self.menu_requested.emit(self.viewport().mapToGlobal(place))
