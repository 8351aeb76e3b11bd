"""Letting what is measured go before other programs, where the system allows it."""

from __future__ import annotations

import contextlib
import os

BEFORE_OTHERS = -10
"""As `nice` counts. A real-time class would measure better, and hold up every other program of the machine."""


def go_before_others(*threads: int, first: bool) -> None:
    """Let these threads (0 for the one that asks), and what they start, go before other programs, or no longer."""
    with contextlib.suppress(OSError, AttributeError):
        for thread in threads or (0,):
            os.setpriority(os.PRIO_PROCESS, thread, BEFORE_OTHERS if first else 0)
