"""A run in a process of its own, seen from outside: it is started, followed by its events, stopped, and left alone.

The job goes there as JSON in the run's folder, the request to stop as a file, and everything comes back by the
events that the run writes down anyway: so whoever started it may go away, and another may follow it later.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Protocol

from graphs.document import UnreadableDocument, dumps, load, loads
from lightning_modules.events import (
    Completed,
    Event,
    Failed,
    Outcome,
    Started,
    Steps,
    Stopped,
    from_json,
)
from lightning_modules.job import Job
from lightning_modules.run_folder import (
    DOCUMENT,
    EVENTS,
    RunFolder,
    RunFolderError,
    devices_of,
    is_locked,
    read_record,
    write_durably,
)

JOB, STOP, LOG = "job.json", "stop.request", "process.log"
LAST_NUMBERS = "last.json"
FORMAT = 1
LOOK_EVERY_S = 0.02
READ_BYTES = 2**20
END_WITHIN_S = 10.0
"""After its last event a process may need so long to be gone; whoever waits does not wait longer."""

MOST_LOG_BYTES, MOST_DETAILS = 1_000_000, 4_000
CRASH_BEGINS, CRASH_ENDS = "Fatal Python error", "\nExtension modules:"
CRASHED_THREAD = "Current thread"
"""What Python's faulthandler writes when native code crashes."""

NOT_WRITTEN = 74
"""The exit code of a process that could not write down how its run ended."""

UNKNOWN = -(10**6)
"""The exit code of a process that somebody else started."""

_left: list[Process] = []
"""Processes that go on without being followed: the system forgets them when this program ends."""


class Process(Protocol):
    """What is needed of a process: its number, and its exit code once it has ended."""

    @property
    def pid(self) -> int:
        """The number that the system knows it by."""

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""


def train_apart(
    job: Job,
    on_event: Callable[[Event], None],
    should_stop: Callable[[], bool],
    should_leave: Callable[[], bool] = lambda: False,
    start: Callable[[Path], Process] | None = None,
) -> Outcome | None:
    """Run a job in a process of its own and follow it; None if `should_leave` said so, and it goes on alone.

    As `run.train`: events reach `on_event` in this thread, the outcome is returned. A process that is killed or
    crashes is a Failed, and its run is marked interrupted.
    """
    goes_on = job.resume is not None and job.resume.resolve() == job.run_dir.resolve()
    try:
        RunFolder.open(job.run_dir, goes_on=goes_on).close()
        (job.run_dir / STOP).unlink(missing_ok=True)
        write_job(job)
        news = News(job.run_dir / EVENTS, _whole_lines(job.run_dir / EVENTS))
        process = (start or start_process)(job.run_dir)
    except OSError as error:
        told = isinstance(error, RunFolderError)
        return Failed(str(error) if told else f"The run could not be started: {error.strerror}.")
    outcome = _Watch(job.run_dir, news, process.poll).until_end(on_event, should_stop, should_leave)
    if outcome is None:
        _left[:] = [each for each in (*_left, process) if each.poll() is None]
    return outcome


def attach(
    run_dir: Path,
    on_event: Callable[[Event], None],
    should_stop: Callable[[], bool],
    should_leave: Callable[[], bool] = lambda: False,
) -> Outcome | None:
    """Follow a run that goes on in a process which somebody else started, from its first event on."""
    file = run_dir / EVENTS
    watch = _Watch(run_dir, News(file, _last_start(file)), lambda: _unless_locked(run_dir))
    return watch.until_end(on_event, should_stop, should_leave)


def is_going_on(run_dir: Path) -> bool:
    """Whether a run goes on in this folder in a process of its own, which `attach` can follow."""
    return (run_dir / JOB).is_file() and is_locked(run_dir)


def to_go_on(run_dir: Path) -> Job | None:
    """The job that goes on, in its own folder, with a run that was killed; None if it was not, or kept nothing."""
    try:
        record = read_record(run_dir)
        if record.get("state") != "interrupted" or kept_steps(run_dir) is None:
            return None
        document = load(run_dir / DOCUMENT)
    except (RunFolderError, UnreadableDocument):
        return None
    base = Path(str(record.get("base", run_dir)))
    return Job(document, base, run_dir, resume=run_dir, devices=devices_of(record))


