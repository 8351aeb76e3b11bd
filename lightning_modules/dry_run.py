"""A dry run: a document's data, network and first steps as a run makes them, measured and thrown away.

It seeds the global generators and takes memory, so it belongs into a process of its own, with nothing before it.
"""

from __future__ import annotations

import gc
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from graphs.compile import Network, build
from graphs.plan import weights_of_losses
from lightning_modules import training_state
from lightning_modules.baselines import BaselineThread
from lightning_modules.batches import Batches
from lightning_modules.checkpoint import LAST, read_tensors, write_checkpoint
from lightning_modules.course import Course
from lightning_modules.data import Prepared, prepare
from lightning_modules.devices import choose_device, choose_threads, threads, words
from lightning_modules.evaluation import predict_network
from lightning_modules.forecast import Forecast, Mode
from lightning_modules.keeper import Keeper
from lightning_modules.memory import free_bytes, peak_bytes, resident_bytes
from lightning_modules.module import Chunks, GraphModule, make_trainer
from lightning_modules.quiet import quiet
from lightning_modules.reports import Reports
from lightning_modules.run import seed_everything
from lightning_modules.scores import Scores, score

if TYPE_CHECKING:
    from graphs.content import Document
    from lightning_modules.devices import Device
    from lightning_modules.splits import Split

WARM_STEPS = 2
"""The first steps allocate, and are not timed."""

LEAST_STEPS, MEASURE_S = 3, 0.8
"""So many steps are timed; of short ones more, until so many seconds have passed."""

BESIDE_S, BESIDE_STEPS = 3.0, 8
"""So long steps are made while simple models are fitted, and so many more: a run's peak is where both meet.

Most of what the models take comes late: first their library is imported.
"""

FEW_BATCHES = 3
"""Of other parts than the training part."""

CHUNK_S = 0.02
"""Short steps are made in pieces of about this length, as a run makes many at once."""


def dry_run(document: Document, base: Path, devices: int = 1) -> Forecast:
    """Measure what a run of this document takes; relative paths in it start from `base`.

    Of several devices it measures what one of them does, which has a batch of its own.

    Raises:
        DataError, CannotBuild, NoDevice, WrongSettings: as in a run.
    """
    device = choose_device(document.run.device)
    with (
        threads(choose_threads(document, devices=devices)),
        tempfile.TemporaryDirectory(prefix="lamina-forecast-") as folder,
    ):
        return _measured(document, base, device, Path(folder), devices)


