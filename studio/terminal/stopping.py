"""Ctrl+C for a run in the terminal: the first asks it to end after its step, the second leaves at once."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopOnSignal:
    """Called, it says whether a stop was asked for; as a context, it listens. Main thread only."""

    def __init__(self, *, hurries: bool = True) -> None:
        """Where it does not hurry a second signal changes nothing: torchrun sends one after that of the keyboard."""
        self._hurries = hurries
        self._asked = threading.Event()
        self._before: dict[signal.Signals, Any] = {}

    def __call__(self) -> bool:
        """Whether a stop was asked for."""
        return self._asked.is_set()

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {each: signal.signal(each, self._ask) for each in SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)

    def _ask(self, number: int, frame: object) -> None:
        if self._asked.is_set():
            if self._hurries:
                raise KeyboardInterrupt
            return
        self._asked.set()
        more = "; once more leaves at once" if self._hurries else ""
        sys.stderr.write(f"\nStopping after this step{more}.\n")
