"""The runs as a table that can be sorted, filtered and edited: names and notes are a person's own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont

from lightning_modules.run_settings import differing
from lightning_modules.run_summary import RunSummary, Score
from studio.looks.plain_tip import plain_tip
from studio.looks.theme import Theme
from studio.runs.words import (
    BASELINE,
    changes,
    own_settings,
    score_words,
    seconds_words,
    state_words,
)

COLUMNS = ("Run", "State", "Validation", "Test", "Took", "Settings that differ", "Note")
RUN, STATE, VALIDATION, TEST, TOOK, SETTINGS, NOTE = range(len(COLUMNS))
NUMBERS = (VALIDATION, TEST, TOOK)
SORT = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class RunsModel(QAbstractTableModel):
    """Rows keep their place while runs change; the view in front of it sorts."""

    renamed = Signal(object, str)  # RunSummary, the new name
    noted = Signal(object, str)  # RunSummary, the new note

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.runs: list[RunSummary] = []
        self.baseline = ""
        self._differences: list[str] = []

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self._tell_all()

    def show_runs(self, runs: Sequence[RunSummary], baseline: str) -> None:
        """Have these runs; rows of runs that are still there stay chosen."""
        before, here = list(self.runs), {each.path for each in runs}
        for row in reversed(range(len(self.runs))):
            if self.runs[row].path not in here:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self.runs[row]
                self.endRemoveRows()
        fresh = {each.path: each for each in runs}
        self.runs = [fresh.pop(each.path) for each in self.runs]
        if fresh:
            first = len(self.runs)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self.runs += fresh.values()
            self._differences += [""] * len(fresh)
            self.endInsertRows()
        if self.runs != before or baseline != self.baseline:
            self.baseline = baseline
            self._compare()
            self._tell_all()

    def row_of(self, path: Path) -> int | None:
        """The row of a run; None if it is not here."""
        return next((row for row, each in enumerate(self.runs) if each.path == path), None)

    def _compare(self) -> None:
        pinned = next((each for each in self.runs if each.path.name == self.baseline), None)
        if pinned is not None:
            self._differences = [
                BASELINE if each is pinned else changes(each.settings, pinned.settings) or "nothing"
                for each in self.runs
            ]
            return
        settings = [each.settings for each in self.runs]
        keys = differing(settings)
        self._differences = [own_settings(each, keys, settings) for each in settings]

    def _tell_all(self) -> None:
        if self.runs:
            last = self.index(len(self.runs) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """One for each run."""
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """One for each of COLUMNS."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The titles of the columns."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _side(section)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names and notes can be written."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in (RUN, NOTE) else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for another name or note."""
        if role != Qt.ItemDataRole.EditRole:
            return False
        run, text = self.runs[index.row()], str(value).strip()
        signal = self.renamed if index.column() == RUN else self.noted
        signal.emit(run, text)
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, sorts by, and says when the mouse rests."""
        run, column = self.runs[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(index.row(), column)
        if role == Qt.ItemDataRole.EditRole:
            return run.label.note if column == NOTE else run.label.name or run.name
        if role == SORT:
            return self._sort_key(run, index.row(), column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._tip(run, index.row(), column))
        if role == Qt.ItemDataRole.ForegroundRole and column == STATE:
            return QColor(self._color(run))
        if role == Qt.ItemDataRole.FontRole and run.path.name == self.baseline:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def _words(self, row: int, column: int) -> str:
        run = self.runs[row]
        return {
            RUN: run.name,
            STATE: state_words(run),
            VALIDATION: score_words(run.validation),
            TEST: score_words(run.test),
            TOOK: seconds_words(run.seconds),
            SETTINGS: self._differences[row],
            NOTE: run.label.note,
        }[column]

    def _sort_key(self, run: RunSummary, row: int, column: int) -> Any:
        if column == RUN:
            return run.began.timestamp() if run.began is not None else 0.0
        if column in (VALIDATION, TEST):
            return _number(run.validation if column == VALIDATION else run.test)
        return run.seconds if column == TOOK else self._words(row, column).lower()

    def _tip(self, run: RunSummary, row: int, column: int) -> str:
        if column == STATE and run.reason:
            return run.reason
        if column in (VALIDATION, TEST):
            score = run.validation if column == VALIDATION else run.test
            best = f" of epoch {run.best_epoch}, its best" if column == VALIDATION else ""
            return f"{score.title}{best}" if score is not None else "It was not measured."
        if column == RUN:
            return str(run.path)
        return self._words(row, column).replace(", ", "\n") if column == SETTINGS else ""

    def _color(self, run: RunSummary) -> str:
        theme = self._theme
        colors = {
            "running": theme.accent,
            "completed": theme.ok,
            "failed": theme.error,
            "interrupted": theme.warning,
        }
        return colors.get(run.state, theme.text)


class RunsFilter(QSortFilterProxyModel):
    """Shows the runs that have every word of a text in any of their cells, or in the title of their document."""

    def __init__(self, model: RunsModel) -> None:
        super().__init__()
        self._words: list[str] = []
        self._model = model
        self.setSourceModel(model)
        self.setSortRole(SORT)

    def set_text(self, text: str) -> None:
        """Filter by another text; "" shows all."""
        self._words = text.lower().split()
        self.invalidate()

    def filterAcceptsRow(self, row: int, _parent: Index) -> bool:
        """Whether all words are there."""
        if not self._words:
            return True
        cells = [str(self._model.index(row, column).data()) for column in range(len(COLUMNS))]
        text = " ".join((*cells, self._model.runs[row].title)).lower()
        return all(word in text for word in self._words)


def _number(score: Score | None) -> float:
    """Below everything where there is none."""
    return score.value if score is not None and math.isfinite(score.value) else -math.inf


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
