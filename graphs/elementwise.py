"""Layers that leave the shape as it is: numbers in and as many numbers out, perhaps along one axis."""

from __future__ import annotations

from graphs.layer import Layer
from graphs.spec import Hint, Spec


class Elementwise(Layer):
    """The base of layers that change numbers and no axes: any axes, unchanged."""

    def infer(self, input: Spec) -> Spec:
        """The same axes with plain numbers."""
        return input.expect_float().numbers()


def check_dim(input: Spec, dim: int, of: str) -> int:
    """The axis without the batch, from 0, that `dim` means: it counts as in PyTorch, with 0 for the batch.

    `of` says what the axis holds ("scores").

    Raises:
        Mismatch: the input has no such axis, or carries no decimal numbers.
    """
    input.expect_float()
    rank = input.rank
    if not rank:
        input.fail(f"needs at least one axis of {of}, but gets a single number per sample.")
    if dim == 0 or not -rank <= dim <= rank:
        input.fail(
            f"cannot work along dim {dim}: {input} has dims 1 to {rank} "
            f"(or -1 to -{rank} from the end), and 0 is the batch. Set it to -1 for the last.",
            code="G205",
            hints=(Hint("set", params=(("dim", -1),)),),
        )
    return dim - 1 if dim > 0 else rank + dim


def check_axis(input: Spec, axis: int, doing: str, param: str = "axis") -> int:
    """The axis from 0 that `axis` means, which does not count the batch and may count from the end.

    `doing` says what it is for ("to join along").

    Raises:
        Mismatch: the input has no such axis.
    """
    rank = input.rank
    if not rank:
        input.fail("needs at least one axis, but gets a single number per sample.")
    if not -rank <= axis < rank:
        input.fail(
            f"has no axis {axis} {doing}: {input} has axes 0 to {rank - 1}.",
            code="G205",
            hints=(Hint("set", params=((param, -1),)),),
        )
    return axis % rank
