"""Chance of one's own: what draws random numbers in this thread takes none from torch's global generator.

So a network can be built and asked beside one that trains, whose draws stay the same to the last bit: torch's global
generator belongs to all threads, and there is no way to give a thread another one but to catch its draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

if TYPE_CHECKING:
    from torch._ops import OpOverload

WITH_GENERATOR = {
    "default": "generator",
    "low": "low_generator",
    "low_dtype": "low_generator_dtype",
    "Tensor": "Tensor_generator",
}
"""Of torch's operators that are told no generator, the form that is told one."""

SHARES = ("dropout_p", "dropout", "p")
"""How operators name the share that they drop at random."""


class ForeignChanceError(RuntimeError):
    """An operator draws from the global generator, and cannot be told another; the message is a sentence."""


class OwnChance(TorchDispatchMode):
    """In this thread, within `with`, all draws on the CPU come from a generator that nobody else has."""

    def __init__(self) -> None:
        super().__init__()
        self._generator = torch.Generator()
        self._generator.seed()

    def __torch_dispatch__(
        self,
        func: OpOverload,
        _types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Do what is asked, with this generator where a draw is made."""
        given = dict(kwargs or {})
        if torch.Tag.nondeterministic_seeded in func.tags:
            drawing = _told(func)
            if drawing is not None:
                if given.get("generator") is None:
                    given["generator"] = self._generator
                return drawing(*args, **given)
            if _draws_nothing(func, args, given):
                return func(*args, **given)
        if func._can_decompose():  # noqa: SLF001 - modes are meant to ask so; it may draw on its way
            with self:
                found = func.decompose(*args, **given)
            if found is not NotImplemented:
                return found
        if torch.Tag.nondeterministic_seeded in func.tags:
            raise ForeignChanceError(
                f"This network draws random numbers ({func}) in the way that training does, so the window does not "
                "ask it. Use lamina predict in its place."
            )
        return func(*args, **given)


def _told(func: OpOverload) -> Callable[..., Any] | None:
    """The form of an operator that is told its generator; None if there is none."""
    if any(each.name == "generator" for each in func._schema.arguments):  # noqa: SLF001 - not public elsewhere
        return func
    packet, name = func.overloadpacket, WITH_GENERATOR.get(func._overloadname, "")  # noqa: SLF001
    found: Callable[..., Any] | None = getattr(packet, name) if name in packet.overloads() else None
    return found


def _draws_nothing(func: OpOverload, args: tuple[Any, ...], given: Mapping[str, Any]) -> bool:
    """Whether a dropout, or a layer with one, was told to drop nothing, as in evaluation."""
    values = dict(given)
    for place, argument in enumerate(func._schema.arguments):  # noqa: SLF001 - the names of what was given
        if place < len(args):
            values[argument.name] = args[place]
        elif argument.name not in values and argument.has_default_value():
            values[argument.name] = argument.default_value
    if values.get("train") is False:
        return True
    shares = [values[name] for name in SHARES if name in values]
    return bool(shares) and not any(shares)
