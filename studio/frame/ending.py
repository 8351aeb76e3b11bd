"""Ctrl+C and a polite request of the system to end: the window closes, and the journal keeps what is unsaved."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Slot

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class EndOnSignal(QObject):
    """Calls back in the event loop once a signal asks the program to end; a second one ends it at once.

    Python runs its handlers between two of its own instructions, which may not come while Qt waits: a socket
    that the interpreter writes to wakes the loop.
    """

    def __init__(self, end: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._end = end
        self._asked = False
        self._read, self._write = socket.socketpair()
        for each in (self._read, self._write):
            each.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._wake)
        self._before_fd = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._before: dict[signal.Signals, Any] = {
            each: signal.signal(each, self._ask) for each in SIGNALS
        }

    def stop(self) -> None:
        """Leave signals as they were."""
        for each, handler in self._before.items():
            signal.signal(each, handler)
        signal.set_wakeup_fd(self._before_fd)
        self._notifier.setEnabled(False)
        self._read.close()
        self._write.close()

    def _ask(self, number: int, frame: object) -> None:
        if self._asked:  # the first one was not enough
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self._asked = True

    @Slot()
    def _wake(self) -> None:
        try:
            self._read.recv(64)
        except BlockingIOError:
            return
        if self._asked:
            self._end()