def _measured(
    document: Document, base: Path, device: Device, folder: Path, devices: int
) -> Forecast:
    gauge = _Gauge(device)
    seed_everything(document.run.seed)
    network = build(document)
    write_checkpoint(folder, LAST, {}, weights=network.state_dict())
    network.load_state_dict(read_tensors(folder, LAST))  # so does whoever uses a run
    network = network.to(device)
    prepared = prepare(document, base)
    memory: dict[Mode, int] = {}
    _predict(network, prepared)
    gauge.note(memory, "predict")
    _evaluate(network, prepared, device)
    gauge.note(memory, "evaluate")
    network.train()  # a prediction leaves it in evaluation mode, without dropout and in the library's faster ways
    gc.collect()
    few, left = _shortened(prepared, document.run.batch_size)
    reports = Reports(lambda _event: None, folder / "events.jsonl")
    try:
        idle = threading.Event()
        course = Course(network, few, device, reports, idle.is_set)
        _let_lightning_in(course, idle, folder)
        course.keeper = keeper = Keeper(folder, document.run.early_stopping, higher_is_better=False)
        step_s, steps = _steps(course)
        _end_epoch(course)  # whatever is imported or made but once
        _advance(course, 1)
        began = time.perf_counter()
        validation_s = _end_epoch(course)
        end_s = time.perf_counter() - began
        baselines = BaselineThread(network, prepared, folder)  # when all is timed
        baselines.begin()
        until = time.perf_counter() + BESIDE_S
        while baselines.is_alive() and time.perf_counter() < until and _advance(course, 1):
            pass  # they take memory beside a run's steps
        baselines.end(wait=True)
        _advance(course, BESIDE_STEPS)
        keeper.write(network, lambda: training_state.capture(course, keeper))  # with all that stays
        _evaluate(network, prepared, device)  # so ends a run
    finally:
        reports.close()
    gauge.note(memory, "train")
    if devices > 1 and "train" in memory:
        memory["train"] += _bytes_to_learn(course)  # all gradients in a row, to be added up
    steps_per_epoch = -(-course.steps_per_epoch // devices)
    epoch_s = steps_per_epoch * step_s + end_s + left * validation_s
    return Forecast(
        device=words(device, devices),
        epochs=document.run.epochs,
        steps_per_epoch=steps_per_epoch,
        seconds_per_epoch=epoch_s,
        measured_steps=steps,
        memory=memory,
        program=gauge.program,
        free=gauge.free,
        devices=devices,
    )


class _Gauge:
    """Peaks of memory on a device since it was made."""

    def __init__(self, device: Device) -> None:
        self._device = device
        gc.collect()
        self._on_card = device.type == "cuda"
        if self._on_card:
            torch.cuda.reset_peak_memory_stats(device)
        self.program = 0 if self._on_card else resident_bytes()
        self.free = free_bytes(device)

    def note(self, memory: dict[Mode, int], mode: Mode) -> None:
        """Write down the peak so far; on Metal nothing, which tells no peak."""
        if self._on_card:
            memory[mode] = torch.cuda.max_memory_allocated(self._device)
            torch.cuda.reset_peak_memory_stats(self._device)
        elif self._device.type == "cpu":
            peak = peak_bytes()
            if peak is not None and self.program is not None:
                memory[mode] = max(0, peak - self.program)


def _bytes_to_learn(course: Course) -> int:
    return max(sum(each.nbytes for each in learner.parameters) for learner in course.learners)


def _shortened(prepared: Prepared, size: int) -> tuple[Prepared, int]:
    """The data with a validation part of a few batches, and how many batches that leaves out."""
    splits = dict(prepared.splits)
    count = prepared.count("val")
    splits["val"] = {name: each[: FEW_BATCHES * size] for name, each in splits["val"].items()}
    return replace(prepared, splits=splits), max(0, -(-count // size) - FEW_BATCHES)


def _let_lightning_in(course: Course, idle: threading.Event, folder: Path) -> None:
    """Let Lightning's Trainer begin and end without a step: it imports a good part of itself only then."""
    idle.set()
    with quiet(lambda _text: None):
        make_trainer(course.device, 1, folder).fit(GraphModule(course), Chunks(course))
    idle.clear()
    course.stopped = False


def _steps(course: Course) -> tuple[float, int]:
    """Seconds a step, and how many were timed.

    Their mean: what else the computer does holds up a run as well, now and then.
    """
    course.begin_epoch()
    _advance(course, WARM_STEPS)
    steps, chunk, began = 0, 1, time.perf_counter()
    while steps < LEAST_STEPS or time.perf_counter() - began < MEASURE_S:
        made = _advance(course, chunk)
        if made == 0:  # a loss that is not finite: the run will say so
            break
        steps += made
        if chunk * (time.perf_counter() - began) / steps < CHUNK_S:
            chunk *= 2
    if course.device.type == "cuda":
        torch.cuda.synchronize(course.device)
    return (time.perf_counter() - began) / max(steps, 1), steps


def _advance(course: Course, steps: int) -> int:
    """Make so many steps, or those that the epoch has left; where it is over it begins again."""
    position = course.position
    if position.step_in_epoch >= course.steps_per_epoch:
        position.step_in_epoch = 0
    before = position.step
    course.advance(steps)
    return position.step - before


def _end_epoch(course: Course) -> float:
    """End an epoch as a run does; the seconds that a batch of validation takes."""
    course.end_epoch()
    return course.validation_s / FEW_BATCHES if course.validation_s < float("inf") else 0.0


def _part(prepared: Prepared) -> Split | None:
    for part in ("test", "val", "train"):
        if prepared.count(part):
            return part
    return None


def _predict(network: Network, prepared: Prepared) -> None:
    part = _part(prepared)
    if part is None or not network.document.main.by_role("output"):
        return
    few = _few(prepared.splits[part], network.document.run.batch_size)
    predict_network(network, few)


def _evaluate(network: Network, prepared: Prepared, device: Device) -> None:
    part = _part(prepared)
    if part is None:
        return
    document, size = network.document, network.document.run.batch_size
    few = _few(prepared.splits[part], size)
    columns = [few[str(end)] for end in network.evaluation.plan.columns]
    scores = Scores(network, network.evaluation, device, scales=prepared.scales)
    score(network, Batches(columns, size, device), scores, weights_of_losses(document, 0, 0))


def _few(columns: Mapping[str, torch.Tensor], size: int) -> dict[str, torch.Tensor]:
    return {name: each[: FEW_BATCHES * size] for name, each in columns.items()}
