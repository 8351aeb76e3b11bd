"""The program of a run in a process of its own: `python -m lightning_modules.isolated FOLDER`.

It finds its job in the folder, writes its events there, and ends when a file there asks it to. What a crash in
native code leaves goes to standard error. Exit code 0: the run has told its outcome, by an event or by a line here.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import time
from pathlib import Path

from lightning_modules.events import Failed, Outcome, to_json
from lightning_modules.isolation import JOB, NOT_WRITTEN, STOP, read_job
from lightning_modules.run import train
from lightning_modules.run_folder import RunFolderError

LOOK_EVERY_S = 0.01
"""Looking for a file at every step would cost a small network some of its speed."""


class StopRequest:
    """Called between two steps, it says whether the run should end: a file, or the system, asks for it."""

    def __init__(self, file: Path) -> None:
        self._file, self._asked, self._looked = str(file), False, 0.0

    def __call__(self) -> bool:
        """Whether a stop was asked for."""
        now = time.monotonic()
        if not self._asked and now - self._looked >= LOOK_EVERY_S:
            self._looked = now
            self._asked = os.access(self._file, os.F_OK)
        return self._asked

    def ask(self, _number: int, _frame: object) -> None:
        """A signal handler: the system shuts down, or somebody ends the process politely."""
        self._asked = True


def main(folder: Path) -> int:
    """Run the job that stands in this folder; the exit code."""
    faulthandler.enable()
    stop = StopRequest(folder / STOP)
    signal.signal(signal.SIGTERM, stop.ask)
    try:
        job = read_job(folder)
    except RunFolderError as error:
        return _say(Failed(str(error)))
    return _say(train(job, on_event=_nobody, should_stop=stop))


def _say(outcome: Outcome) -> int:
    """Write the outcome also here, for a run that never began has no events; the exit code."""
    try:
        sys.stdout.write(to_json(outcome) + "\n")
        sys.stdout.flush()
    except OSError:  # a full disk, most likely
        return NOT_WRITTEN
    return 0


def _nobody(_event: object) -> None:
    """Who wants to know reads the file of events."""


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"Give the folder of a run that holds a {JOB}.")
    code = main(Path(sys.argv[1]))
    os._exit(
        code
    )  # all is written, and whoever follows waits: taking torch down would need a second more
