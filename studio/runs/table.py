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
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont

from lightning_modules.run_summary import RunSummary, Score
from studio.looks.plain_tip import plain_tip
from studio.looks.theme import Theme
from studio.runs.words import (
    BASELINE,
    changes,
    score_words,
    seconds_words,
    state_words,
    unlike_most,
)

COLUMNS = ("Run", "State", "Validation", "Test", "Took", "Settings that differ", "Note")
RUN, STATE, VALIDATION, TEST, TOOK, SETTINGS, NOTE = range(len(COLUMNS))
NUMBERS = (VALIDATION, TEST, TOOK)
Index = QModelIndex | QPersistentModelIndex


class RunsModel(QAbstractTableModel):
    """Sorts and filters by itself: asked cell by cell from C++, hundreds of runs would take a second."""

    renamed = Signal(object, str)  # RunSummary, the new name
    noted = Signal(object, str)  # RunSummary, the new note

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.all: tuple[RunSummary, ...] = ()
        self.runs: list[RunSummary] = []  # those that are shown, from the top
        self.baseline = ""
        self._differences: dict[Path, str] = {}
        self._filter: list[str] = []
        self._order = (RUN, Qt.SortOrder.DescendingOrder)

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self._tell_all()

    def show_runs(self, runs: Sequence[RunSummary], baseline: str) -> None:
        """Have these runs; rows of runs that are still there stay chosen."""
        if tuple(runs) != self.all or baseline != self.baseline:
            before = self.baseline, [(each.path, each.settings) for each in self.all]
            self.all, self.baseline = tuple(runs), baseline
            if before != (baseline, [(each.path, each.settings) for each in self.all]):
                self._compare()  # not while a run only goes on
            self._arrange()
            self._tell_all()

    def set_filter(self, text: str) -> None:
        """Show the runs that have every word of a text in a cell or in the title of their document; "" shows all."""
        words = text.lower().split()
        if words != self._filter:
            self._filter = words
            self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column from now on."""
        self._order = (column, order)
        self._arrange()

    def row_of(self, path: Path) -> int | None:
        """The row of a run; None if it is not shown."""
        return next((row for row, each in enumerate(self.runs) if each.path == path), None)

    def _arrange(self) -> None:
        column, order = self._order
        down = order == Qt.SortOrder.DescendingOrder
        found = [each for each in self.all if self._has_words(each)]
        wanted = sorted(found, key=lambda run: self._sort_key(run, column), reverse=down)
        paths = {each.path for each in wanted}
        self._remove({row for row, each in enumerate(self.runs) if each.path not in paths})
        here = {each.path for each in self.runs}
        fresh = [each for each in wanted if each.path not in here]
        if fresh:
            first = len(self.runs)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self.runs += fresh
            self.endInsertRows()
        self._reorder(wanted)

    def _remove(self, rows: set[int]) -> None:
        """Take these rows out, from the bottom, neighbours at once."""
        last = len(self.runs) - 1
        while last >= 0:
            first = last
            if last in rows:
                while first - 1 in rows:
                    first -= 1
                self.beginRemoveRows(QModelIndex(), first, last)
                del self.runs[first : last + 1]
                self.endRemoveRows()
            last = first - 1

    def _reorder(self, wanted: list[RunSummary]) -> None:
        """Bring the rows into this order; what is chosen stays chosen."""
        before = [each.path for each in self.runs]
        places = {each.path: row for row, each in enumerate(wanted)}
        if before == list(places):
            self.runs = wanted
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        self.runs = wanted
        moved = [self.index(places[before[each.row()]], each.column()) for each in held]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _has_words(self, run: RunSummary) -> bool:
        if not self._filter:
            return True
        cells = (self._words(run, column) for column in range(len(COLUMNS)))
        text = " ".join((*cells, run.title)).lower()
        return all(word in text for word in self._filter)

    def _compare(self) -> None:
        pinned = next((each for each in self.all if each.path.name == self.baseline), None)
        paths = [each.path for each in self.all]
        if pinned is None:
            told = unlike_most([each.settings for each in self.all])
        else:
            told = [
                BASELINE if each is pinned else changes(each.settings, pinned.settings) or "nothing"
                for each in self.all
            ]
        self._differences = dict(zip(paths, told, strict=True))

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
            return self._words(run, column)
        if role == Qt.ItemDataRole.EditRole:
            return run.label.note if column == NOTE else run.label.name or run.name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._tip(run, column))
        if role == Qt.ItemDataRole.ForegroundRole and column == STATE:
            return QColor(self._color(run))
        if role == Qt.ItemDataRole.FontRole and run.path.name == self.baseline:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def _words(self, run: RunSummary, column: int) -> str:
        return {
            RUN: run.name,
            STATE: state_words(run),
            VALIDATION: score_words(run.validation),
            TEST: score_words(run.test),
            TOOK: seconds_words(run.seconds),
            SETTINGS: self._differences.get(run.path, ""),
            NOTE: run.label.note,
        }[column]

    def _sort_key(self, run: RunSummary, column: int) -> Any:
        if column == RUN:
            return run.began.timestamp() if run.began is not None else 0.0
        if column in (VALIDATION, TEST):
            return _number(run.validation if column == VALIDATION else run.test)
        return run.seconds if column == TOOK else self._words(run, column).lower()

    def _tip(self, run: RunSummary, column: int) -> str:
        if column == STATE and run.reason:
            return run.reason
        if column in (VALIDATION, TEST):
            score = run.validation if column == VALIDATION else run.test
            which = f"epoch {run.best_epoch}, its best" if run.best_epoch else "its last epoch"
            of = f" of {which}" if column == VALIDATION else ""
            return f"{score.title}{of}" if score is not None else "It was not measured."
        if column == RUN:
            return str(run.path)
        return self._words(run, column).replace(", ", "\n") if column == SETTINGS else ""

    def _color(self, run: RunSummary) -> str:
        theme = self._theme
        colors = {
            "running": theme.accent,
            "completed": theme.ok,
            "failed": theme.error,
            "interrupted": theme.warning,
        }
        return colors.get(run.state, theme.text)


def _number(score: Score | None) -> float:
    """Below everything where there is none."""
    return score.value if score is not None and math.isfinite(score.value) else -math.inf


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
