"""Reading the runs of a place beside the window: one thread at a time, some runs at once, and none read twice."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal, Slot

from lightning_modules.run_label import read_baseline
from lightning_modules.run_summary import RunSummary, Summaries
from lightning_modules.run_trash import empty
from studio.beside import BesideThread, outlive

FIRST_TOLD = 50
"""So many runs are shown while the rest is still being read."""

REST_S = 0.002
"""After every few runs, so that the window gets its turn."""

END_MS = 300
"""A thread that is let go is waited for so long; a slow disk may hold it up for longer."""


class ReadingThread(BesideThread):
    """Reads one place. Its signal is heard in the GUI thread, to which this object belongs."""

    found = Signal(object, object, str)  # the place, the runs read so far, the baseline

    def __init__(
        self,
        place: Path,
        summaries: Summaries,
        parent: QObject | None = None,
        first_told: float = FIRST_TOLD,
    ) -> None:
        super().__init__(parent)
        self._place, self._summaries = place, summaries
        self._tell_at = first_told

    def work(self) -> None:
        """Read; what has lain in the trash for a day goes."""
        empty(self._place)
        self._tell(self._summaries.of_place(self._place, self._go_on))

    def _go_on(self, runs: tuple[RunSummary, ...]) -> bool:
        time.sleep(REST_S)
        if (
            len(runs) >= self._tell_at
        ):  # more and more at once: each time the window compares them all
            self._tell_at = 2 * len(runs)
            self._tell(runs)
        return not self.stopping()

    def _tell(self, runs: tuple[RunSummary, ...]) -> None:
        if not self.stopping():
            self.found.emit(self._place, runs, read_baseline(self._place))


class RunReader(QObject):
    """Reads a place when asked; asked again meanwhile, it reads once more afterwards."""

    found = Signal(object, object, str)  # as of the thread

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._summaries = Summaries()
        self._thread: ReadingThread | None = None
        self._next: Path | None = None
        self._known: Path | None = None

    def read(self, place: Path) -> None:
        """Tell the runs of this place soon."""
        if self._thread is not None:
            self._next = place
            return
        # Runs that stand there already must not go while they are read anew.
        first_told = math.inf if place == self._known else FIRST_TOLD
        self._known = place
        self._thread = ReadingThread(place, self._summaries, self, first_told)
        self._thread.found.connect(self.found)
        self._thread.finished.connect(self._on_finished)
        self._thread.start(QThread.Priority.LowPriority)

    def close(self, leave: Callable[[BesideThread], object] = outlive) -> None:
        """End, and wait for it a moment; who takes longer is given to `leave`."""
        thread, self._thread, self._next = self._thread, None, None
        if thread is None:
            return
        thread.found.disconnect(self.found)
        thread.finished.disconnect(self._on_finished)
        thread.request_stop()
        if thread.wait(END_MS):
            thread.deleteLater()
        else:
            leave(thread)

    @Slot()
    def _on_finished(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.wait()
            thread.deleteLater()
        place, self._next = self._next, None
        if place is not None:
            self.read(place)
