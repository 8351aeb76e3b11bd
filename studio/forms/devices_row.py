"""On how many graphics cards the next run learns: a row that is there only where there are several."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QWidget

from studio.warm_up import is_loaded

WHY = (
    "Each graphics card learns from a batch of its own: 2 with a batch size of 32 learn what 1 learns with 64. "
    "The run becomes a process of its own."
)


def cards_there() -> int:
    """How many graphics cards torch can use; none before it is loaded, which the window does not wait for."""
    if not is_loaded("torch"):
        return 0
    import torch

    return torch.cuda.device_count()


class DevicesRow(QWidget):
    """`chosen` is what the next run takes; one where there is no choice."""

    changed = Signal()

    def __init__(
        self, cards: Callable[[], int] = cards_there, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._cards = cards
        self._number = QSpinBox()
        self._number.setRange(1, 1)
        self._number.setToolTip(WHY)
        self._number.valueChanged.connect(self.changed)
        label = QLabel("Devices")
        label.setBuddy(self._number)
        label.setToolTip(WHY)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(self._number)
        row.addStretch(1)
        self.hide()

    @property
    def chosen(self) -> int:
        """On how many the next run learns."""
        return self._number.value()

    @Slot()
    def look(self) -> None:
        """See how many there are."""
        there = max(1, self._cards())
        if there != self._number.maximum():
            self._number.setMaximum(there)
            self.setVisible(there > 1)
