"""Deleted runs: they lie in `.trash` beside the others for a day, and can be brought back until then."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

TRASH = ".trash"
KEPT_S = 24 * 3600


def delete(run: Path) -> Path:
    """Move a run into the trash of its place; where it lies now.

    Raises:
        OSError: it cannot be moved.
    """
    trash = run.parent / TRASH
    trash.mkdir(exist_ok=True)
    lies, number = trash / run.name, 1
    while lies.exists():
        number += 1
        lies = trash / f"{run.name}.{number}"
    run.rename(lies)
    os.utime(lies)  # the day begins now
    return lies


def restore(lies: Path, run: Path) -> None:
    """Bring a deleted run back to where it was.

    Raises:
        OSError: it is gone, or another one stands there by now.
    """
    if run.exists():
        raise FileExistsError(f"There is another run at {run} by now.")
    lies.rename(run)
    with contextlib.suppress(OSError):  # others may still lie there
        lies.parent.rmdir()


def empty(place: Path, now: float | None = None) -> None:
    """Remove for good what has lain in the trash of this place for longer than a day; `now` is as time.time."""
    trash = place / TRASH
    limit = (time.time() if now is None else now) - KEPT_S
    with contextlib.suppress(OSError):  # what cannot be removed now is removed another day
        for each in trash.iterdir():
            if each.stat().st_mtime < limit:
                shutil.rmtree(each, ignore_errors=True)
        if not any(trash.iterdir()):
            trash.rmdir()
