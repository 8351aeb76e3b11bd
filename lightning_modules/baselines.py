"""Honest lines: what chance and simple models reach on a run's data, found in a thread beside the training."""

from __future__ import annotations

import contextlib
import json
import math
import threading
import time
from _thread import start_new_thread
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lightning_modules.baseline_task import Task, task_of
from lightning_modules.events import Baseline, Baselines, from_json, to_json
from lightning_modules.run_folder import write_durably
from lightning_modules.simple_models import (
    Clock,
    Fitted,
    OverTimeError,
    fit_classes,
    fit_numbers,
    guess_class,
    guess_mean,
)

if TYPE_CHECKING:
    import torch

    from graphs.compile import Network
    from lightning_modules.data import Prepared
    from lightning_modules.splits import Split

RECORD = "baselines.json"
MOST_SECONDS = 10.0
"""A model that takes longer is left out: it would keep a processor from the training."""

LONGEST_WAIT = 2 * MOST_SECONDS
"""So long the end of a run waits: where memory ran out, a library may ask for more for ever."""

BEGINS_WITHIN_S = 10.0
"""A thread that has not begun by then never will: memory ran out before its first line."""

MOST_FOLDERS = 20
"""In so many runs beside this one it is looked up whether the same was fitted before."""

PARTS: tuple[Split, ...] = ("val", "test")


class BaselineThread:
    """Fits simple models on the training part alone. It draws no random numbers of the program's generators."""

    def __init__(self, network: Network, prepared: Prepared, run_dir: Path) -> None:
        """What it needs of the network is taken now, in the thread that trains."""
        self._task = task_of(network, prepared)
        self._run_dir = run_dir
        self._begun, self._over, self._ended = (threading.Event() for _ in range(3))
        self._found: Baselines | None = None
        self._taken = False

    def begin(self) -> None:
        """Start, unless the system has no room for another thread: a run needs no baselines."""
        # WORKAROUND for https://github.com/python/cpython/issues/140746: Thread.start waits for ever for a thread
        # whose first line found no memory.
        with contextlib.suppress(RuntimeError):
            start_new_thread(self._run, ())
            if not self._begun.wait(BEGINS_WITHIN_S):
                self._ended.set()

    def is_alive(self) -> bool:
        """Whether it has begun and goes on."""
        return self._begun.is_set() and not self._over.is_set()

    def _run(self) -> None:
        try:
            self._begun.set()
            self._find()
        finally:
            self._over.set()

    def _find(self) -> None:
        """Find the values, or read those that a run with the same data found."""
        if self._task is None:
            return
        try:
            with np.errstate(
                all="ignore"
            ):  # numbers beyond all bounds make bad models, and no news
                self._found = self._known_or_new(self._task)
        except Exception:  # noqa: BLE001 - the edge of the thread: a run needs no baselines
            return

    def _known_or_new(self, task: Task) -> Baselines | None:
        key = task.key
        found = _remembered(self._run_dir, key)
        if found is None:
            clock = Clock(time.monotonic() + MOST_SECONDS, self._ended.is_set)
            found = find(task, clock)
        if found is not None and not self._ended.is_set():
            _remember(self._run_dir, key, found)
        return found

    def news(self) -> Sequence[Baselines]:
        """What was found, once; nothing before."""
        if self._found is None or self._taken:
            return ()
        self._taken = True
        return (self._found,)

    def end(self, *, wait: bool) -> Sequence[Baselines]:
        """Let it come to its end if there is time to `wait`, or give up at once; what was found, once."""
        if not wait:
            self._ended.set()
        if self._begun.is_set():
            self._over.wait(LONGEST_WAIT)
        return self.news()


def find(task: Task, clock: Clock) -> Baselines | None:
    """The values of all models for which there is time, those of the plainest first; None without any."""
    found: list[Baseline] = []
    try:
        for each in _models(task, clock):
            values = _values(task, each)
            if values:
                found.append(Baseline(each.kind, each.title, values))
    except OverTimeError:
        pass
    return Baselines(tuple(found), task.rows, task.of, task.higher) if found else None


def _models(task: Task, clock: Clock) -> Iterator[Fitted]:
    targets = task.targets["train"].numpy()
    flat = targets.reshape(len(targets), -1)
    if task.classes:
        known = flat[(flat >= 0) & (flat < task.classes)]
        yield guess_class(known, task.classes)
    else:
        yield guess_mean(flat)
    if task.last is not None:
        yield Fitted("last", "Yesterday's value", lambda x: x.astype(np.float64))
    if task.features is None:
        return
    train = task.features["train"]
    if not task.classes:
        yield from fit_numbers(train, flat, clock)
        return
    inside = (flat[:, 0] >= 0) & (flat[:, 0] < task.classes)
    yield from fit_classes(train[inside], flat[inside, 0], task.classes, clock)


def _values(task: Task, model: Fitted) -> dict[str, float]:
    values: dict[str, float] = {}
    for part in PARTS:
        if part not in task.targets:
            continue
        target: torch.Tensor = task.targets[part]
        if model.kind == "last":
            assert task.last is not None
            given = task.last[part].numpy().reshape(len(target), -1)
        elif task.features is None:
            given = np.zeros((len(target), 0), np.float32)
        else:
            given = task.features[part]
        scores = task.shape(model.answer(given), target)
        for name, judge in task.judges.items():
            value = judge(scores, target)
            if math.isfinite(value):
                values[f"{part}_{name}"] = value
    return values


def _remembered(run_dir: Path, key: str) -> Baselines | None:
    beside = sorted(run_dir.parent.glob(f"*/{RECORD}"), reverse=True)[:MOST_FOLDERS]
    for file in (run_dir / RECORD, *beside):
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            event = from_json(content["event"]) if content["key"] == key else None
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if isinstance(event, Baselines):
            return event
    return None


def _remember(run_dir: Path, key: str, found: Baselines) -> None:
    content = {"key": key, "event": to_json(found)}
    try:
        write_durably(run_dir / RECORD, (json.dumps(content, indent=1) + "\n").encode())
    except OSError:  # a full disk: they are fitted again the next time
        return
