"""Where runs are kept: in `NAME.runs` beside a saved document, else among the user's data."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import platformdirs


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


def last_runs(document: Path | None, count: int) -> list[Path]:
    """The newest run folders of a document that hold events, the newest first, at most `count`."""
    folder = runs_folder(document)
    if not folder.is_dir():
        return []
    runs = (path for path in folder.iterdir() if (path / "events.jsonl").is_file())
    return sorted(runs, reverse=True)[:count]
