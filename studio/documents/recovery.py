"""The journal of unsaved edits, and what it gives back after the program was killed.

Each window writes its own journal, two seconds behind at most, and removes it when nothing is unsaved or on a
clean exit. A lock that dies with the process tells a journal in use from one left behind. What is worth
recovering is decided by content, never by dates.
"""

from __future__ import annotations

import json
import logging
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, QTimer, Slot

from graphs.document import NotSaved, UnreadableDocument, dumps, loads
from studio.documents.disk_watch import digest

if TYPE_CHECKING:
    from graphs.content import Document
    from studio.store import Store

WRITE_AFTER_MS = 1_000
ENDING = ".journal"
MAX_BYTES = 256 * 2**20

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Leftover:
    """What a killed program left: the document, the file it belongs to, and whether that file is as it was then."""

    journal: Path
    document: Document
    path: Path | None
    file_unchanged: bool

    @property
    def name(self) -> str:
        """What the document is called."""
        return (
            self.path.name if self.path is not None else self.document.title or "an untitled graph"
        )


class Journal(QObject):
    """Keeps the unsaved document of one window on disk.

    `known` gives the digest of what the document's file held when it was last read or written here: somebody else
    may have changed it while the edits went on.
    """

    def __init__(
        self,
        store: Store,
        folder: Path,
        known: Callable[[], str | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._known = store, known
        self._file = folder / f"{uuid.uuid4().hex}{ENDING}"
        self._lock: QLockFile | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WRITE_AFTER_MS)
        self._timer.timeout.connect(self.write)
        store.changed.connect(self._on_change)
        store.file_changed.connect(self._on_change)

    @Slot()
    def write(self) -> None:
        """Bring the journal up to date now: written if something is unsaved, else removed.

        No fsync: a killed process loses nothing that the system has taken, and editing must not wait for a disk.
        """
        if not self._store.modified:
            self._remove()
            return
        path = self._store.path
        head = {"path": str(path) if path else None, "digest": self._known() if path else None}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            body = dumps(self._store.document)
            fresh = self._file.with_suffix(".part")
            fresh.write_bytes(json.dumps(head).encode() + b"\n" + body)
            os.replace(fresh, self._file)
        except (OSError, NotSaved) as error:
            log.warning("The journal could not be written: %s", error)

    def close(self) -> None:
        """A clean exit: whatever is unsaved was given up by the person."""
        self._timer.stop()
        self._remove()
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    @Slot()
    def _on_change(self) -> None:
        if not self._store.modified:
            self._timer.stop()
            self._remove()
        elif (
            not self._timer.isActive()
        ):  # not started anew at each edit: steady editing must be written too
            self._timer.start()

    def _take_lock(self) -> None:
        if self._lock is None:
            self._lock = QLockFile(str(_lock_of(self._file)))
            self._lock.setStaleLockTime(0)  # stale only when its process is gone
            self._lock.tryLock(0)

    def _remove(self) -> None:
        self._file.unlink(missing_ok=True)


def leftovers(folder: Path) -> list[Leftover]:
    """What killed programs left and is worth recovering; journals that hold nothing new are removed.

    A journal that cannot be read is put aside (`.unreadable`), so that it is kept and never in the way.
    """
    found: list[Leftover] = []
    for journal in sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else ():
        lock = QLockFile(str(_lock_of(journal)))
        lock.setStaleLockTime(0)
        if not lock.tryLock(0):
            continue  # another window is writing it
        lock.unlock()
        leftover = _read(journal)
        if leftover is not None:
            found.append(leftover)
    return found


def _read(journal: Path) -> Leftover | None:
    try:
        if journal.stat().st_size > MAX_BYTES:
            raise ValueError("it is too large")
        head, _, body = journal.read_bytes().partition(b"\n")
        facts = json.loads(head)
        document = loads(body)
        path = Path(facts["path"]) if facts["path"] is not None else None
        known = facts["digest"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError, UnreadableDocument) as error:
        log.warning("The journal %s could not be read and was put aside: %s", journal.name, error)
        _put_aside(journal)
        return None
    if path is not None and _same_as_file(body, path):
        journal.unlink(missing_ok=True)
        return None
    return Leftover(journal, document, path, path is not None and digest(path) == known)


def _same_as_file(body: bytes, path: Path) -> bool:
    try:
        return path.stat().st_size == len(body) and path.read_bytes() == body
    except OSError:
        return False


def _put_aside(journal: Path) -> None:
    try:
        os.replace(journal, journal.with_suffix(".unreadable"))
    except OSError as error:
        log.warning("It could not be put aside either: %s", error)


def _lock_of(journal: Path) -> Path:
    return journal.with_suffix(".lock")
