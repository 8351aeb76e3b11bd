"""Using what a run learned, beside the window: one thread that runs a procedure."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.beside import BesideThread
from studio.warm_up import import_quietly

if TYPE_CHECKING:
    from lightning_modules.made import Wish

EVERY_S = 0.05
"""Reports of progress are at least so far apart."""


@dataclass(frozen=True)
class Use:
    """A run's procedure by name, and what is asked of it."""

    run_dir: Path
    procedure: str
    wish: Wish


@dataclass(frozen=True)
class Refused:
    """Why nothing was made, in a sentence."""

    reason: str


class UsingThread(BesideThread):
    """Runs one procedure. Lives in the GUI thread, so Qt queues there whatever `run` emits."""

    progressed = Signal(int, int)  # steps done, of how many
    ended = Signal(
        object
    )  # Made | Refused, exactly once; a stop ends it after its step, with what is made by then

    def __init__(self, use: Use, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._use = use
        self._told = 0.0

    def work(self) -> None:
        """Use the network; what it made is told by `ended`, whatever happens."""
        use = self._use
        try:
            import_quietly()
            from lightning_modules.procedure import run_procedure  # torch; only who uses it pays

            made = run_procedure(
                use.run_dir,
                use.procedure,
                use.wish,
                should_stop=self.stopping,
                on_step=self._report,
            )
        except Exception as error:  # noqa: BLE001 - the edge of the thread, nothing above
            from lightning_modules.explain import explain

            self.ended.emit(Refused(explain(error)))
        else:
            self.ended.emit(made)

    def _report(self, done: int, of: int) -> None:
        now = time.monotonic()
        if done == of or now - self._told >= EVERY_S:
            self._told = now
            self.progressed.emit(done, of)
