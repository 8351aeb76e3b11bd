"""Where Python's garbage is collected while a run goes on: in the GUI thread, where Qt's objects must die."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QThread, QTimer, Slot

EVERY_MS = 250
FULL_EVERY = 40
"""One collection of so many looks at old objects as well: every ten seconds."""


class GuiCollector(QObject):
    """Between `begin` and `end` no other thread collects; of several that overlap the last end counts.

    Python looks for cycles in whichever thread happens to make objects. If that is the one that trains, and it finds
    a widget or an item of a scene, it destroys it beside the thread that paints it: the program dies.
    """

    _going = 0

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rounds = 0
        self._begun = False
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._collect)

    @classmethod
    def during(cls, thread: QThread) -> None:
        """Collect here for as long as this thread runs, which is about to start."""
        made = cls(thread)
        thread.finished.connect(made.end)
        made.begin()

    def begin(self) -> None:
        """A run starts. Call it in the GUI thread."""
        if not self._begun:
            self._begun = True
            GuiCollector._going += 1
        gc.disable()
        self._timer.start()

    @Slot()
    def end(self) -> None:
        """It has ended; nothing where none had begun."""
        if not self._begun:
            return
        self._begun = False
        GuiCollector._going -= 1
        self._timer.stop()
        if not GuiCollector._going:
            gc.enable()

    @Slot()
    def _collect(self) -> None:
        gc.disable()  # imports that began before the run may have switched it on again
        self._rounds += 1
        gc.collect(2 if self._rounds % FULL_EVERY == 0 else 1)
