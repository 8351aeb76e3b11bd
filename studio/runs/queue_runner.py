"""Runs the queue: one run after the other, as long as it is on and nothing else is trained."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from lightning_modules.events import Completed, Failed, Stopped
from lightning_modules.run_folder import is_locked
from lightning_modules.run_queue import Queue, Queued, QueueError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lightning_modules.events import Outcome
    from studio.training import Trainer

LOOK_EVERY_MS = 5_000
"""How often it looks whether a run that goes on in a process of its own has ended."""


class QueueRunner(QObject):
    """A run that fails does not stop the queue; one that a person stops does."""

    changed = Signal()
    message = Signal(str)  # one sentence

    def __init__(self, queue: Queue, trainer: Trainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue, self._trainer = queue, trainer
        self._current: Queued | None = None
        self._known: tuple[Queued, ...] | None = None
        self.on = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._next)
        trainer.ended.connect(self._on_ended)
        trainer.closing.connect(self.close)

    @property
    def entries(self) -> tuple[Queued, ...]:
        """All runs of the queue in order, as they were last read."""
        if self._known is None:
            self._known = self._queue.entries()
        return self._known

    def look_again(self) -> None:
        """Read what other windows may have changed."""
        self._known = None
        self.changed.emit()

    def is_current(self, entry: Queued) -> bool:
        """Whether this one is being trained now."""
        return self._current is not None and entry.id == self._current.id

    def is_going_on(self, entry: Queued) -> bool:
        """Whether it is being trained, here or elsewhere."""
        elsewhere = entry.run_dir is not None and is_locked(entry.run_dir)
        return self.is_current(entry) or elsewhere

    def add(self, entries: Iterable[Queued]) -> None:
        """Put these at the end."""
        try:
            self._queue.add(entries)
        except OSError as error:
            self.message.emit(f"The queue cannot be written: {error.strerror or error}.")
        self.look_again()

    def remove(self, entries: Iterable[Queued]) -> None:
        """Take these out, but none that is being trained."""
        self._queue.remove(each.id for each in entries if not self.is_going_on(each))
        self.look_again()

    def move(self, entry: Queued, by: int) -> None:
        """Let an entry run earlier (-1) or later (1)."""
        self._queue.move(entry.id, by)
        self.look_again()

    def try_again(self, entry: Queued) -> None:
        """Let an entry that failed wait once more, for a run of its own."""
        self._queue.write(replace(entry, state="waiting", run_dir=None, reason=""))
        self.look_again()
        self._soon()

    def start(self) -> None:
        """Run what waits, one after the other."""
        if self.on:
            return
        try:
            self._queue.begin()
        except QueueError as error:
            self.message.emit(str(error))
            return
        self.on = True
        self.look_again()
        self._soon()

    def pause(self) -> None:
        """Begin no further run; one that goes on does so."""
        if self.on:
            self.on = False
            self._timer.stop()
            self._give_free()
            self.look_again()

    @Slot()
    def close(self) -> None:
        """The window goes: what waits or was going on stays in the queue."""
        self.on, self._current = False, None
        self._timer.stop()
        self._queue.end()

    def _give_free(self) -> None:
        if not self.on and self._current is None:
            self._queue.end()

    def _soon(self) -> None:
        if self.on:
            self._timer.start(0)

    @Slot()
    def _next(self) -> None:
        if not self.on or self._trainer.running:  # the end of that run comes back here
            return
        self.look_again()
        if any(self.is_going_on(each) for each in self.entries):
            self._timer.start(LOOK_EVERY_MS)
            return
        try:
            taken = self._queue.take()
        except OSError as error:
            self.message.emit(f"The queue is paused: {error.strerror or error}.")
            self.pause()
            return
        if taken is None:
            self.message.emit("The queue is done.")
            self.pause()
            return
        self._current, job = taken
        self.look_again()
        self._trainer.start(job, isolated=self._current.isolated)

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        entry, self._current = self._current, None
        if entry is not None:
            if isinstance(outcome, Completed):
                self._queue.remove([entry.id])
            elif isinstance(outcome, Failed):
                self._queue.write(replace(entry, state="failed", reason=outcome.reason))
            elif isinstance(outcome, Stopped):
                self._queue.write(replace(entry, state="waiting"))
                if self.on:
                    self.message.emit(
                        "The queue is paused, as its run was stopped. Start it to go on."
                    )
                    self.pause()
            self._give_free()
            self.look_again()
        self._soon()
