"""A Job: everything that one run needs, frozen, so that it runs the same in any thread or process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graphs.content import Document


@dataclass(frozen=True)
class Job:
    """Train this document's `main` network as its objectives and run settings say.

    `base` is the folder that relative paths in the document start from; `run_dir` is the run's own new
    folder; `resume` is an earlier run's folder to go on from; `start_from` is the folder of a run, or one
    of its checkpoints, with whose weights a new run starts. Only one of the two may be given. With several
    `devices` each is given a batch of its own in every step, by a process of its own.
    """

    document: Document
    base: Path
    run_dir: Path
    resume: Path | None = None
    start_from: Path | None = None
    devices: int = 1

    def __post_init__(self) -> None:
        """A run goes on, or starts anew."""
        assert self.resume is None or self.start_from is None, "a run goes on or starts, not both"
        assert self.devices >= 1, "a run needs a device"
