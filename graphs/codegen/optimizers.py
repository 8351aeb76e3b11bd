"""Optimizers and schedules of objectives in generated source, with what differs from torch's own settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from graphs.codegen.text import Bracket, laid_out, literal
from graphs.optimizers import OPTIMIZERS, SCHEDULERS, faults, settings
from graphs.plan import CannotBuild

if TYPE_CHECKING:
    from graphs.content import Objective


def optimizer_lines(
    objective: Objective, learned: str, optimizer: str, scheduler: str
) -> Iterator[str]:
    """The lines that make them in `main`: `learned` is the expression of the parameters, the others are variables.

    Raises:
        CannotBuild: there is no such optimizer or schedule, or it has a wrong parameter.
    """
    wanted, schedule = objective.optimizer, objective.scheduler
    wrong = faults(wanted, OPTIMIZERS, "optimizer")
    if schedule is not None:
        wrong += faults(schedule, SCHEDULERS, "schedule")
    if wrong:
        raise CannotBuild(wrong[0])
    given = (
        f"{name}={literal(value)}"
        for name, value in settings(wanted, OPTIMIZERS).items()
        if not _torch_default(wanted.type, name, value)
    )
    made = Bracket(f"torch.optim.{wanted.type}(", (learned, *given))
    yield from laid_out(f"{optimizer} = ", made, "", 4)
    if schedule is None:
        return
    values = {
        name: "epochs" if value is None else literal(value)
        for name, value in settings(schedule, SCHEDULERS).items()
        if (name, value) != ("eta_min", 0.0)
    }
    if SCHEDULERS[schedule.type].step == "batch":
        values["total_steps"] = "epochs * len(train_loader)"
    row = (optimizer, *(f"{name}={value}" for name, value in values.items()))
    made = Bracket(f"torch.optim.lr_scheduler.{schedule.type}(", row)
    yield from laid_out(f"{scheduler} = ", made, "", 4)


def _torch_default(type_: str, name: str, value: Any) -> bool:
    """Whether torch takes this value anyway; its learning rates differ, so that is always written."""
    return name != "lr" and OPTIMIZERS[type_].params[name].default == value
