"""Telling what a run does: every event to its listener and to events.jsonl, losses gathered 8 times a second."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

from lightning_modules.events import Event, Steps, to_json

REPORT_EVERY_S = 0.12
"""Less often than this would not be live, and more often than pictures are drawn is for nothing."""


class Reports:
    """The one way out for events, in order. Lines are flushed, so that another process can follow the file."""

    def __init__(
        self,
        on_event: Callable[[Event], None],
        file: Path,
        answer: Callable[[Event], Iterable[Event]] = lambda _event: (),
    ) -> None:
        """`answer` hears every event that is told, and says what else is to be told because of it."""
        self._on_event, self._answer = on_event, answer
        _end_whole(file)
        self._file: TextIO = file.open("a", encoding="utf-8")
        self._waiting: list[Event] = []

    def tell(self, *events: Event) -> None:
        """Write events down and hand them on."""
        self.write(*events)
        for each in events:
            self._on_event(each)
        answers = [answer for each in events for answer in self._answer(each)]
        if answers:
            self.tell(*answers)

    def later(self, event: Event) -> None:
        """Tell it at the next `send`: epochs of a few milliseconds would keep the listener busy one by one."""
        self._waiting.append(event)

    def send(self) -> None:
        """Tell what waits."""
        row, self._waiting = self._waiting, []
        self.tell(*row)

    def write(self, *events: Event) -> None:
        """Write events down only."""
        if not events:
            return
        self._file.write("".join(to_json(each) + "\n" for each in events))
        self._file.flush()

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(OSError):  # a full disk, which the last write told already
            self._file.close()


def _end_whole(file: Path) -> None:
    """Cut off half a line, which a run that was killed may have left: the next event must not become part of it."""
    if not file.exists():
        return
    content = file.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(file, whole)


class StepReports:
    """Gathers the losses of an objective's steps, and sends them when it is time."""

    def __init__(self, reports: Reports, objective: str, every_s: float = REPORT_EVERY_S) -> None:
        self._reports, self._objective, self._every_s = reports, objective, every_s
        self._losses: list[float] = []
        self._first = 0
        self._samples = 0
        self._since = time.perf_counter()

    def add(self, step: int, loss: float, count: int) -> bool:
        """Take the loss of one step (counted from 1) on `count` samples; whether it is time to send."""
        if not self._losses:
            self._first = step
        self._losses.append(loss)
        self._samples += count
        return self.due()

    def begin_anew(self) -> None:
        """Count the time from now on: the run has rested."""
        self._since = time.perf_counter()

    def due(self) -> bool:
        """Whether it is time to send."""
        return time.perf_counter() - self._since >= self._every_s

    def send(self, learning_rate: float) -> None:
        """Tell what was gathered, if anything."""
        if not self._losses:
            return
        now = time.perf_counter()
        speed = self._samples / max(now - self._since, 1e-9)
        steps = Steps(self._objective, self._first, tuple(self._losses), learning_rate, speed)
        self._losses.clear()
        self._samples = 0
        self._since = now
        self._reports.tell(steps)
