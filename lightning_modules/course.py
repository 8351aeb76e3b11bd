"""The course of a run: its steps in their order, the end of every epoch, what is kept, and where it stands."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn.modules.batchnorm import _BatchNorm

from graphs.plan import weights_of_losses
from lightning_modules.batches import Batches
from lightning_modules.events import EpochEnded, Paused, WentOn
from lightning_modules.finite import are_finite, weights_of
from lightning_modules.learner import WEIGHTS, Learner, NotFinite
from lightning_modules.order import epoch_order
from lightning_modules.reports import REPORT_EVERY_S, StepReports
from lightning_modules.scores import Scores, score
from lightning_modules.shares import Shares
from lightning_modules.watching import Watch

if TYPE_CHECKING:
    from torch import Tensor

    from graphs.compile import Network
    from graphs.graph import End
    from lightning_modules.batches import Batch
    from lightning_modules.data import Prepared
    from lightning_modules.events import Event
    from lightning_modules.keeper import Keeper, State
    from lightning_modules.pausing import Pause
    from lightning_modules.reports import Reports
    from lightning_modules.splits import Split
    from lightning_modules.team import Team

CHUNK_STEPS = 256
"""How many optimizer steps Lightning sees as one batch, whose own work costs as much as some of them."""


@dataclass
class Position:
    """Where a run stands: `epoch` and `step_in_epoch` are those that come next, from 0; `step` have been made."""

    epoch: int = 0
    step_in_epoch: int = 0
    step: int = 0


@dataclass
class Mean:
    """The losses of an epoch so far, weighted by samples."""

    total: float = 0.0
    count: int = 0


class Course:
    """Trains a network on prepared data. Used by one thread.

    It is over when `stopped` is set (somebody asked), `fault` (a loss or a weight is not finite), `reason`
    (early stopping), or when all epochs ran.
    """

    def __init__(
        self,
        network: Network,
        prepared: Prepared,
        device: torch.device,
        reports: Reports,
        should_stop: Callable[[], bool],
        team: Team | None = None,
    ) -> None:
        """With a `team` this is the course of one member: all make the same steps, and the first one decides."""
        document = network.document
        self.network, self.document, self.device = network, document, device
        self.position = Position()
        self.stopped, self.reason = False, ""
        self.fault: NotFinite | None = None
        self._reports, self._should_stop, self._team = reports, should_stop, team
        self.keeper: Keeper | None = None
        self.capture: Callable[[], State] | None = None
        self.pause: Pause | None = None
        self.rested_s = 0.0
        self.news: Callable[[], Sequence[Event]] = lambda: ()
        """What others have found out meanwhile, to be told in this thread."""
        indices = range(len(document.objectives))
        columns = self.columns = tuple(
            dict.fromkeys(end for each in indices for end in network.objective(each).plan.columns)
        )
        size = document.run.batch_size * (team.size if team is not None else 1)
        norms = any(isinstance(each, _BatchNorm) for each in network.modules())
        whole = _batches(prepared, "train", columns, size, device, spare_one=norms)
        self.batches = whole if team is None else Shares(whole, team)
        self._validation = _batches(
            prepared, "val", network.evaluation.plan.columns, size, device, spare_one=False
        )
        self.learners = [
            Learner(network, each, columns, device, self.batches.steps, team) for each in indices
        ]
        self.means = [Mean() for _ in indices]
        self.scores = _scores(network, self.learners, device, prepared, team)
        self._val_scores = Scores(network, network.evaluation, device, scales=prepared.scales)
        self._steps = [
            StepReports(reports, each.objective.name, REPORT_EVERY_S * len(self.learners))
            for each in self.learners
        ]
        seen = (
            self._validation
            if self._validation.count
            else _batches(
                prepared, "train", network.evaluation.plan.columns, size, device, spare_one=False
            )
        )
        self._watch = Watch(network, self.learners, seen, document.run.epochs)
        self._weights = weights_of(network)
        self._order: Tensor | None = None
        self._epoch_began = time.perf_counter()
        self._epoch_began_at = 0  # the step in the epoch; it is another one where a run goes on
        self.validation_s = math.inf
        self._judged = math.nan  # what schedules went by in the last epoch

    @property
    def steps_per_epoch(self) -> int:
        """How many batches an epoch has."""
        return self.batches.steps

    @property
    def metrics(self) -> dict[str, torch.nn.Module]:
        """The states of all metrics on the validation part, by node id."""
        return self._val_scores.metrics

    def begin_epoch(self) -> None:
        """Shuffle."""
        order = epoch_order(self.document.run.seed, self.position.epoch, self.batches.total)
        self._order = self.batches.order_on_device(order)
        self._epoch_began = time.perf_counter()
        self._epoch_began_at = self.position.step_in_epoch

    def advance(self, steps: int) -> bool:
        """Make the next steps; whether to go on. It ends early where a stop is asked for, or a loss is not finite."""
        position = self.position
        learners = [(i, each) for i, each in enumerate(self.learners) if self._takes_part(each)]
        try:
            for batch in self.batches.cut(self._order, position.step_in_epoch, steps):
                if self._ends():
                    self.stopped = self.fault is None
                    return False
                for index, learner in learners:
                    self._learn(index, learner, batch)
                position.step += 1
                position.step_in_epoch += 1
                if not self._save_if_due():
                    if self._team is not None:
                        self._team.agree(goes_on=False)  # the others ask before their next step
                    return False
        except NotFinite as fault:
            self.fault = fault
            return False
        return True

    def weights_are_good(self) -> bool:
        """Whether all weights are finite; else that is its fault. The loss of the next step would show it, too late."""
        if self.fault is None and not are_finite(self._weights):
            self.fault = NotFinite(self.learners[0], (), math.nan, WEIGHTS)
        return self.fault is None

    def _ends(self) -> bool:
        """Whether to end before the next step; a team rests and ends as its first member does."""
        ends = self._should_stop() or not self._rest_if_asked()
        return ends if self._team is None else not self._team.agree(goes_on=not ends)[0]

    def end_epoch(self) -> bool:
        """Validate, tell, keep what is best; whether to go on. A stop while it validates leaves the epoch open.

        The first member of a team does so for all.
        """
        team = self._team
        if team is None:
            return self._end_epoch()
        goes_on = team.leads and self._end_epoch()
        goes_on, value = team.agree(goes_on=goes_on, value=self._judged)
        if goes_on and not team.leads:
            self._begin_next(value)
        return goes_on

    def _end_epoch(self) -> bool:
        position = self.position
        learned_s = max(time.perf_counter() - self._epoch_began, 1e-9)
        found = self._validate()
        if found is None:
            self.stopped = True
            return False
        if not self.weights_are_good():
            return False
        values = {"train_loss": sum(each.total / each.count for each in self.means if each.count)}
        for mean, learner in zip(self.means, self.learners, strict=True):
            values |= {f"train_{name}": value for name, value in learner.means(mean.count).items()}
            mean.total, mean.count = 0.0, 0
        for each in self.scores:
            values |= {f"train_{name}": value for name, value in each.values().items()}
        values |= {f"val_{name}": value for name, value in found.items()}
        share = (position.step_in_epoch - self._epoch_began_at) / max(self.batches.steps, 1)
        position.epoch += 1
        position.step_in_epoch = 0
        speed = share * self.batches.count / learned_s
        watched = self._watch.look(position.epoch, position.step, speed)
        assert self.keeper is not None
        best = self.keeper.take(self.network, values, position.epoch, position.step)
        self._judged = values.get("val_loss", values["train_loss"])
        for learner in self.learners:
            if learner.schedule is not None:
                learner.schedule.epoch_done(self._judged)
        seconds = time.perf_counter() - self._epoch_began
        self._reports.later(EpochEnded(position.epoch, position.step, values, best, seconds))
        for look in watched:
            self._reports.later(look)
        if any(each.due() for each in self._steps):
            self.tell_rest()
        self.reason = self.keeper.why_enough()
        return self._save_if_due() and not self.reason

    def _begin_next(self, judged: float) -> None:
        """Go over to the next epoch as the first member of a team does, which has judged the one before."""
        self.position.epoch += 1
        self.position.step_in_epoch = 0
        for mean, learner in zip(self.means, self.learners, strict=True):
            mean.total, mean.count = 0.0, 0
            if learner.schedule is not None:
                learner.schedule.epoch_done(judged)

    def tell_rest(self) -> None:
        """Tell what waits to be told."""
        for each, learner in zip(self._steps, self.learners, strict=True):
            each.send(learner.learning_rate)
        self._reports.send()
        self._reports.tell(*self.news())

    def _validate(self) -> dict[str, float] | None:
        """The values on the validation part; none without one, None if a stop was asked for."""
        if self._validation.count == 0:
            return {}
        began = time.perf_counter()
        weights = weights_of_losses(self.document, self.position.epoch, self.position.step)
        found = score(self.network, self._validation, self._val_scores, weights, self._should_stop)
        self.validation_s = time.perf_counter() - began
        return found

    def _takes_part(self, learner: Learner) -> bool:
        objective, epoch = learner.objective, self.position.epoch
        over = objective.to_epoch is not None and epoch >= objective.to_epoch
        return objective.from_epoch <= epoch and not over

    def _learn(self, index: int, learner: Learner, batch: Batch) -> None:
        position, objective, team = self.position, learner.objective, self._team
        reports = self._steps[index]
        if position.step % objective.every:
            reports.add(position.step + 1, math.nan, 0)  # it rests in this step
            return
        which = position.step_in_epoch
        if objective.batch == "next":
            which = (which + 1) % self.batches.steps
            batch = next(iter(self.batches.cut(self._order, which, 1)))
        if team is None:
            size = len(batch[0])
            loss, results = learner.step(batch, position.epoch, position.step)
            self.scores[index].add(results)
        else:
            size, loss = self._learn_together(index, batch, which, team)
        mean = self.means[index]
        mean.total += loss * size
        mean.count += size
        if reports.add(position.step + 1, loss, size):
            self.tell_rest()

    def _learn_together(
        self, index: int, batch: Batch, which: int, team: Team
    ) -> tuple[int, float]:
        """Make a step with a team; of how many samples, and their loss.

        Raises:
            NotFinite: in all members, with the batch of all.
        """
        assert isinstance(self.batches, Shares)
        position = self.position
        team.seed_step(self.document.run.seed, position.step, index)
        with team.step(self.batches.counts(which)):
            try:
                loss, results = self.learners[index].step(batch, position.epoch, position.step)
            except NotFinite as fault:
                fault.batch = self.batches.whole(self._order, which)
                raise
            self.scores[index].add(results)
            return team.whole, loss

    def _rest_if_asked(self) -> bool:
        """Keep everything and rest, if a pause is asked for; whether to go on with the next step."""
        if self.pause is None or not self.pause.asked():
            return True
        if not self.weights_are_good():
            return False
        assert self.keeper is not None
        assert self.capture is not None
        self.tell_rest()
        self.keeper.write(self.network, self.capture)
        step = self.position.step
        self._reports.tell(Paused(step))
        seconds = self.pause.rest(self._should_stop)
        self.rested_s += seconds
        self._epoch_began += seconds
        for each in self._steps:
            each.begin_anew()
        if self._should_stop():
            return False
        self._reports.tell(WentOn(step, seconds))
        return True

    def _save_if_due(self) -> bool:
        """Keep what was learned, now and then; whether it is worth it to go on."""
        if self.keeper is not None and self.capture is not None and self.keeper.due():
            if not self.weights_are_good():
                return False
            self.keeper.write(self.network, self.capture)
        return True


def _batches(
    prepared: Prepared,
    part: Split,
    columns: tuple[End, ...],
    size: int,
    device: torch.device,
    *,
    spare_one: bool,
) -> Batches:
    held = prepared.splits[part]
    return Batches([held[str(end)] for end in columns], size, device, spare_one=spare_one)


def _scores(
    network: Network,
    learners: list[Learner],
    device: torch.device,
    prepared: Prepared,
    team: Team | None,
) -> list[Scores]:
    """The metrics that each objective's pass feeds; each metric stands with the first that does."""
    found: list[Scores] = []
    for learner in learners:
        seen = {node for each in found for node in each.metrics}
        scores = Scores(network, learner.compiled, device, without=seen, scales=prepared.scales)
        scores.team = team
        found.append(scores)
    return found
