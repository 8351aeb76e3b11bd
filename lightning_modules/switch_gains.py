"""What the switches for speed gained: a few steps with and without each, in turn, when all else of a run is done."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from graphs.compile import build
from lightning_modules.learner import Learner, NotFinite
from lightning_modules.switches import TITLES, asked, is_on

if TYPE_CHECKING:
    from graphs.content import Document
    from lightning_modules.batches import Batch
    from lightning_modules.course import Course

WARM_STEPS, LEAST_STEPS, MOST_STEPS = 2, 5, 50
MEASURE_S = 0.5
"""So long both sides of one switch are measured together, in turn; the median of each counts."""

PLAIN: dict[str, Any] = {
    "compile": False,
    "channels_last": False,
    "fused": False,
    "precision": "32",
}


@dataclass(frozen=True)
class Gain:
    """Seconds that a training step took with a switch and without it."""

    name: str
    with_s: float
    without_s: float

    @property
    def words(self) -> str:
        """For example "The fused optimizer made a step 1.20 times as fast: 2.0 ms, without it 2.4 ms."."""
        times = self.without_s / self.with_s
        fast = f"{times:.2f} times as fast" if times >= 1 else f"slower, {times:.2f} times as fast"
        return (
            f"{TITLES[self.name]} made a step {fast}: {self.with_s * 1000:.3g} ms, "
            f"without it {self.without_s * 1000:.3g} ms."
        )


def told_gains(course: Course) -> Iterator[str]:
    """A sentence for each switch that was on. The weights of the course learn on: it must be done with them."""
    on = [name for name in asked(course.document) if is_on(name, course.network, course.device)]
    for name in on:
        faults = [each.compiled_run.fault for each in course.learners if each.compiled_run]
        if name == "compile" and any(faults):
            yield f"{TITLES[name]} stayed off: torch.compile could not make code of this network ({faults[0]})."
            continue
        try:
            gain = measured(course, name)
        except (MemoryError, RuntimeError):  # the run is done, and stays so
            gain = None
        yield gain.words if gain else f"What {TITLES[name].lower()} gained could not be measured."


def measured(course: Course, name: str) -> Gain | None:
    """Steps with and without one switch; None if a loss is not finite.

    Code is compiled once for a run: other switches are compared without it.
    """
    document, batch = course.document, course.batches.first(course.document.run.batch_size)
    if name == "compile":
        with_it: Sequence[Learner] = course.learners
    else:
        with_it = _learners(course, _changed(document, compile=False))
    without = _learners(course, _changed(document, **{"compile": False, name: PLAIN[name]}))
    sides = [partial(_step, each, batch, course) for each in (with_it, without)]
    try:
        for each in sides:
            for _ in range(WARM_STEPS):
                each()
        rows: list[tuple[float, ...]] = []
        began = time.perf_counter()
        while len(rows) < LEAST_STEPS or (
            len(rows) < MOST_STEPS and time.perf_counter() - began < MEASURE_S
        ):
            rows.append(tuple(each() for each in sides))
    except NotFinite:
        return None
    with_s, without_s = (statistics.median(each) for each in zip(*rows, strict=True))
    return Gain(name, with_s, without_s)


def _step(learners: Sequence[Learner], batch: Batch, course: Course) -> float:
    on_card = course.device.type == "cuda"
    if on_card:
        torch.cuda.synchronize(course.device)
    began = time.perf_counter()
    for each in learners:
        each.step(batch, course.position.epoch, course.position.step)
    if on_card:
        torch.cuda.synchronize(course.device)
    return time.perf_counter() - began


def _learners(course: Course, document: Document) -> list[Learner]:
    network = build(document).to(course.device)
    network.train()
    return [
        Learner(network, each, course.columns, course.device, course.steps_per_epoch)
        for each in range(len(document.objectives))
    ]


def _changed(document: Document, **run: Any) -> Document:
    return replace(document, run=replace(document.run, **run))
