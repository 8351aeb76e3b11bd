"""Going on with a run that a person stopped or that was interrupted, in its own folder, where it had got to."""

from __future__ import annotations

from pathlib import Path

from graphs.document import UnreadableDocument, load
from lightning_modules.isolation import kept_steps
from lightning_modules.job import Job
from lightning_modules.run_folder import DOCUMENT, RunFolderError, devices_of, read_record


class CannotGoOn(ValueError):  # noqa: N818 - it is a fact about a run
    """Why a run does not go on, in a sentence for people."""


def job_to_go_on(run: Path) -> Job:
    """The job that goes on with this run.

    Raises:
        CannotGoOn: it is going on or has completed, or it kept nothing that can be read.
    """
    try:
        record = read_record(run)
        document = load(run / DOCUMENT)
    except (RunFolderError, UnreadableDocument) as error:
        raise CannotGoOn(str(error)) from error
    state = record.get("state")
    if state == "running":
        raise CannotGoOn("This run is still going on.")
    if state not in ("stopped", "interrupted"):
        raise CannotGoOn("Only a run that was stopped or interrupted can go on.")
    if kept_steps(run) is None:
        raise CannotGoOn("This run had kept nothing yet. Train its graph again instead.")
    base = Path(str(record.get("base", run)))
    return Job(document, base, run, resume=run, devices=devices_of(record))
