"""The course of a run: its steps in their order, the end of every epoch, what is kept, and where it stands."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from lightning_modules.batches import Batches
from lightning_modules.events import EpochEnded
from lightning_modules.learner import Learner
from lightning_modules.order import epoch_order
from lightning_modules.reports import StepReports
from lightning_modules.scores import Means, Scores, score

if TYPE_CHECKING:
    from torch import Tensor

    from graphs.compile import Network
    from graphs.content import Document
    from graphs.graph import End
    from lightning_modules.data import Prepared
    from lightning_modules.keeper import Keeper
    from lightning_modules.reports import Reports

CHUNK_STEPS = 32
"""How many optimizer steps Lightning sees as one batch: its own work for a batch costs as much as some of them."""


@dataclass
class Position:
    """Where a run stands: `epoch` and `step_in_epoch` are those that come next, from 0; `step` have been made."""

    epoch: int = 0
    step_in_epoch: int = 0
    step: int = 0


class Course:
    """Trains a network on prepared data. Used by one thread."""

    def __init__(
        self,
        network: Network,
        prepared: Prepared,
        device: torch.device,
        reports: Reports,
        should_stop: Callable[[], bool],
        keeper: Keeper,
    ) -> None:
        document = network.document
        self.network, self.document, self.device = network, document, device
        self.position = Position()
        self.stopped, self.reason = False, ""
        self._reports, self._should_stop, self.keeper = reports, should_stop, keeper
        count = len(document.objectives)
        wanted = [end for index in range(count) for end in network.objective(index).plan.columns]
        columns = tuple(dict.fromkeys(wanted))
        self.learners = [
            Learner(network, index, columns, alone=count == 1) for index in range(count)
        ]
        size = document.run.batch_size
        self.batches = _batches(prepared, "train", columns, size, device)
        self._validation = _batches(prepared, "val", network.evaluation.plan.columns, size, device)
        self._means = Means()
        self._scores = [Scores(network, each.compiled, device) for each in self.learners[:1]]
        self._val_scores = Scores(network, network.evaluation, device)
        self._steps = [StepReports(reports, each.objective.name) for each in self.learners]
        self._order: Tensor | None = None
        self._epoch_began = time.perf_counter()

    @property
    def steps_per_epoch(self) -> int:
        """How many batches an epoch has."""
        return self.batches.steps

    def begin_epoch(self) -> None:
        """Shuffle."""
        position = self.position
        order = epoch_order(self.document.run.seed, position.epoch, self.batches.count)
        self._order = self.batches.order_on_device(order)
        self._epoch_began = time.perf_counter()
        for each in self._steps:
            each.restart_clock()

    def advance(self, steps: int) -> bool:
        """Make the next steps; whether to go on. It ends early where a stop is asked for.

        Raises:
            NotFinite: the loss of a step is not a finite number.
        """
        position = self.position
        learners = [
            (index, each)
            for index, each in enumerate(self.learners)
            if each.objective.from_epoch <= position.epoch < (each.objective.to_epoch or 2**31)
        ]
        for batch in self.batches.cut(self._order, position.step_in_epoch, steps):
            if self._should_stop():
                self.stopped = True
                return False
            size = len(batch[0])
            for index, learner in learners:
                loss, results = learner.step(batch)
                if index == 0:
                    self._scores[0].add(results)
                self._means.add(learner.objective.name, loss, size)
                if self._steps[index].add(position.step + 1, loss, size):
                    self._steps[index].send(learner.learning_rate)
            position.step += 1
            position.step_in_epoch += 1
        return True

    def end_epoch(self) -> bool:
        """Validate, tell, keep what is best; whether to go on."""
        for each, learner in zip(self._steps, self.learners, strict=True):
            each.send(learner.learning_rate)
        means = self._means.values()
        values = {"train_loss": sum(means.values())}
        values |= {f"train_{name}": value for name, value in self._scores[0].values().items()}
        if self._validation.count:
            weights = self.learners[0].weights
            found = score(self.network, self._validation, self._val_scores, weights)
            values |= {f"val_{name}": value for name, value in found.items()}
        self.position.epoch += 1
        self.position.step_in_epoch = 0
        best = self.keeper.take(self.network, values, self.position.epoch, self.position.step)
        seconds = time.perf_counter() - self._epoch_began
        self._reports.tell(
            EpochEnded(self.position.epoch, self.position.step, values, best, seconds)
        )
        return not self.stopped


def _batches(
    prepared: Prepared, part: str, columns: tuple[End, ...], size: int, device: torch.device
) -> Batches:
    held = prepared.splits[part]  # type: ignore[index]
    return Batches([held[str(end)] for end in columns], size, device)
