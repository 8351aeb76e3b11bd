"""Optimizers and schedules of torch.optim from their names and parameters in a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from torch import nn, optim
from torch.optim import lr_scheduler

from graphs.optimizers import OPTIMIZERS, SCHEDULERS, Choice, faults, settings
from lightning_modules.packed_adam import PACKED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphs.content import Objective, Typed

PLATEAU = "ReduceLROnPlateau"


class WrongSettings(ValueError):  # noqa: N818 - named after what is wrong
    """An optimizer or schedule that cannot be made; the message is a sentence for people."""


@dataclass(frozen=True)
class Schedule:
    """A schedule of torch, and after what it moves on."""

    scheduler: lr_scheduler.LRScheduler
    each_step: bool
    by_value: bool

    def step_done(self) -> None:
        """Move on if it goes by steps."""
        if self.each_step:
            self.scheduler.step()

    def epoch_done(self, value: float) -> None:
        """Move on if it goes by epochs; `value` is what has to fall for some."""
        if self.by_value:
            self.scheduler.step(value)  # type: ignore[arg-type]  # the plateau's own signature
        elif not self.each_step:
            self.scheduler.step()


def make_optimizer(
    objective: Objective, parameters: Sequence[nn.Parameter], *, fused: bool = False
) -> optim.Optimizer:
    """The optimizer of an objective, over these parameters; what is not said is as torch has it.

    Raises:
        WrongSettings: it is not known, a parameter is wrong, or there is nothing to learn.
    """
    wanted = objective.optimizer
    _check(wanted, OPTIMIZERS, "optimizer")
    if not parameters:
        raise WrongSettings(
            f'Objective "{objective.name}" has nothing to learn: its layers have no weights, or all are frozen.'
        )
    given = settings(wanted, OPTIMIZERS)
    kind = getattr(optim, wanted.type)
    made: optim.Optimizer = (
        kind(parameters, **given, fused=True)
        if fused
        else PACKED.get(wanted.type, kind)(parameters, **given)
    )
    return made


def make_schedule(
    objective: Objective, optimizer: optim.Optimizer, epochs: int, steps_per_epoch: int
) -> Schedule | None:
    """The schedule of an objective's learning rate, None if it has none.

    Raises:
        WrongSettings: it is not known, or a parameter is wrong.
    """
    wanted = objective.scheduler
    if wanted is None:
        return None
    _check(wanted, SCHEDULERS, "schedule")
    choice = SCHEDULERS[wanted.type]
    values = {
        name: epochs if value is None else value
        for name, value in settings(wanted, SCHEDULERS).items()
    }
    if choice.step == "batch":
        values["total_steps"] = epochs * steps_per_epoch
    made = getattr(lr_scheduler, wanted.type)(optimizer, **values)
    return Schedule(made, choice.step == "batch", wanted.type == PLATEAU)


def _check(wanted: Typed, table: Mapping[str, Choice], what: str) -> None:
    found: Sequence[Any] = faults(wanted, table, what)
    if found:
        raise WrongSettings(found[0])
