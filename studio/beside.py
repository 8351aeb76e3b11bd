"""Threads that work beside the window, and may be left: each ends in its own time, and never dies before its end."""

from __future__ import annotations

import threading

from PySide6.QtCore import QCoreApplication, QObject, QThread


class BesideThread(QThread):
    """Does one piece of work that its owner may stop wanting."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = threading.Event()
        self.over = threading.Event()
        """Set once the work is done, or given up. Any thread may wait for it, also when this object is gone."""

    def request_stop(self) -> None:
        """The work is not wanted any more. Safe from any thread."""
        self._stop.set()

    def stopping(self) -> bool:
        """Whether it is not wanted any more."""
        return self._stop.is_set()

    def run(self) -> None:
        """Work, and say when it is over."""
        try:
            self.work()
        finally:
            self.over.set()

    def work(self) -> None:
        """Runs in the thread."""
        raise NotImplementedError


def outlive(thread: QThread) -> None:
    """Let a thread that was started live on without its parent until it ends.

    What it does may take seconds (an import cannot be broken off), and the window shall not wait for it. Were it
    destroyed with its parent while it runs, Qt would abort the program.
    """
    thread.setParent(QCoreApplication.instance())
    thread.finished.connect(thread.deleteLater)
    if thread.isFinished():
        thread.deleteLater()
