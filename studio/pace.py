"""How often a picture of what a run tells is drawn anew: as often as leaves the run its share of the computer."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

SHARE = 0.03
"""Of a processor, for all that the window does while a run goes on: whatever it takes the run has to wait for."""

LEAST_MS, MOST_MS = 90, 250
"""11 times a second is live to the eye; less than 4 times would not be."""


class Pace:
    """Says when the next picture is due: soon, unless the window has much to do for one."""

    def __init__(self, spent: Callable[[], float] = time.thread_time) -> None:
        """`spent` is the processor time of the thread that draws, in seconds."""
        self._spent = spent
        self._before = spent()
        self.wait_ms = LEAST_MS
        """From one picture to the next."""

    def begin(self) -> None:
        """What was done until now counts no more: there was nothing to draw."""
        self._before = self._spent()

    def note(self) -> None:
        """A picture is drawn, and the next waits the longer, the more was done since the last one."""
        before, self._before = self._before, self._spent()
        self.wait_ms = round(min(max(1000 * (self._before - before) / SHARE, LEAST_MS), MOST_MS))


class Frames(QObject):
    """Calls `draw` when a picture is due, for as long as there is something new, and somebody looks."""

    def __init__(self, draw: Callable[[], bool], parent: QObject) -> None:
        """`draw` says whether it drew; what it does not draw is due again."""
        super().__init__(parent)
        self._draw, self._pace = draw, Pace()
        self._seen = self._wanted = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)

    @property
    def going(self) -> bool:
        """Whether a picture may come."""
        return self._timer.isActive()

    def show(self) -> None:
        """From now on somebody looks: what is new is drawn soon."""
        self._seen = True
        if self._wanted:
            self.want(soon=True)

    def hide(self) -> None:
        """From now on nobody does."""
        self._seen = False
        self._timer.stop()

    def want(self, *, soon: bool) -> None:
        """There is something new: soon, because a person did it, or in its turn."""
        self._wanted = True
        wait = LEAST_MS if soon else self._pace.wait_ms
        if self._seen and not self.going:
            self._pace.begin()
            self._timer.start(wait)
        elif self._timer.remainingTime() > wait:
            self._timer.start(wait)

    @Slot()
    def _go_on(self) -> None:
        if not self._wanted:
            self._timer.stop()
            return
        self._wanted = False  # until something in it asks for another
        if self._draw():
            self._pace.note()
            self._timer.setInterval(self._pace.wait_ms)
        else:
            self._wanted = True


class Throttle(QObject):
    """Shows something at once, and again after `every_ms` at the soonest, however often it is asked for."""

    def __init__(self, show: Callable[[], None], every_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._show, self._asked = show, False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(every_ms)
        self._rest.timeout.connect(self._end_rest)

    def ask(self) -> None:
        """Show what there is now, or soon."""
        self._asked = True
        if not self._rest.isActive():
            self._end_rest()

    def end(self) -> None:
        """Show now what was asked for last."""
        self._rest.stop()
        self._end_rest()
        self._rest.stop()

    def forget(self) -> None:
        """What was asked for is of no interest any more."""
        self._asked = False
        self._rest.stop()

    @Slot()
    def _end_rest(self) -> None:
        if self._asked:
            self._asked = False
            self._show()
            self._rest.start()
