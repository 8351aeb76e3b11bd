"""The spin box of whole numbers in forms, which can also say that there are several."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QSpinBox

SEVERAL = "several"
"""What a field says where several nodes have several values."""


class SpinBox(QSpinBox):
    """A spin box that a passing mouse wheel does not change; Enter and focus end an edit."""

    def __init__(self, low: int, high: int, unit: str) -> None:
        super().__init__()
        self.lowest, self._words = low, ""  # before the range: Qt asks for words at once
        self.setRange(low, high)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSuffix(f" {unit}" if unit else "")
        self.setStepType(QAbstractSpinBox.StepType.DefaultStepType)
        self.setMinimumWidth(64)

    def name_lowest(self, words: str) -> None:
        """Show these words in place of the lowest number."""
        self._words = words
        self.setSpecialValueText(words)

    @property
    def several(self) -> bool:
        """Whether it shows no number, because there are several."""
        return self.value() < self.lowest

    def show_number(self, number: int) -> None:
        """Show a number without saying that it was edited."""
        with QSignalBlocker(self):
            if self.several:  # only then: it would take back what is being typed
                self.setMinimum(self.lowest)
                self.setSpecialValueText(self._words)
            self.setValue(number)

    def show_several(self) -> None:
        """Show that there are several, as a value below the lowest: then any number typed is another one."""
        with QSignalBlocker(self):
            self.setMinimum(self.lowest - 1)
            self.setSpecialValueText(SEVERAL)
            self.setValue(self.lowest - 1)

    def textFromValue(self, value: int) -> str:
        """The lowest number is named also while `several` stands below it."""
        named = self._words and value == self.lowest
        return self._words if named else super().textFromValue(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only a focused box turns with the wheel; otherwise the form scrolls."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
