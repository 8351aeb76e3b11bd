"""What the last run of a document left to look at, once the document is opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lightning_modules.events import Event, from_json
from lightning_modules.run_folder import is_locked
from lightning_modules.run_places import last_runs

if TYPE_CHECKING:
    from pathlib import Path

LOOKED_AT = 20
"""Among so many of the newest runs one with weights is looked for."""

WEIGHTS = ("best.safetensors", "last.safetensors")
RESULTS = tuple(f'{{"event": "{name}"'.encode() for name in ("Started", "Baselines", "Evaluated"))
"""How the lines begin that tell results; nearly all others are of steps."""


def last_with_weights(document: Path | None) -> Path | None:
    """The folder of the newest run of this document that has weights and has ended.

    None if there is none, or the document has no file: such documents share one folder of runs.
    """
    runs = last_runs(document, LOOKED_AT) if document is not None else []
    return next(
        (
            run
            for run in runs
            if any((run / name).is_file() for name in WEIGHTS) and not is_locked(run)
        ),
        None,
    )


def results_of(run: Path) -> list[Event]:
    """How the run in this folder began, what simple models reach, and its evaluations; empty if they are gone."""
    found = []
    try:
        with (run / "events.jsonl").open("rb") as file:
            for line in file:
                if line.startswith(RESULTS):
                    found.append(from_json(line.decode()))  # noqa: PERF401 - what was read before a bad line counts
    except (OSError, ValueError):
        pass  # a run that was killed may have left half a line
    return found
