"""Where runs are kept: in `NAME.runs` beside a saved document, else among the user's data."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import platformdirs

from lightning_modules.events import Event, from_json

NO_LOCK = shutil.ignore_patterns("*.lock")

LARGEST_BYTES = 5_000_000
"""A longer record takes a noticeable time to read."""


def runs_folder(document: Path | None) -> Path:
    """The folder that holds the runs of the document in this file (None if it was never saved).

    Where the document's own folder cannot be written to, it is a folder of the document's name among the
    user's data.
    """
    if document is not None and os.access(document.parent, os.W_OK):
        return document.with_name(f"{document.stem}.runs")
    data = Path(platformdirs.user_data_dir("lamina", appauthor=False)) / "runs"
    return data / (f"{document.stem}.runs" if document is not None else "untitled.runs")


def new_run_dir(document: Path | None, now: datetime | None = None) -> Path:
    """A path for a new run's folder, named after the local time, that nothing stands at yet."""
    folder = runs_folder(document)
    name = (now or datetime.now()).strftime("%Y-%m-%d_%H-%M-%S")  # noqa: DTZ005 - people read it as their own time
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{name}_{number}"
    return path


def keep_also_in(run: Path, place: Path) -> None:
    """Let a run that has ended stand in another folder of runs as well, under its own name.

    Weights are large and never changed in place: where the disk allows it, both folders share them.

    Raises:
        OSError: it could not be written; nothing of it is left there then.
    """
    if not run.is_dir() or (place / run.name).exists():
        return
    place.mkdir(parents=True, exist_ok=True)
    part = place / f".{run.name}.part"
    try:
        shutil.copytree(run, part, copy_function=_share, ignore=NO_LOCK, dirs_exist_ok=True)
        part.replace(place / run.name)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _share(source: str, target: str) -> None:
    if source.endswith(".safetensors"):
        with suppress(OSError):
            os.link(source, target)
            return
    shutil.copy2(source, target)


def last_runs(document: Path | None, count: int) -> list[Path]:
    """The newest run folders of a document that hold events, the newest first, at most `count`."""
    folder = runs_folder(document)
    if not folder.is_dir():
        return []
    runs = (path for path in folder.iterdir() if (path / "events.jsonl").is_file())
    return sorted(runs, reverse=True)[:count]


def read_events(run: Path) -> list[Event]:
    """The events of a run in its folder, up to the first line that is none; empty if they are very many or gone."""
    file = run / "events.jsonl"
    found: list[Event] = []
    try:
        if file.stat().st_size <= LARGEST_BYTES:
            found.extend(map(from_json, file.read_text(encoding="utf-8").splitlines()))
    except (OSError, ValueError):
        return found  # a run that was killed may have left half a line
    return found
