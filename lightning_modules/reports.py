"""Telling what a run does: every event to its listener and to events.jsonl, losses gathered 20 times a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from lightning_modules.events import Event, Steps, to_json

REPORT_EVERY_S = 0.05


class Reports:
    """The one way out for events. Each line is flushed, so that another process can follow the file."""

    def __init__(self, on_event: Callable[[Event], None], file: Path) -> None:
        self._on_event = on_event
        self._file: TextIO = file.open("a", encoding="utf-8")

    def tell(self, event: Event) -> None:
        """Write the event down and hand it on."""
        self.write(event)
        self._on_event(event)

    def write(self, event: Event) -> None:
        """Write the event down only."""
        self._file.write(to_json(event) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class StepReports:
    """Gathers the losses of an objective's steps, and sends them when it is time."""

    def __init__(self, reports: Reports, objective: str) -> None:
        self._reports, self._objective = reports, objective
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
        return time.perf_counter() - self._since >= REPORT_EVERY_S

    def send(self, learning_rate: float) -> None:
        """Tell what was gathered, if anything."""
        if not self._losses:
            return
        now = time.perf_counter()
        speed = self._samples / max(now - self._since, 1e-9)
        self._reports.tell(
            Steps(self._objective, self._first, tuple(self._losses), learning_rate, speed)
        )
        self._losses.clear()
        self._samples = 0
        self._since = now

    def restart_clock(self) -> None:
        """Do not count what just happened (a validation, say) as time of steps."""
        self._since = time.perf_counter()
