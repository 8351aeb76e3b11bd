"""The folder of one run: the document as it ran, run.json, events, checkpoints; locked while it runs."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from graphs.document import dumps
from lightning_modules.events import Completed, Failed, Outcome, Stopped

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

DOCUMENT, EVENTS, RECORD, LOCK = "document.lamina", "events.jsonl", "run.json", "run.lock"
PACKAGES = ("torch", "pytorch-lightning", "torchmetrics", "numpy", "scikit-learn", "safetensors")


class RunFolderError(OSError):
    """The folder cannot be used for this run; the message is a sentence for people."""


class RunFolder:
    """Holds the lock of a run's folder from `open` to `close`."""

    def __init__(self, path: Path, lock: IO[bytes]) -> None:
        self.path = path
        self._lock = lock
        self._record: dict[str, Any] = {}

    @classmethod
    def open(cls, path: Path, *, goes_on: bool = False) -> RunFolder:
        """Make the folder if it is not there, and lock it. A run of before may stand there only if this one `goes_on`.

        Raises:
            RunFolderError: another run is using it or stands there, or it cannot be made.
        """
        try:
            path.mkdir(parents=True, exist_ok=True)
            lock = (path / LOCK).open("ab")
        except OSError as error:
            raise RunFolderError(
                f'The run folder "{path}" cannot be made: {error.strerror}.'
            ) from error
        try:
            _lock(lock)
        except OSError as error:
            lock.close()
            raise RunFolderError(
                f'Another run is using the folder "{path}". Wait until it ends, or take another.'
            ) from error
        if (path / RECORD).exists() and not goes_on:
            lock.close()
            raise RunFolderError(
                f'There already is a run in the folder "{path}". Take another folder.'
            )
        return cls(path, lock)

    def begin(self, document: Any, facts: Mapping[str, Any]) -> None:
        """Write the document and the record, which says that the run is going on."""
        write_durably(self.path / DOCUMENT, dumps(document))
        self._record = {"state": "running", **facts, **environment()}
        self._write()

    def note(self, facts: Mapping[str, Any]) -> None:
        """Add to the record of a run that has begun."""
        self._record |= facts
        self._write()

    def end(self, outcome: Outcome) -> None:
        """Write how the run ended, if it had begun."""
        if not self._record:
            return
        self._record |= {"state": state_of(outcome), "steps": outcome.steps}
        if isinstance(outcome, Failed):
            self._record["reason"] = outcome.reason
        self._write()

    def close(self) -> None:
        """Give the folder free."""
        self._lock.close()  # which unlocks it

    def _write(self) -> None:
        write_durably(self.path / RECORD, (json.dumps(self._record, indent=1) + "\n").encode())


def state_of(outcome: Outcome) -> str:
    """One word for how a run ended."""
    return {Completed: "completed", Stopped: "stopped", Failed: "failed"}[type(outcome)]


def read_record(path: Path) -> dict[str, Any]:
    """What run.json says; the state of a run that was killed is "interrupted".

    Raises:
        RunFolderError: there is no readable record.
    """
    try:
        record: dict[str, Any] = json.loads((path / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunFolderError(
            f'"{path}" is no folder of a run: its {RECORD} cannot be read.'
        ) from error
    if record.get("state") == "running" and not is_locked(path):
        record["state"] = "interrupted"
    return record


def devices_of(record: Mapping[str, Any]) -> int:
    """On how many devices the run of this record learns; one, before there were several."""
    devices = record.get("devices", 1)
    return devices if isinstance(devices, int) and devices >= 1 else 1


def is_locked(path: Path) -> bool:
    """Whether a run is going on in this folder, in whatever process."""
    try:
        with (path / LOCK).open("ab") as lock:
            _lock(lock)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def environment() -> dict[str, Any]:
    """Versions and the machine, as far as they decide numbers."""
    from importlib.metadata import PackageNotFoundError, version  # the window shows sooner without

    versions: dict[str, str] = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "unknown"
    return {
        "versions": versions,
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }


def write_durably(path: Path, content: bytes) -> None:
    """Put this content in place of a file: whatever happens, the old or the new one stands there whole.

    A temporary file in the same folder, fsync, replace, fsync of the folder. What could not be written whole
    is taken away again: on a full disk it would only be in the way.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        temporary.write_bytes(content)
        replace_durably(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def replace_durably(written: Path, path: Path) -> None:
    """Let a file that was written beside it take the place of another, once all of it is on the disk."""
    with written.open("r+b") as file:
        os.fsync(file.fileno())
    written.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Let a replaced name survive a power cut, where the system can."""
    if sys.platform == "win32":
        return
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
