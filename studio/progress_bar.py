"""A progress bar without words, as wide as its place and thin."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QProgressBar, QWidget


class ProgressBar(QProgressBar):
    """Moves by itself only while nobody knows how long it takes: while its range is 0 to 0.

    Under a style sheet Qt would go on to paint it 30 times a second, once it had been so.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """`name` is for assistive technology."""
        super().__init__(parent)
        self.setTextVisible(False)
        self.setAccessibleName(name)

    def event(self, event: QEvent) -> bool:
        """Refuse a further picture of a movement that has ended, which ends it for Qt."""
        if event.type() == QEvent.Type.StyleAnimationUpdate and self.maximum() > 0:
            event.ignore()
            return False
        return super().event(event)
