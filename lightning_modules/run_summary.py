"""Runs at a glance: state, score, duration and settings of each, read without torch and only when files are new."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from graphs.document import UnreadableDocument, load
from graphs.inner_ends import end_at
from lightning_modules.events import (
    Completed,
    EpochEnded,
    Evaluated,
    Event,
    Failed,
    Started,
    Stopped,
    from_json,
)
from lightning_modules.run_folder import (
    DOCUMENT,
    EVENTS,
    RECORD,
    RunFolderError,
    is_locked,
    read_record,
)
from lightning_modules.run_label import LABEL, RunLabel, read_label
from lightning_modules.run_settings import Settings, settings_of

RUNNING, INTERRUPTED = "running", "interrupted"
STATES = ("running", "completed", "stopped", "interrupted", "failed")
TIME_NAME = re.compile(r"(\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d)(?:_\d+)?")
SOME = 10
"""After so many runs the reader is asked whether to go on."""

STEPS = b'{"event": "Steps"'
"""How a line of losses begins: nearly all of the file, and nothing that a glance needs."""

CAN_GO_ON = ("stopped", INTERRUPTED)


@dataclass(frozen=True)
class Score:
    """One value of a run: `val_accuracy`, its title on screen, and whether people read it in percent."""

    name: str
    value: float
    title: str
    percent: bool


@dataclass(frozen=True)
class RunSummary:
    """One run. `seconds` counts training alone, of all times that it went on.

    `validation` is of its best epoch, or of the last (and `best_epoch` 0) where nothing says which is best.
    """

    path: Path
    title: str = ""
    state: str = ""  # of STATES; "" for one that a newer version wrote
    began: datetime | None = None
    seconds: float = 0.0
    epoch: int = 0
    epochs: int = 0  # as many as it was to have
    best_epoch: int = 0
    validation: Score | None = None
    test: Score | None = None
    reason: str = ""  # why it failed
    label: RunLabel = field(default_factory=RunLabel)
    settings: Settings = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What a person called it, or the date and time when it began, or the name of its folder."""
        if self.label.name:
            return self.label.name
        timed = self.began is not None and TIME_NAME.fullmatch(self.path.name)
        return f"{self.began:%Y-%m-%d %H:%M:%S}" if timed else self.path.name

    @property
    def can_go_on(self) -> bool:
        """Whether it ended before its last epoch, by a person or by accident."""
        return self.state in CAN_GO_ON


def name_of(run: Path) -> str:
    """What the run in this folder is called on screen."""
    return RunSummary(run, began=_began(run), label=read_label(run)).name


