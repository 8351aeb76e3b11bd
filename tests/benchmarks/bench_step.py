"""What a step costs beside plain PyTorch, a few of each in turn. Arguments: rounds (30), a word of a network's name.

First the compiled graph against the module written by hand, forward and backward; then the whole step of a run, with
its look whether the loss is finite, its reports and its metric, against a plain loop that slices tensors. All in one
thread and by its processor time, so that other programs disturb little.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from graphs.compile import build
from lightning_modules.course import Course
from lightning_modules.data import Prepared, prepare
from lightning_modules.reports import Reports
from tests.benchmarks.training_cases import CASES, Case

ROOT = Path(__file__).resolve().parents[2]
TURN_S = 0.05
"""About how long one side works before it is the other's turn."""


def forget(weights: list[nn.Parameter]) -> None:
    """Let gradients go, on both sides in the same way."""
    for each in weights:
        each.grad = None


def by_hand(case: Case, value: torch.Tensor, label: torch.Tensor) -> Callable[[int], None]:
    """Forward and backward of the module written by hand, so many times."""
    module, loss = case.write(), nn.CrossEntropyLoss()
    x, y = value[: case.batch], label[: case.batch]
    weights = list(module.parameters())

    def go(times: int) -> None:
        for _ in range(times):
            forget(weights)
            loss(module(x), y).backward()

    return go


def compiled(case: Case, value: torch.Tensor, label: torch.Tensor) -> Callable[[int], None]:
    """The same of the graph."""
    network = build(case.document(metric=False))
    run = network.objective(0).run
    x, y = value[: case.batch], label[: case.batch]
    weights = list(network.parameters())

    def go(times: int) -> None:
        for _ in range(times):
            forget(weights)
            run(x, y)[0].backward()

    return go


def loop(case: Case, value: torch.Tensor, label: torch.Tensor) -> Callable[[int], None]:
    """Steps of a plain loop over slices."""
    module, loss = case.write(), nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.001)

    def endless() -> Iterator[torch.Tensor]:
        while True:
            yield from torch.randperm(len(label)).split(case.batch)

    batches = endless()

    def go(times: int) -> None:
        for _ in range(times):
            rows = next(batches)
            optimizer.zero_grad()
            found = loss(module(value[rows]), label[rows])
            found.backward()
            optimizer.step()
            found.item()

    return go


def steps(case: Case, prepared: Prepared, file: Path, *, metric: bool) -> Callable[[int], None]:
    """Steps of a run."""
    network = build(case.document(metric=metric))
    course = Course(
        network, prepared, torch.device("cpu"), Reports(lambda _event: None, file), lambda: False
    )
    course.begin_epoch()

    def go(times: int) -> None:
        if course.position.step_in_epoch + times > course.steps_per_epoch:
            course.position.step_in_epoch = 0
        course.advance(times)

    return go


def ratio(peer: Callable[[int], None], ours: Callable[[int], None], rounds: int) -> float:
    """How many times as fast as its peer ours is: the median over the rounds."""
    began = time.perf_counter()
    for side in (peer, ours):
        side(3)
    times = max(1, round(TURN_S * 6 / (time.perf_counter() - began)))
    found = []
    for each in range(rounds):
        spent = {}
        for side in (peer, ours) if each % 2 else (ours, peer):
            before = time.thread_time()
            side(times)
            spent[side] = time.thread_time() - before
        found.append(spent[peer] / spent[ours])
    return statistics.median(found)


def main() -> None:
    """Print a line for each network."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    torch.set_num_threads(1)
    print(
        f"torch {torch.__version__}, 1 thread, {rounds} rounds, medians of how many times as fast"
    )
    print(f"{'':36}{'forward, backward':>18}{'step':>8}{'step with accuracy':>20}")
    for case in CASES:
        if word not in case.name:
            continue
        enough = replace(case, steps=max(case.steps, 100))
        prepared = prepare(enough.document(metric=False), ROOT)
        value, label = prepared.splits["train"].values()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "events.jsonl"
            row = [
                ratio(by_hand(case, value, label), compiled(case, value, label), rounds),
                *(
                    ratio(
                        loop(case, value, label),
                        steps(enough, prepared, file, metric=metric),
                        rounds,
                    )
                    for metric in (False, True)
                ),
            ]
        print(f"{case.name:36}{row[0]:18.2f}{row[1]:8.2f}{row[2]:20.2f}", flush=True)


if __name__ == "__main__":
    main()
