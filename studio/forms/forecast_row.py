"""What stands before a run: the forecast in one line, and the batch size to take where memory ran out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from graphs.content import Document
from lightning_modules.events import Failed, Outcome
from lightning_modules.forecast import Forecast
from studio.forecast_words import in_one_line
from studio.forecasting import Forecaster
from studio.store import Store
from studio.training import Trainer

WHY = "How much memory the run will take and how long, from a dry run of a few steps beside this window"


class ForecastRow(QWidget):
    """A button and the line that it fills; and a button that mends the batch size, hidden until one is known."""

    def __init__(
        self,
        store: Store,
        trainer: Trainer,
        devices: Callable[[], int] = lambda: 1,
        parent: QWidget | None = None,
    ) -> None:
        """`devices` says on how many the next run learns."""
        super().__init__(parent)
        self._store, self._trainer = store, trainer
        self._size = 0
        self.forecaster = Forecaster(store, trainer, devices, self)
        self.forecaster.changed.connect(self._say)
        self.forecaster.found.connect(self._show_forecast)
        self.fix = _button("")
        self.fix.clicked.connect(self._set_batch_size)
        self.ask = _button("Forecast")
        self.ask.setToolTip(WHY)
        self.ask.clicked.connect(self.forecaster.ask)
        self.line = QLabel()
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setWordWrap(True)
        self.line.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.line.setAccessibleName("Forecast of the run")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        for each in (self.fix, self.ask, self.line):
            rows.addWidget(each, alignment=Qt.AlignmentFlag.AlignLeft)
        rows.setAlignment(self.line, Qt.AlignmentFlag(0))
        self._offer(0)
        self._say("")
        store.opened.connect(self._forget_size)
        store.changed.connect(self._sync)
        trainer.started.connect(self._forget_size)
        trainer.ended.connect(self._on_ended)
        self._sync()

    @Slot(str)
    def _say(self, words: str) -> None:
        self.line.setText(words)
        self.line.setVisible(bool(words))

    @Slot(object)
    def _show_forecast(self, found: Forecast) -> None:
        self._say(in_one_line(found))

    @Slot()
    def _forget_size(self) -> None:
        self._offer(0)
        self._sync()

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        self._offer(outcome.batch_size if isinstance(outcome, Failed) else 0)
        self._sync()

    def _offer(self, size: int) -> None:
        self._size = size
        self.fix.setText(f"Set the batch size to {size:,}")
        self.fix.setVisible(size > 0)

    @Slot()
    def _set_batch_size(self) -> None:
        size = self._size
        self._offer(0)
        self._store.edit_document("Set batch size", lambda before: _with_batch_size(before, size))

    @Slot()
    def _sync(self) -> None:
        report, running = self._store.report, self._trainer.running
        wrong = any(each.severity == "error" for each in report.problems)
        empty = not self._store.graph.nodes
        self.ask.setEnabled(not (running or wrong or empty))
        why = "It is training." if running else "There are problems to mend first." if wrong else ""
        self.ask.setToolTip(why or ("The canvas is empty." if empty else WHY))


def _button(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    return button


def _with_batch_size(document: Document, size: int) -> Document:
    return replace(document, run=replace(document.run, batch_size=size))
