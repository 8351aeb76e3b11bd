"""What a gesture is: it starts at a press, follows the mouse, and ends or is cancelled without a trace."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from studio.canvas.bench import Bench, Pointer


class Gesture(ABC):
    """One thing that a hand does between press and release. The hands hold the one that is going on."""

    cursor = Qt.CursorShape.ArrowCursor
    scrolls_at_edge = True
    """Whether the canvas scrolls along when the mouse leaves the viewport."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    @abstractmethod
    def start(self, at: Pointer) -> None:
        """The press."""

    @abstractmethod
    def move(self, at: Pointer) -> None:
        """The mouse is elsewhere now, or other keys are held."""

    @abstractmethod
    def end(self, at: Pointer) -> None:
        """The release: make the edit, if there is one."""

    @abstractmethod
    def cancel(self) -> None:
        """Esc: leave everything as it was before the press."""

    def key(self, key: Qt.Key) -> str:
        """A key other than Esc: "" if it means nothing to the gesture, "stay", or "end" to end it."""
        return ""

    def paint(self, painter: QPainter) -> None:  # noqa: B027 - most draw nothing
        """What is drawn above the canvas meanwhile, in canvas coordinates."""
