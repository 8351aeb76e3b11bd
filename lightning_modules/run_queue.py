"""The queue: runs that wait for their turn, a file each among the user's data, so that it outlives the window."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import platformdirs

from graphs.document import UnreadableDocument, dumps, load, loads
from lightning_modules.isolation import kept_steps
from lightning_modules.job import Job
from lightning_modules.run_folder import (
    DOCUMENT,
    RunFolder,
    RunFolderError,
    devices_of,
    is_locked,
    read_record,
    write_durably,
)
from lightning_modules.run_places import new_run_dir

State: TypeAlias = Literal["waiting", "running", "failed"]
FORMAT = 1


class QueueError(OSError):
    """The queue cannot do what was asked; the message is a sentence for people."""


@dataclass(frozen=True)
class Queued:
    """One run of the queue. `file` is where its document was saved, None if nowhere; `run_dir` once it has begun."""

    id: str
    rank: int
    title: str
    words: str  # what of it was chosen: "learning rate 0.01, seed 3"
    document: bytes
    base: Path
    file: Path | None = None
    isolated: bool = False
    state: State = "waiting"
    run_dir: Path | None = None
    reason: str = ""  # why it failed
    devices: int = 1


def queue_folder() -> Path:
    """Where the queue stands: one for all documents of a person."""
    return Path(platformdirs.user_data_dir("lamina", appauthor=False)) / "queue"


def new_entry(
    document: Any,
    words: str,
    base: Path,
    file: Path | None,
    *,
    isolated: bool = False,
    devices: int = 1,
) -> Queued:
    """An entry for a document as it is now; `add` gives it its rank."""
    name, text = uuid.uuid4().hex[:12], dumps(document)
    return Queued(name, 0, document.title, words, text, base, file, isolated, devices=devices)


class Queue:
    """The entries in a folder. Several windows may add and remove; only the one that holds `begin` runs them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: RunFolder | None = None

    def entries(self) -> tuple[Queued, ...]:
        """All of them in order; a file that cannot be read is left alone."""
        found = []
        for file in self._folder.glob("*.json") if self._folder.is_dir() else ():
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                found.append(_from_json(file.stem, json.loads(file.read_text(encoding="utf-8"))))
        return tuple(sorted(found, key=lambda each: (each.rank, each.id)))

    def add(self, entries: Iterable[Queued]) -> None:
        """Put these at the end.

        Raises:
            OSError: they cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        last = max((each.rank for each in self.entries()), default=0)
        for rank, entry in enumerate(entries, last + 1):
            self.write(replace(entry, rank=rank))

    def write(self, entry: Queued) -> None:
        """Keep an entry as it is now.

        Raises:
            OSError: it cannot be written.
        """
        write_durably(self._folder / f"{entry.id}.json", _to_json(entry))

    def remove(self, ids: Iterable[str]) -> None:
        """Take these out; one that is gone already is no mistake."""
        for each in ids:
            (self._folder / f"{each}.json").unlink(missing_ok=True)

    def move(self, entry_id: str, by: int) -> None:
        """Let an entry change its place with the one before (-1) or behind it (1); nothing at the ends.

        Raises:
            OSError: the order cannot be written.
        """
        row = self.entries()
        here = next((index for index, each in enumerate(row) if each.id == entry_id), None)
        there = None if here is None else here + by
        if here is None or there is None or not 0 <= there < len(row):
            return
        one, other = row[here], row[there]
        self.write(replace(one, rank=other.rank))
        self.write(replace(other, rank=one.rank))

    def begin(self) -> None:
        """Have the queue for oneself, until `end`.

        Raises:
            QueueError: another window is running it, or its folder cannot be used.
        """
        if self._lock is not None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = RunFolder.open(self._folder, goes_on=True)
        except OSError as error:
            raise QueueError(
                "Another window is running the queue already. Pause it there first."
                if self._folder.is_dir() and is_locked(self._folder)
                else f'The queue cannot be used: its folder "{self._folder}" cannot be written to.'
            ) from error

    def end(self) -> None:
        """Give it free."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def take(self) -> tuple[Queued, Job] | None:
        """The first entry that can run now, marked as running, and its job; None if nothing waits.

        One whose run was interrupted when the program ended goes on from what it kept.

        Raises:
            OSError: that it runs cannot be written down.
        """
        for entry in self.entries():
            if entry.state == "failed" or self._goes_on_elsewhere(entry):
                continue
            if entry.run_dir is not None and _has_completed(entry.run_dir):
                self.remove([entry.id])  # the program ended before it could
                continue
            try:
                job = _job(entry)
            except (UnreadableDocument, RunFolderError) as error:
                self.write(replace(entry, state="failed", reason=str(error)))
                continue
            taken = replace(entry, state="running", run_dir=job.run_dir)
            self.write(taken)
            return taken, job
        return None

    @staticmethod
    def _goes_on_elsewhere(entry: Queued) -> bool:
        return entry.run_dir is not None and is_locked(entry.run_dir)


def _has_completed(run_dir: Path) -> bool:
    try:
        return read_record(run_dir).get("state") == "completed"
    except RunFolderError:
        return False


def _job(entry: Queued) -> Job:
    run_dir = entry.run_dir
    if run_dir is not None and kept_steps(run_dir) is not None:
        devices = devices_of(read_record(run_dir))  # it goes on with as many alone
        document = load(run_dir / DOCUMENT)
        return Job(document, entry.base, run_dir, resume=run_dir, devices=devices)
    document, run_dir = loads(entry.document, "queue"), new_run_dir(entry.file)
    return Job(document, entry.base, run_dir, devices=entry.devices)


def _to_json(entry: Queued) -> bytes:
    content = {
        "queued": FORMAT,
        "rank": entry.rank,
        "title": entry.title,
        "words": entry.words,
        "base": str(entry.base),
        "file": None if entry.file is None else str(entry.file),
        "isolated": entry.isolated,
        "devices": entry.devices,
        "state": entry.state,
        "run_dir": None if entry.run_dir is None else str(entry.run_dir),
        "reason": entry.reason,
        "document": entry.document.decode("utf-8"),
    }
    return (json.dumps(content, indent=1) + "\n").encode()


def _from_json(name: str, content: dict[str, Any]) -> Queued:
    state = content["state"]
    if content["queued"] != FORMAT or state not in get_args(State):
        raise ValueError("An entry of a newer version.")
    file, run_dir = content["file"], content["run_dir"]
    devices = int(content.get("devices", 1))  # of a version that knew one alone
    if devices < 1:
        raise ValueError("No run is made on no device.")
    return Queued(
        name,
        int(content["rank"]),
        str(content["title"]),
        str(content["words"]),
        str(content["document"]).encode("utf-8"),
        Path(content["base"]),
        None if file is None else Path(file),
        bool(content["isolated"]),
        state,
        None if run_dir is None else Path(run_dir),
        str(content["reason"]),
        devices,
    )