class Summaries:
    """Reads runs, for one thread at a time, and keeps what it has read: of a run it then reads what is new."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[object, ...], RunSummary]] = {}
        self._tallies: dict[Path, _Tally] = {}
        self._documents: dict[bytes, tuple[Settings, Any]] = {}

    def of_place(
        self, place: Path, on_some: Callable[[tuple[RunSummary, ...]], bool] = lambda _: True
    ) -> tuple[RunSummary, ...]:
        """All runs in a folder, the newest first. `on_some` gets those read so far, and says whether to go on."""
        paths = run_folders(place)
        for gone in self._known.keys() - set(paths):
            del self._known[gone]
            self._tallies.pop(gone, None)
        found: list[RunSummary] = []
        for path in paths:
            summary = self.of_run(path)
            if summary is not None:
                found.append(summary)
            if len(found) % SOME == 0 and not on_some(tuple(found)):
                break
        return tuple(found)

    def of_run(self, path: Path) -> RunSummary | None:
        """One run; None where there is none that can be read."""
        stamp = tuple(_stamp(path / name) for name in (RECORD, DOCUMENT, EVENTS, LABEL))
        known = self._known.get(path)
        if known is not None and known[0] == stamp:
            state = known[1].state
            # Whether it still runs, or runs again, is the one thing that no file tells.
            if state not in (RUNNING, INTERRUPTED) or is_locked(path) == (state == RUNNING):
                return known[1]
        try:
            record = read_record(path)
        except RunFolderError:
            return None
        summary = self._read(path, record)
        self._known[path] = (stamp, summary)
        return summary

    def _read(self, path: Path, record: Mapping[str, Any]) -> RunSummary:
        tally = self._tallies.setdefault(path, _Tally(path / EVENTS))
        tally.read()
        settings, graph = self._settings(path / DOCUMENT)
        state = str(record.get("state", ""))
        return RunSummary(
            path,
            title=str(record.get("title", "")),
            state=state if state in STATES else "",
            began=_began(path),
            seconds=tally.seconds,
            epoch=tally.epoch,
            epochs=tally.epochs,
            best_epoch=tally.best_epoch,
            validation=_score(tally.best, "val", graph),
            test=_score(tally.evaluated, "test", graph),
            reason=str(record.get("reason", "")) if state == "failed" else "",
            label=read_label(path),
            settings=settings,
        )

    def _settings(self, file: Path) -> tuple[Settings, Any]:
        try:
            content = file.read_bytes()
            if content not in self._documents:  # many runs have the very same one
                document = load(file)
                self._documents[content] = (settings_of(document), document.main)
            return self._documents[content]
        except (OSError, UnreadableDocument):
            return {}, None


def run_folders(place: Path) -> list[Path]:
    """The folders of runs in a place, the newest first, by the times in their names."""
    try:
        found = [each for each in place.iterdir() if (each / RECORD).is_file()]
    except OSError:
        return []
    return sorted(found, key=_age, reverse=True)


def epochs_of(run: Path) -> list[Event]:
    """The events of a run without the losses of its steps; empty if they are gone."""
    return list(_events(run / EVENTS, 0)[0])


class _Tally:
    """What the events of one run come to; reads on where it stopped."""

    def __init__(self, file: Path) -> None:
        self._file, self._place = file, 0
        self._forget()

    def _forget(self) -> None:
        self.epoch = self.epochs = self.best_epoch = 0
        self.best: Mapping[str, float] = {}
        self.evaluated: Mapping[str, float] = {}
        self._before_s = self._now_s = 0.0

    @property
    def seconds(self) -> float:
        """How long it trained, all times that it went on together."""
        return self._before_s + self._now_s

    def read(self) -> None:
        """Take in the lines that are new; a file that is shorter than before is another one."""
        if _size(self._file) < self._place:
            self._place = 0
            self._forget()
        events, self._place = _events(self._file, self._place)
        for event in events:
            self._take(event)

    def _take(self, event: Event) -> None:
        if isinstance(event, Started):
            self.epochs = event.epochs
            self._before_s, self._now_s = self.seconds, 0.0
        elif isinstance(event, EpochEnded):
            self.epoch = event.epoch
            self._now_s += event.seconds
            if event.best:
                self.best, self.best_epoch = event.values, event.epoch
            elif not self.best_epoch:
                self.best = event.values
        elif isinstance(event, Evaluated):
            self.evaluated = event.values
        elif isinstance(event, (Completed, Stopped)):
            self._now_s = event.seconds
        elif isinstance(event, Failed):
            self.evaluated = {}


def _events(file: Path, place: int) -> tuple[list[Event], int]:
    """The events of whole lines from a place in the file on, without losses of steps, and where the rest begins."""
    found: list[Event] = []
    for line in _lines(file, place):
        place += len(line)
        if not line.startswith(STEPS):
            with contextlib.suppress(ValueError):  # of a run that was killed, or of a newer version
                found.append(from_json(line.decode("utf-8")))
    return found, place


def _lines(file: Path, place: int) -> Iterator[bytes]:
    with contextlib.suppress(OSError), file.open("rb") as content:
        content.seek(place)
        for line in content:
            if line.endswith(b"\n"):
                yield line


def _score(values: Mapping[str, float], split: str, graph: Any) -> Score | None:
    """The most telling value of a part of the data: its first metric, else its loss."""
    own = [name for name in values if name.startswith(f"{split}_")]
    if not own:
        return None
    metrics = [each for each in own if not _is_loss(each.removeprefix(f"{split}_"), graph)]
    parts = [each for each in own if each != f"{split}_loss"]  # of several losses, which may fight
    name = (metrics or parts or own)[0]
    metric = name.removeprefix(f"{split}_")
    found = end_at(graph, metric) if graph is not None and metric != "loss" else None
    title = found[1] if found is not None else metric.replace("_", " ").capitalize()
    percent = bool(found and found[0].info is not None and found[0].info.percent)
    return Score(name, values[name], title, percent)


def _is_loss(name: str, graph: Any) -> bool:
    found = end_at(graph, name) if graph is not None and name != "loss" else None
    if found is None or found[0].info is None:
        return name == "loss"
    return bool(found[0].info.role == "loss")


def _began(path: Path) -> datetime | None:
    named = TIME_NAME.fullmatch(path.name)
    with contextlib.suppress(OSError, ValueError):
        if named:
            return datetime.strptime(named[1], "%Y-%m-%d_%H-%M-%S").astimezone()
        return datetime.fromtimestamp((path / DOCUMENT).stat().st_mtime).astimezone()
    return None


def _age(path: Path) -> tuple[str, float, str]:
    began = _began(path)
    return (f"{began:%Y-%m-%d_%H-%M-%S}" if began else "", len(path.name), path.name)


def _stamp(file: Path) -> object:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
