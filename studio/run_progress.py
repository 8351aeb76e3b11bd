"""How far a run is, from its events: epoch, share, time left, speed and last values, in words."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from lightning_modules.events import (
    EpochEnded,
    Evaluated,
    Event,
    Paused,
    Started,
    Steps,
    Warned,
    WentOn,
)

WINDOW = 100
"""The time left follows the speed over so many events: about five seconds of short steps, more of long ones."""

SURE_AFTER_S = 0.5
"""Before that nobody knows how long it will take."""


class RunProgress:
    """Grows with `take`. `clock` tells seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._track: deque[tuple[float, int]] = deque(maxlen=WINDOW)
        self.started: Started | None = None
        self.step = 0
        self.epoch = 0
        # Of the last reports: their steps, and their seconds divided by the samples of a step.
        self._steps: deque[int] = deque(maxlen=WINDOW)
        self._seconds: deque[float] = deque(maxlen=WINDOW)
        self.learning_rate = 0.0
        self.values: dict[str, float] = {}
        self.evaluated: Evaluated | None = None
        self.warnings: list[str] = []
        self.paused = False

    def take(self, event: Event) -> None:
        """Add what one event tells."""
        if isinstance(event, Started):
            self.started = event
            self._move(event.start_step)
        elif isinstance(event, Steps):
            if event.samples_per_s > 0:
                self._steps.append(len(event.losses))
                self._seconds.append(len(event.losses) / event.samples_per_s)
            self.learning_rate = event.learning_rate
            self._move(event.first + len(event.losses) - 1)
        elif isinstance(event, EpochEnded):
            self.epoch, self.values = event.epoch, dict(event.values)
            self._move(event.step)
        elif isinstance(event, Evaluated):
            self.evaluated = event
        elif isinstance(event, (Paused, WentOn)):
            self.paused = isinstance(event, Paused)
            self._track.clear()  # the time of the pause tells nothing about the speed
            self._move(event.step)
        elif isinstance(event, Warned):
            self.warnings.append(event.message)

    def _move(self, step: int) -> None:
        self.step = max(step, self.step)
        self._track.append((self._clock(), self.step))

    @property
    def total(self) -> int:
        """How many steps the whole run has; 0 before that is known."""
        return self.started.epochs * self.started.steps_per_epoch if self.started else 0

    @property
    def fraction(self) -> float:
        """How much of the run is done, 0 to 1."""
        return min(self.step / self.total, 1.0) if self.total else 0.0

    @property
    def samples_per_s(self) -> float:
        """The speed of late: a single report, as the last one, may be of few steps and far off."""
        return sum(self._steps) / sum(self._seconds) if self._steps else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the speed of late; None while it cannot be told."""
        if len(self._track) < 2:
            return None
        (began, first), (now, last) = self._track[0], self._track[-1]
        if last <= first or now - began < SURE_AFTER_S:
            return None
        return (self.total - self.step) * (now - began) / (last - first)

    @property
    def words(self) -> str:
        """For example "Epoch 3 of 20, 12 s left", or "Paused in epoch 3 of 20; what it learned is kept"."""
        if self.paused:
            return f"Paused in {self.epoch_words}; what it learned is kept"
        left = self.seconds_left
        behind = f", {duration_words(left)} left" if left is not None else ""
        words = f"{self.epoch_words}{behind}"
        return words[0].upper() + words[1:]

    @property
    def epoch_words(self) -> str:
        """For example "epoch 3 of 20"."""
        if self.started is None:
            return "getting ready"
        epoch = min(self.step // max(self.started.steps_per_epoch, 1) + 1, self.started.epochs)
        return f"epoch {epoch} of {self.started.epochs}"


def duration_words(seconds: float) -> str:
    """A duration as people say it: "less than a second", "12 s", "3 min 20 s", "2 h 5 min"."""
    if seconds < 1:
        return "less than a second"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest and minutes < 10 else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
