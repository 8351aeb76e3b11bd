"""Importing pyqtgraph in the GUI thread, in pieces, once NumPy is there."""

from __future__ import annotations

import importlib
import time

from PySide6.QtCore import QObject, QTimer, Slot

from studio.warm_up import is_loaded

MODULES = ("QtCore", "QtGui", "QtWidgets")
"""Of Qt, whose names pyqtgraph copies."""

LOOK_EVERY_MS = 50
PIECE_S = 0.008


class PlotsImport(QObject):
    """Lets curves be drawn without a long wait: it works a few milliseconds at a time, but for the last 0.1 s.

    pyqtgraph copies every name of Qt's modules, and PySide makes a class when its name is first asked for. Doing that
    in another thread, while this one handles events, crashed the program in one start of thirty (measured).
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._left: list[tuple[str, str]] | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)

    def begin(self) -> None:
        """Start if it is not done, and not under way."""
        if not is_loaded("pyqtgraph") and not self._timer.isActive():
            self._timer.start(LOOK_EVERY_MS)

    def end(self) -> None:
        """Leave the rest to the first plot."""
        self._timer.stop()

    @Slot()
    def _go_on(self) -> None:
        if not is_loaded(
            "numpy"
        ):  # a thread imports it: to wait for that here would hold the window
            return
        if self._left is None:
            self._left = [(module, "") for module in reversed(MODULES)]
            self._timer.setInterval(0)
        until = time.perf_counter() + PIECE_S
        while self._left and time.perf_counter() < until:
            module, name = self._left.pop()
            known = importlib.import_module(f"PySide6.{module}")
            if name:
                getattr(known, name)
            else:
                self._left += [(module, each) for each in dir(known)]
        if not self._left:
            self.end()
            importlib.import_module("pyqtgraph")
