"""Layers with several inputs: one tensor made of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.code import Code, axis_with_batch, expression
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.size import Size
from graphs.spec import Hint, Spec

if TYPE_CHECKING:
    from torch import nn


class Arithmetic(Layer):
    """The base of sums and products: inputs of the same sizes, or of size 1 where they are repeated."""

    def infer(self, *inputs: Spec) -> Spec:
        return _spread(inputs)


@layer(
    "Add",
    title="Add",
    category="Merge",
    also=("sum", "plus", "skip connection", "residual", "shortcut"),
    follows={"Shape": 3, "Attention": 3, "Flow": 2},
)
class Add(Arithmetic):
    """Adds its inputs number by number: all of the same axes, unchanged; a size of 1 is repeated.

    The skip connection of a ResNet or a transformer: the input of some layers added to their output.
    Source: torch.add.
    """

    def build(self, *inputs: Spec) -> nn.Module:
        from graphs.modules import merge

        return merge.Add()

    def code(self, *inputs: Spec) -> Code:
        return expression(" + ".join(f"{{in{index}}}" for index in range(len(inputs))))


@layer(
    "Multiply", title="Multiply", category="Merge", also=("product", "times", "gate", "hadamard")
)
class Multiply(Arithmetic):
    """Multiplies its inputs number by number: all of the same axes, unchanged; a size of 1 is repeated.

    Lets one branch open or close another, as a gate; with (C, 1, 1) it weighs the channels of an image.
    Source: torch.mul.
    """

    def build(self, *inputs: Spec) -> nn.Module:
        from graphs.modules import merge

        return merge.Multiply()

    def code(self, *inputs: Spec) -> Code:
        return expression(" * ".join(f"{{in{index}}}" for index in range(len(inputs))))


@layer("Subtract", title="Subtract", category="Merge", also=("difference", "minus"))
class Subtract(Layer):
    """Takes the second input from the first, number by number: the same axes, unchanged; a size of 1 is repeated.

    Compares two branches, as in a Siamese network. Source: torch.sub.
    """

    def infer(self, input: Spec, other: Spec) -> Spec:
        return _spread((input, other))

    def build(self, input: Spec, other: Spec) -> nn.Module:
        from graphs.modules import merge

        return merge.Subtract()

    def code(self, input: Spec, other: Spec) -> Code:
        return expression("{input} - {other}")


@layer("Divide", title="Divide", category="Merge", also=("quotient", "ratio", "over"))
class Divide(Layer):
    """Divides the first input by the second, number by number: the same axes, unchanged; a size of 1 is repeated.

    eps keeps it from dividing by 0. Source: torch.div.
    """

    eps: float = param(
        0.0, ge=0, doc="What is added to the divisor; choose a small number if it is at least 0."
    )

    def infer(self, input: Spec, other: Spec) -> Spec:
        return _spread((input, other))

    def build(self, input: Spec, other: Spec) -> nn.Module:
        from graphs.modules import merge

        return merge.Divide(self.eps)

    def code(self, input: Spec, other: Spec) -> Code:
        return expression(
            f"{{input}} / ({{other}} + {self.eps!r})" if self.eps else "{input} / {other}"
        )


@layer(
    "Concatenate",
    title="Concatenate",
    category="Merge",
    also=("cat", "join", "stack", "concat", "merge"),
)
class Concatenate(Layer):
    """Puts its inputs in a row along one axis: (3, H, W) and (5, H, W) -> (8, H, W) along axis 0.

    Joins what several branches found; all other axes must agree. Usual in two-input models, U-Net and
    DenseNet. Source: torch.cat.
    """

    axis: int = param(
        0,
        doc="The axis along which they are joined; 0 is the first after the batch (features of a row, "
        "channels of an image), -1 the last (features of a sequence).",
    )

    def infer(self, *inputs: Spec) -> Spec:
        first = inputs[0]
        rank = first.rank
        if not rank:
            first.fail(
                "needs at least one axis to join along, but gets a single number per sample."
            )
        if not -rank <= self.axis < rank:
            first.fail(
                f"has no axis {self.axis} to join along: {first} has axes 0 to {rank - 1}.",
                code="G205",
                hints=(Hint("set", params=(("axis", 0),)),),
            )
        at = self.axis % rank
        total: Size = 0
        for each in inputs:
            _same_dtype(first, each)
            if each.rank != rank:
                each.fail(
                    f"needs inputs with the same number of axes, but gets {first} and {each}."
                )
            for axis in range(rank):
                if axis != at and each.sizes[axis] != first.sizes[axis]:
                    each.fail(
                        f"joins along axis {self.axis}, so all other sizes must agree, but gets {first} and {each}: "
                        f"{_unlike(first.sizes[axis], each.sizes[axis], axis, rank)}.",
                        hints=_joinable(inputs),
                    )
            total = each.sizes[at] + total
        sizes = (*first.sizes[:at], total, *first.sizes[at + 1 :])
        same_meaning = all((each.kind, each.of) == (first.kind, first.of) for each in inputs)
        result = first if same_meaning and first.kind != "probability" else first.numbers()
        return result.with_axes(*sizes)

    def build(self, *inputs: Spec) -> nn.Module:
        from graphs.modules import merge

        return merge.Concatenate(self.axis)

    def code(self, *inputs: Spec) -> Code:
        return expression(f"torch.cat([{{inputs}}], dim={axis_with_batch(self.axis)})")


def _spread(inputs: tuple[Spec, ...]) -> Spec:
    """The sizes that all inputs are repeated to.

    Raises:
        Mismatch: two sizes differ and none is 1.
    """
    first = inputs[0].expect_float()
    sizes = list(first.sizes)
    for each in inputs[1:]:
        each.expect_float()
        if each.rank != first.rank:
            each.fail(f"needs inputs with the same axes, but gets {first} and {each}.")
        for axis, (left, right) in enumerate(zip(sizes, each.sizes, strict=True)):
            if left == 1:
                sizes[axis] = right
            elif right not in (1, left):
                each.fail(
                    f"needs inputs of the same size, but gets {first} and {each}: "
                    f"{_unlike(left, right, axis, each.rank)}.",
                    hints=_adapter(first, each, axis),
                )
    return first.numbers().with_axes(*sizes)


def _unlike(left: Size, right: Size, axis: int, rank: int) -> str:
    """Two sizes that should be one, in words; of several axes the axis as well."""
    return f"{left} is not {right}" + (f" along axis {axis}" if rank > 1 else "")


def _adapter(wanted: Spec, got: Spec, axis: int) -> tuple[Hint, ...]:
    """A layer that brings the one axis that differs to size: a 1x1 convolution for channels, Linear for features."""
    goal = wanted.sizes[axis]
    differ = [index for index in range(wanted.rank) if wanted.sizes[index] != got.sizes[index]]
    if differ != [axis] or not isinstance(goal, int):
        return ()
    if axis == wanted.rank - 1 and wanted.rank in (1, 2):
        return (Hint("insert", got.port, "Linear", (("out_features", goal),)),)
    if axis == 0 and wanted.rank == 3:
        return (
            Hint("insert", got.port, "Conv2d", (("out_channels", goal), ("kernel_size", (1, 1)))),
        )
    return ()


def _joinable(inputs: tuple[Spec, ...]) -> tuple[Hint, ...]:
    """Setting the one axis along which they could be joined, if there is one."""
    first = inputs[0]
    for axis in range(first.rank):
        left = [each.sizes[:axis] + each.sizes[axis + 1 :] for each in inputs]
        if all(each == left[0] for each in left):
            return (Hint("set", params=(("axis", axis),)),)
    return ()


def _same_dtype(first: Spec, each: Spec) -> None:
    if each.dtype != first.dtype:
        each.fail(
            f"needs inputs of one kind, but gets {first.words} and {each.words}.", code="G202"
        )
