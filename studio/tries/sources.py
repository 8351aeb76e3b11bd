"""Where a sample to try comes from: a part of the data, a file, or a drawing; one row of controls for each."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.value_words import SPLITS

if TYPE_CHECKING:
    from lightning_modules.trial import Facts

PART, FILE, DRAWING = "part", "file", "drawing"
TITLES = {PART: "Sample of the data", FILE: "File of your own", DRAWING: "Drawing"}


class Stepper(QWidget):
    """Which of so many: a number, one before, one after, and any."""

    chosen = Signal(int)  # counted from 0

    def __init__(self, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = QSpinBox()
        self.number.setAccessibleName(what)
        self.number.setGroupSeparatorShown(True)
        self.number.setKeyboardTracking(False)
        self.before = _button("<", f"{what} before")
        self.after = _button(">", f"Next {what.lower()}")
        self.any = _button("Random", f"Any {what.lower()}")
        self._random = random.Random()  # noqa: S311 - which sample is shown is no secret
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for each in (self.before, self.number, self.after, self.any):
            row.addWidget(each)
        row.addStretch(1)
        self.before.clicked.connect(self.number.stepDown)
        self.after.clicked.connect(self.number.stepUp)
        self.any.clicked.connect(self._choose_any)
        self.number.valueChanged.connect(self._tell)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        """Choose among so many, the first one at first; nothing is told."""
        self.number.blockSignals(True)
        self.number.setRange(min(count, 1), count)
        self.number.setValue(min(count, 1))
        self.number.blockSignals(False)
        for each in (self.number, self.before, self.after, self.any):
            each.setEnabled(count > 1)

    @property
    def index(self) -> int:
        """Which one is chosen, counted from 0."""
        return max(self.number.value() - 1, 0)

    @Slot()
    def _choose_any(self) -> None:
        others = [
            each
            for each in (self._random.randint(1, self.number.maximum()) for _ in range(8))
            if each != self.number.value()
        ]
        if others:
            self.number.setValue(others[0])

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit(self.index)


class Sources(QWidget):
    """The choice of a source, and below it what belongs to it."""

    changed = Signal()  # another source, part or sample
    file_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Mapping[str, int] = {}
        self.choice, self.part = QComboBox(), QComboBox()
        self.choice.setAccessibleName("What to try")
        self.part.setAccessibleName("Part of the data")
        self.sample, self.row = Stepper("Sample"), Stepper("Sample of the file")
        self.file = _button(
            "Choose a file…", "An image, a text, or a table with the columns of the data"
        )
        self.undo = _button("Undo", "Take back the last stroke (Ctrl+Z)")
        self.clear = _button("Clear", "Take back the whole drawing")
        self.fit = QCheckBox("Fit to the image")
        self.fit.setToolTip("Move and scale the drawing so that it fills the image")
        self.fit.setChecked(True)
        self._pages = QStackedWidget()
        self._kinds: dict[str, QWidget] = {
            PART: _column(self.part, self.sample),
            FILE: _column(self.file, self.row),
            DRAWING: _column(_row(self.undo, self.clear), self.fit),
        }
        for page in self._kinds.values():
            self._pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.choice)
        whole.addWidget(self._pages)
        whole.addWidget(QLabel(""), 1)
        self.choice.currentIndexChanged.connect(self._show_page)
        self.part.currentIndexChanged.connect(self._show_part)
        self.sample.chosen.connect(self.changed)
        self.row.chosen.connect(self.changed)
        self.file.clicked.connect(self.file_wanted)

    @property
    def kind(self) -> str:
        """The chosen source: PART, FILE or DRAWING; "" while there is none."""
        return str(self.choice.currentData() or "")

    @property
    def chosen_part(self) -> str:
        """The chosen part of the data, as the data call it."""
        return str(self.part.currentData() or "")

    def choose(self, kind: str) -> None:
        """Take this source."""
        self.choice.setCurrentIndex(self.choice.findData(kind))

    def show_file(self, count: int) -> None:
        """A file was read that holds so many samples: show the first."""
        self.row.set_count(count)
        if self.kind == FILE:
            self.changed.emit()
        else:
            self.choose(FILE)

    def offer(self, facts: Facts) -> None:
        """Offer what can be asked of a run; nothing is told."""
        self._counts = {part: count for part, count in facts.counts.items() if count}
        there = {PART: bool(self._counts), FILE: facts.files != "none", DRAWING: facts.drawing}
        for box in (self.choice, self.part):
            box.blockSignals(True)
            box.clear()
        for kind, title in TITLES.items():
            if there[kind]:
                self.choice.addItem(title, kind)
        for part in ("test", "val", "train"):
            if part in self._counts:
                self.part.addItem(f"{SPLITS[part].capitalize()} part", part)
        for box in (self.choice, self.part):
            box.blockSignals(False)
        self.sample.set_count(self._counts.get(self.chosen_part, 0))
        self.row.set_count(0)
        self._pages.setCurrentWidget(self._kinds.get(self.kind, self._kinds[PART]))

    @Slot()
    def _show_page(self) -> None:
        if self.kind:
            self._pages.setCurrentWidget(self._kinds[self.kind])
            self.changed.emit()

    @Slot()
    def _show_part(self) -> None:
        self.sample.set_count(self._counts.get(self.chosen_part, 0))
        self.changed.emit()


def _button(words: str, tip: str) -> QPushButton:
    made = QPushButton(words)
    made.setAutoDefault(False)
    made.setToolTip(tip)
    made.setAccessibleName(tip.partition(" (")[0])
    if len(words) == 1:
        made.setMaximumWidth(30)
    return made


def _row(*widgets: QWidget) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    for each in widgets:
        row.addWidget(each)
    row.addStretch(1)
    return made


def _column(*widgets: QWidget) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    for each in widgets:
        column.addWidget(each)
    column.addStretch(1)
    return made
