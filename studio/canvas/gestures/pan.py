"""Panning: the canvas follows the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from studio.canvas.gesture import Gesture

if TYPE_CHECKING:
    from studio.canvas.bench import Bench, Pointer


class Pan(Gesture):
    """Middle button, or Space and the left one."""

    cursor = Qt.CursorShape.ClosedHandCursor
    scrolls_at_edge = False

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._last = self._first = QPointF()

    def start(self, at: Pointer) -> None:
        """Take hold of the canvas here."""
        self._last = self._first = at.view

    def move(self, at: Pointer) -> None:
        """Pull the canvas along."""
        step = self._last - at.view
        self.bench.camera.scroll(step.x(), step.y())
        self._last = at.view

    def end(self, at: Pointer) -> None:
        """Let go."""
        self.move(at)

    def cancel(self) -> None:
        """Go back to where the hand took hold."""
        step = self._last - self._first
        self.bench.camera.scroll(step.x(), step.y())
