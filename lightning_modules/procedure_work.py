"""A procedure's network at work: called piece by piece, watched, and its results put back into the data's unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from graphs.compile import Pass
from graphs.expression import ExpressionError
from graphs.procedures import Loop, ProcedureError, numbers_of
from lightning_modules.made import Made

if TYPE_CHECKING:
    from graphs.compile import Network
    from graphs.spec import Spec
    from lightning_modules.data_record import DataRecord

PIECE = 1024
"""How many samples go through the network at once."""

IMAGE = ("C", "H", "W")
CHANNELS = (1, 3)


class Work:
    """One procedure that is being run, of `count` samples in `steps` steps."""

    def __init__(
        self,
        network: Network,
        loop: Loop,
        record: DataRecord,
        generator: torch.Generator,
        count: int,
        steps: int,
        should_stop: Callable[[], bool],
        on_step: Callable[[int, int], None],
    ) -> None:
        self.loop, self.generator, self.count, self.steps = loop, generator, count, steps
        self.should_stop = should_stop
        self._on_step = on_step
        self._pass = Pass(loop.network.plan, network)
        self._scale = record.scales.get(loop.unit)

    def call(self, values: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The results of the network by name, for values by input port, batch first."""
        row = [values[port] for port in self.loop.network.inputs]
        pieces = zip(*(each.split(PIECE) for each in row), strict=True)
        found = [self._pass(*piece) for piece in pieces]
        joined = [
            torch.cat(each) if len(found) > 1 else each[0] for each in zip(*found, strict=True)
        ]
        return dict(zip(self.loop.network.plan.results, joined, strict=True))

    def is_over(self, step: int, **facts: float | Tensor) -> bool:
        """Whether its condition ends it after this step, counted from 1. Of a tensor all samples must agree.

        Raises:
            ProcedureError: the condition has no value.
        """
        self._on_step(step, self.steps)
        stop = self.loop.procedure.stop
        if stop is None:
            return False
        rows = {
            name: each.flatten().tolist()
            for name, each in facts.items()
            if isinstance(each, Tensor)
        }
        plain = {name: each for name, each in facts.items() if not isinstance(each, Tensor)}
        known = {**numbers_of(self.loop.procedure, self.loop.settings), "step": step, **plain}
        samples = [dict(zip(rows, each, strict=True)) for each in zip(*rows.values(), strict=True)]
        try:
            return all(bool(stop.value({**known, **each})) for each in samples or [{}])
        except ExpressionError as error:
            name = self.loop.procedure.name
            raise ProcedureError(f'Procedure "{name}" cannot go on: {error}') from None

    def in_unit(self, values: Tensor) -> Tensor:
        """Values as they stand in the data."""
        return values if self._scale is None else self._scale.undo(values)

    def made(self, values: Tensor, spec: Spec, across: int = 8) -> Made:
        """Results of this Spec, one a sample, batch first: images, or rows of a table."""
        shown = self.in_unit(values)
        image = spec.letters == IMAGE and spec.sizes[0] in CHANNELS
        if not image:
            shown = shown.reshape(len(shown), -1)
        name = self.loop.procedure.name
        return Made(name, "images" if image else "table", (), tuple(shown.tolist()), across)


def drawn(scores: Tensor, temperature: float, most: int, generator: torch.Generator) -> Tensor:
    """A token for each row of scores (..., V), by its chance; the likeliest where the temperature is 0."""
    if temperature <= 0:
        return scores.argmax(-1)
    if 0 < most < scores.shape[-1]:
        least = scores.topk(most).values[..., -1:]
        scores = scores.masked_fill(scores < least, -torch.inf)
    chances = torch.softmax(scores / temperature, -1).flatten(0, -2)
    return torch.multinomial(chances, 1, generator=generator).reshape(scores.shape[:-1])


def between(one: Tensor, other: Tensor, steps: int, along: str) -> Tensor:
    """Points on the way from one to the other (N, ...): (N, steps, ...), both ends included.

    Along a line, or along the sphere through both (Shoemake 1985; White 2016), which keeps noise as long as it is.
    """
    places = torch.linspace(0, 1, steps).reshape(1, steps, *(1,) * (one.ndim - 1))
    first, last = one.unsqueeze(1), other.unsqueeze(1)
    line = first + (last - first) * places
    if along == "line":
        return line
    flat = [torch.nn.functional.normalize(each.flatten(1), dim=1) for each in (one, other)]
    cosine = (flat[0] * flat[1]).sum(1).clamp(-1, 1)
    angle = cosine.acos().reshape(-1, *(1,) * one.ndim)
    sine = angle.sin()
    arc = (((1 - places) * angle).sin() * first + (places * angle).sin() * last) / sine
    return torch.where(sine > 1e-4, arc, line)  # where both point one way there is no circle
