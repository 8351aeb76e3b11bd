"""Asks for lists of epochs, learning rates, batch sizes and seeds: every combination becomes a run of the queue."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from graphs.content import Document
from lightning_modules.run_settings import words
from lightning_modules.variants import LR, TITLES, BadGrid, Variant, rates_of, read_values, variants
from studio.forms.muted_label import muted_label
from studio.looks.theme import Theme

INTRODUCTION = (
    "Write several values with commas, whole numbers also as a range: 1, 5, 10-12. "
    "An empty line leaves the value as it is now."
)
WIDTH_PX = 440


class GridDialog(QDialog):
    """Counts the runs while a person writes; what cannot stand there is said at once."""

    chosen = Signal(object)  # tuple[Variant, ...]

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add several runs to the queue")
        self._document, self._theme = document, theme
        self._variants: tuple[Variant, ...] = ()
        self.rows = {name: QLineEdit() for name in TITLES}
        now = {
            "epochs": words(document.run.epochs),
            LR: words(rates_of(document)),
            "batch_size": words(document.run.batch_size),
            "seed": words(document.run.seed),
        }
        form = QFormLayout()
        for name, edit in self.rows.items():
            edit.setPlaceholderText(f"{now[name]} (as it is now)")
            edit.setAccessibleName(TITLES[name])
            edit.textChanged.connect(self._count)
            form.addRow(TITLES[name], edit)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setMinimumHeight(2 * self.told.fontMetrics().height() + 6)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.add = QPushButton("Add")
        self.add.setDefault(True)
        buttons.addButton(self.add, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.setSpacing(10)
        box.addWidget(muted_label(INTRODUCTION, theme))
        box.addLayout(form)
        box.addWidget(self.told)
        box.addWidget(buttons)
        self.setMinimumWidth(WIDTH_PX)
        self._count()

    @Slot()
    def _count(self) -> None:
        try:
            values: dict[str, tuple[Any, ...]] = {
                name: read_values(name, edit.text()) for name, edit in self.rows.items()
            }
            self._variants = variants(self._document, values)
        except BadGrid as error:
            self._variants = ()
            self._say(str(error), self._theme.error)
        else:
            self._say(self._summary(values), self._theme.text)
        count = len(self._variants)
        self.add.setText(f"Add {count} runs" if count > 1 else "Add 1 run")
        self.add.setEnabled(bool(count))

    def _summary(self, values: dict[str, tuple[Any, ...]]) -> str:
        parts = [
            f"{len(row)} of {TITLES[name].lower()}" for name, row in values.items() if len(row) > 1
        ]
        count = len(self._variants)
        if not parts:
            told = self._variants[0].words
            return f"1 run with {told}." if told else "1 run, as the settings are now."
        return f"{count} runs: {' × '.join(parts)}."

    def _say(self, text: str, color: str) -> None:
        self.told.setStyleSheet(f"color: {color};")
        self.told.setText(text)

    @Slot()
    def _accept(self) -> None:
        if self._variants:
            self.accept()
            self.chosen.emit(self._variants)