def kept_steps(run_dir: Path) -> int | None:
    """After how many steps the state stands that the run in this folder can go on from; None if there is none."""
    try:
        steps = json.loads((run_dir / LAST_NUMBERS).read_text(encoding="utf-8"))["step"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return steps if isinstance(steps, int) else None


def write_job(job: Job) -> None:
    """Write a job into its run's folder, for the process that will run it there."""
    folders = {name: getattr(job, name) for name in _folders()}
    content = {
        "job": FORMAT,
        **{name: None if each is None else str(each.resolve()) for name, each in folders.items()},
        "devices": job.devices,
        "document": dumps(job.document).decode("utf-8"),
    }
    write_durably(job.run_dir / JOB, (json.dumps(content, indent=1) + "\n").encode())


def read_job(run_dir: Path) -> Job:
    """The job that stands in this folder.

    Raises:
        RunFolderError: there is none that can be read.
    """
    try:
        content = json.loads((run_dir / JOB).read_text(encoding="utf-8"))
        document = loads(content["document"].encode("utf-8"), JOB)
        texts = {name: content[name] for name in _folders()}
        folders: dict[str, Any] = {name: each and Path(each) for name, each in texts.items()}
        devices = content.get("devices", 1)  # of a version that knew one alone
        return Job(document=document, run_dir=run_dir, devices=devices, **folders)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunFolderError(
            f'The job of the run in "{run_dir}" cannot be read: its {JOB} is damaged or not there.'
        ) from error


def _folders() -> list[str]:
    """The fields of a job that are paths, besides that of its own folder."""
    names = [each.name for each in fields(Job)]
    return [name for name in names if name not in ("document", "run_dir", "devices")]


def start_process(run_dir: Path) -> Process:
    """Python with `lightning_modules.isolated`, in a session of its own: Ctrl+C in a terminal is not for it.

    Raises:
        OSError: the system starts no more processes, or the log cannot be written.
    """
    # -P: a file torch.py in the folder that the program happens to stand in must not be imported.
    command = [sys.executable, "-P", "-m", "lightning_modules.isolated", str(run_dir.resolve())]
    new_group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    with (run_dir / LOG).open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - this Python, and a path that no shell reads
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            creationflags=new_group,
        )


class News:
    """The events that a run writes into its file, from a place in it on."""

    def __init__(self, file: Path, begin: int) -> None:
        self._file, self._place, self._rest = file, begin, b""

    def read(self) -> list[Event] | None:
        """Those of the next whole lines, of some at once; None if there is nothing new.

        Losses that follow each other come as one event: who follows a run of a whole night has much to hear. A
        line that is no event, of a run that was killed, is left out.
        """
        try:
            with self._file.open("rb") as file:
                file.seek(self._place)
                content = file.read(READ_BYTES)
        except FileNotFoundError:
            return None
        if not content:
            return None
        self._place += len(content)
        *lines, self._rest = (self._rest + content).split(b"\n")
        found = []
        for each in lines:
            with contextlib.suppress(ValueError):
                found.append(from_json(each.decode("utf-8")))
        return _joined(found)


def _joined(events: list[Event]) -> list[Event]:
    """The same with losses of one objective that follow each other in one event."""
    found: list[Event] = []
    row: list[Steps] = []
    for each in (*events, None):
        if row and not (
            isinstance(each, Steps)
            and each.objective == row[-1].objective
            and each.first == row[-1].first + len(row[-1].losses)
        ):
            losses = tuple(loss for steps in row for loss in steps.losses)
            found.append(replace(row[-1], first=row[0].first, losses=losses))
            row = []
        if isinstance(each, Steps):
            row.append(each)
        elif each is not None:
            found.append(each)
    return found


