"""Runs that are loaded, each one once: whoever asks a run that another has loaded already shares it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakValueDictionary

from lightning_modules.checkpoint import BEST, LAST
from lightning_modules.run_folder import DOCUMENT
from lightning_modules.trial import Trial

if TYPE_CHECKING:
    from pathlib import Path

_Key: TypeAlias = tuple["Path", tuple[tuple[int, int], ...]]

LOOK_EVERY_S = 0.05

_loaded: WeakValueDictionary[_Key, Trial] = WeakValueDictionary()
"""Held by those who ask, and by nothing here: what nobody asks any more leaves the memory."""

_loading = threading.Lock()


def loaded(run_dir: Path) -> Trial:
    """The run in this folder as it stands there now; from any thread.

    Raises:
        UnreadableDocument, RunFolderError, CheckpointError, CannotBuild: the run is not whole.
    """
    key = (run_dir.resolve(), _stamps(run_dir))
    with _loading:
        found = _loaded.get(key)
        if found is None:
            found = _loaded[key] = Trial(run_dir)
        return found


@contextmanager
def in_turn(trial: Trial, should_stop: Callable[[], bool]) -> Iterator[bool]:
    """Have a run for oneself, which answers one thread at a time; whether that was worth waiting for."""
    while not trial.turn.acquire(timeout=LOOK_EVERY_S):
        if should_stop():
            yield False
            return
    try:
        yield True
    finally:
        trial.turn.release()


def _stamps(run_dir: Path) -> tuple[tuple[int, int], ...]:
    """What tells the weights and the document in a folder from those that stood there before."""
    found = []
    for name in (DOCUMENT, f"{BEST}.json", f"{LAST}.json"):
        try:
            stat = (run_dir / name).stat()
        except OSError:
            found.append((0, 0))
        else:
            found.append((stat.st_mtime_ns, stat.st_ino))
    return tuple(found)
