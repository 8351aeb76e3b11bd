"""A run that has ended, for tests of what comes after training."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lightning_modules.job import Job
from lightning_modules.run import train

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphs.content import Document


def trained(
    described: Document,
    folder: Path,
    epochs: int = 1,
    on_event: Callable[[object], None] = lambda _event: None,
) -> Job:
    """The job of a document that was trained for so many epochs; its run stands in the folder `run` of that folder."""
    job = Job(replace(described, run=replace(described.run, epochs=epochs)), folder, folder / "run")
    train(job, on_event, lambda: False)
    return job