class _Watch:
    """Follows one run to its end."""

    def __init__(self, run_dir: Path, news: News, poll: Callable[[], int | None]) -> None:
        self._run_dir, self._news, self._poll = run_dir, news, poll
        self._outcome: Outcome | None = None
        self._steps = 0

    def until_end(
        self,
        on_event: Callable[[Event], None],
        should_stop: Callable[[], bool],
        should_leave: Callable[[], bool],
    ) -> Outcome | None:
        """Hand on what it tells; how it ended, None if it goes on alone."""
        asked, last = False, 0.0
        while True:
            code = self._poll()  # before reading: what it wrote until its end is then read below
            told = self._tell(on_event)
            if code is not None:
                while told:
                    told = self._tell(on_event)
                return self._outcome or _refusal(self._run_dir) or self._crash(code)
            if self._outcome is not None:
                last = last or time.monotonic()
                if time.monotonic() - last > END_WITHIN_S:
                    return self._outcome
            elif should_stop() and not asked:
                asked = True
                with contextlib.suppress(OSError):  # its folder is gone: so is the run, before long
                    (self._run_dir / STOP).touch()
            if self._outcome is None and should_leave():
                return None
            time.sleep(LOOK_EVERY_S)

    def _tell(self, on_event: Callable[[Event], None]) -> bool:
        events = self._news.read()
        for event in events or ():
            if isinstance(event, (Completed, Stopped, Failed)):
                self._outcome = event
                continue
            if isinstance(event, Started):
                self._steps = event.start_step
            elif isinstance(event, Steps):
                self._steps = event.first + len(event.losses) - 1
            on_event(event)
        return events is not None

    def _crash(self, code: int) -> Failed:
        reason = f"{end_of_process(code)} {what_is_kept(self._run_dir)}"
        return Failed(reason, details=_stacks(_log(self._run_dir)), steps=self._steps)


def what_is_kept(run_dir: Path) -> str:
    """A sentence on what a run can go on from that ended without telling."""
    kept = kept_steps(run_dir)
    if kept is None:
        return "It had not kept anything yet: start it again."
    return f"What it had learned after {_count(kept)} is kept: it can go on from there."


def end_of_process(code: int, what: str = "The run's own process") -> str:
    """A sentence on how a process ended that had not told its outcome."""
    if code == UNKNOWN:
        return f"{what} ended before the run did."
    if code in (0, NOT_WRITTEN):  # 0: it believes to have told its outcome
        return f"{what} could not write its files: the disk may be full."
    if code >= 0:
        return f"{what} ended before the run did, with exit code {code}."
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    if name == "SIGKILL":
        return f"{what} was killed (SIGKILL): by somebody, or by the system because memory ran out."
    return f"{what} crashed ({name})."


def _count(steps: int) -> str:
    return f"{steps:,} {'step' if steps == 1 else 'steps'}"


def _refusal(run_dir: Path) -> Outcome | None:
    """The outcome of a run that never began, which no events tell: it is the last line of the log."""
    lines = _log(run_dir).rstrip().splitlines()
    try:
        event = from_json(lines[-1])
    except (IndexError, ValueError):
        return None
    return event if isinstance(event, Failed) else None


def _log(run_dir: Path) -> str:
    """What the process printed."""
    try:
        with (run_dir / LOG).open("rb") as file:
            return file.read(MOST_LOG_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _stacks(log: str) -> str:
    """Of what a process printed that crashed: where its thread was, without the others and all that it had loaded."""
    before, found, rest = log.partition(CRASH_BEGINS)
    shown = found + rest.partition(CRASH_ENDS)[0] if found else before
    others, marker, own = shown.partition(CRASHED_THREAD)
    if marker:
        shown = f"{others.partition(chr(10))[0]}\n\n{marker}{own}"
    return shown.strip()[:MOST_DETAILS]


def _unless_locked(run_dir: Path) -> int | None:
    return None if is_locked(run_dir) else UNKNOWN


def _whole_lines(file: Path) -> int:
    """The length of a file up to its last line end."""
    try:
        return file.read_bytes().rfind(b"\n") + 1
    except FileNotFoundError:
        return 0


def _last_start(file: Path) -> int:
    """Where the last Started of a file stands: what is before belongs to runs that this one went on from."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return 0
    return content.rfind(b'\n{"event": "Started"') + 1
