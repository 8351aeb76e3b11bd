"""The results of a run: values on data that it never saw, and where it is wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.store import Store
from studio.theme import Theme
from studio.training import Trainer

EMPTY = "Results on the test data appear here after a run."


class ResultsPanel(QWidget):
    """A table of values and a picture of right and wrong answers."""

    def __init__(self, store: Store, theme: Theme, trainer: Trainer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("results")
        self.setWindowTitle("Results")
        self._store, self._theme, self._trainer = store, theme, trainer
        self._empty = QLabel(EMPTY)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self).addWidget(self._empty)

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
