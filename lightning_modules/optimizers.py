"""Optimizers and schedulers of torch.optim from their names and parameters in a document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torch import nn, optim

if TYPE_CHECKING:
    from graphs.content import Objective, Typed

OPTIMIZERS = (
    "SGD",
    "Adam",
    "AdamW",
    "NAdam",
    "RAdam",
    "Adamax",
    "Adagrad",
    "Adadelta",
    "RMSprop",
    "Rprop",
    "ASGD",
)


class WrongOptimizer(ValueError):  # noqa: N818 - named after what is wrong
    """An optimizer or scheduler that cannot be made; the message is a sentence for people."""


def make_optimizer(objective: Objective, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
    """The optimizer of an objective, over these parameters.

    Raises:
        WrongOptimizer: it is not known, or does not take such parameters.
    """
    wanted = objective.optimizer
    if wanted.type not in OPTIMIZERS:
        raise WrongOptimizer(
            f'There is no optimizer called "{wanted.type[:80]}"; there are: {", ".join(OPTIMIZERS)}.'
        )
    try:
        made: optim.Optimizer = getattr(optim, wanted.type)(parameters, **_plain(wanted))
    except (TypeError, ValueError) as error:
        raise WrongOptimizer(
            f"{wanted.type} cannot be used with these settings: {error}."
        ) from error
    return made


def _plain(typed: Typed) -> dict[str, object]:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in typed.params.items()
    }
