"""Temporary files of saves: what they are called, and which of them a killed save has left behind."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from pathlib import Path

STALE_AFTER_S = 60.0
"""How much older than the file just saved one must be to count as left behind."""


def part_of(target: Path, suffix: str) -> Path:
    """A fresh name beside a file for a process to fill before it takes the file's place: it names both."""
    return target.with_name(f"{_stem(target)}{os.getpid()}-{secrets.token_hex(6)}{suffix}")


def sweep(target: Path) -> None:
    """Remove what killed saves of this very file have left beside it; what cannot be removed stays.

    Those of a process that is alive are its own matter. Their age is told by the clock of the disk they lie on.
    """
    ours = re.compile(re.escape(_stem(target)) + r"(\d{1,10})-[0-9a-f]{12}\.(part|bak)")
    with contextlib.suppress(OSError):
        now = target.stat().st_mtime
        with os.scandir(target.parent) as entries:
            found = [(each, name) for each in entries if (name := ours.fullmatch(each.name))]
        for entry, name in found:
            with contextlib.suppress(OSError):
                old = now - entry.stat(follow_symlinks=False).st_mtime > STALE_AFTER_S
                if old and not _lives(int(name[1])):
                    Path(entry.path).unlink()


def _stem(target: Path) -> str:
    digest = hashlib.sha256(os.fsencode(target.name)).hexdigest()
    return f".lamina-{digest[:12]}-"


def _lives(process: int) -> bool:
    if os.name == "nt":
        return False  # there a file that is open cannot be removed anyway
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # somebody else's
    return True
