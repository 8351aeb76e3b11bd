"""Pausing: a run rests between two steps while a file in its folder asks for it, in whatever process either is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

PAUSE = "pause.request"
LOOK_EVERY_S = 0.03
"""Looking for a file at every step would cost a small network some of its speed."""


def ask_pause(run_dir: Path) -> None:
    """Let the run in this folder rest after its step.

    Raises:
        OSError: nothing can be written there.
    """
    (run_dir / PAUSE).touch()


def end_pause(run_dir: Path) -> None:
    """Let the run in this folder go on.

    Raises:
        OSError: nothing can be taken away there.
    """
    (run_dir / PAUSE).unlink(missing_ok=True)


class Pause:
    """What a run knows of pauses that are asked for in its folder; one of before it began does not count."""

    def __init__(self, run_dir: Path) -> None:
        end_pause(run_dir)
        self._file = str(run_dir / PAUSE)
        self._looked = 0.0

    def asked(self) -> bool:
        """Whether to rest now. It looks a few times a second."""
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY_S:
            return False
        self._looked = now
        return os.access(self._file, os.F_OK)

    def rest(self, should_stop: Callable[[], bool]) -> float:
        """Wait until nobody asks for it any more, or for a stop; how many seconds that took."""
        began = time.perf_counter()
        while os.access(self._file, os.F_OK) and not should_stop():
            time.sleep(LOOK_EVERY_S)
        return time.perf_counter() - began
