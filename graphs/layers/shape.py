"""Changes of shape: the same numbers with other axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.code import Code, expression
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.size import Size, Symbolic, product
from graphs.spec import Axis, Hint, Spec

if TYPE_CHECKING:
    from torch import nn


@layer(
    "Flatten",
    title="Flatten",
    category="Shape",
    also=("vector", "unroll", "ravel"),
    follows={"Data": 1, "Pooling": 2, "Merge": 5},
)
class Flatten(Layer):
    """Puts all axes into one row: (C, H, W) -> (C*H*W).

    Stands between the convolutions of an image network and its Linear layers. Source: torch.nn.Flatten.
    """

    start_dim: int = param(
        1,
        doc="The first axis of the row, counted as in PyTorch: 1 is the first after the batch.",
        advanced=True,
    )
    end_dim: int = param(
        -1, doc="The last axis of the row, counted as in PyTorch: -1 is the last.", advanced=True
    )

    def infer(self, input: Spec) -> Spec:
        rank = input.rank
        if not rank:
            input.fail("needs at least one axis, but gets a single number per sample.")
        for title, dim in (("Start dim", self.start_dim), ("End dim", self.end_dim)):
            if dim == 0 or not -rank <= dim <= rank:
                input.fail(
                    f"cannot work with {title} {dim}: {input} has dims 1 to {rank} "
                    f"(or -1 to -{rank} from the end), and 0 is the batch.",
                    code="G205",
                    hints=(Hint("set", params=(("start_dim", 1), ("end_dim", -1))),),
                )
        first, last = _position(self.start_dim, rank), _position(self.end_dim, rank)
        if first > last:
            input.fail(
                f"starts at dim {first + 1} but ends before it, at dim {last + 1}. Set End dim to -1 for the last.",
                code="G205",
                hints=(Hint("set", params=(("start_dim", 1), ("end_dim", -1))),),
            )
        if first == last:
            return input
        row = product(input.sizes[first : last + 1])
        sizes = (*input.sizes[:first], row, *input.sizes[last + 1 :])
        letter = "E" if last == rank - 1 else input.letters[first]
        return input.with_axes(
            *sizes, letters=(*input.letters[:first], letter, *input.letters[last + 1 :])
        )

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Flatten(self.start_dim, self.end_dim)


@layer("Reshape", title="Reshape", category="Shape", also=("view", "unflatten", "resize axes"))
class Reshape(Layer):
    """Gives the same numbers other axes, in the same order: any axes -> shape.

    Turns a row of 64 numbers into an image of 1x8x8, or a row of T numbers into T steps of 1. It never
    changes which number comes first: to swap axes, use Permute. Source: torch.reshape.
    """

    shape: tuple[int, ...] = param(
        (-1,), ge=-1, doc="The new sizes, without the batch; -1 once means whatever remains."
    )

    def infer(self, input: Spec) -> Spec:
        def fail(message: str) -> None:
            input.fail(message, code="G205", hints=(Hint("set", params=(("shape", (-1,)),)),))

        if self.shape.count(-1) > 1:
            fail(
                f"has -1 more than once in its shape {_listed(self.shape)}. Only one size can be what remains."
            )
        if 0 in self.shape:
            fail(
                f"has a 0 in its shape {_listed(self.shape)}. Every size is at least 1, or -1 for what remains."
            )
        known = product(tuple(size for size in self.shape if size != -1))
        assert isinstance(known, int)
        rest = input.count // known
        if rest * known != input.count or (-1 not in self.shape and rest != 1):
            fail(
                f"cannot make {_listed(self.shape)} of {input}: {_counts(input, known, rest=-1 in self.shape)}."
            )
        return input.with_axes(*(rest if size == -1 else size for size in self.shape))

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules import shape

        return shape.Reshape(self.shape)

    def code(self, input: Spec) -> Code:
        batch = "{input}.shape[0]" if -1 in self.shape else "-1"
        return expression(f"{{input}}.reshape({', '.join([batch, *map(str, self.shape)])})")


@layer(
    "Permute",
    title="Permute",
    category="Shape",
    also=("transpose", "swap axes", "reorder axes", "channels last"),
)
class Permute(Layer):
    """Puts the axes into another order: (C, T) -> (T, C) with the order 1, 0.

    Use it between layers that want channels first (convolutions) and layers that want features last
    (recurrent and attention layers). Source: torch.permute.
    """

    axes: tuple[int, ...] = param(
        (1, 0),
        ge=0,
        doc="Which axis comes first, second and so on; 0 is the first after the batch.",
    )

    def infer(self, input: Spec) -> Spec:
        if sorted(self.axes) != list(range(input.rank)):
            straight = tuple(range(input.rank))
            input.fail(
                f"cannot put the axes of {input} into the order {_listed(self.axes)}. "
                + (
                    f"Name each of {_listed(straight)} once."
                    if straight
                    else "There are no axes to order."
                ),
                code="G205",
                hints=(Hint("set", params=(("axes", straight[::-1]),)),) if straight else (),
            )
        dims = tuple(input.dims[axis] for axis in self.axes)
        return input.with_axes(
            *(axis.size for axis in dims), letters=tuple(axis.name for axis in dims)
        )

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules import shape

        return shape.Permute(self.axes)

    def code(self, input: Spec) -> Code:
        order = ", ".join(str(axis + 1) for axis in self.axes)
        return expression(f"{{input}}.permute(0, {order})" if order else "{input}")


@layer(
    "Select",
    title="Select step",
    category="Shape",
    also=("last step", "pick", "index", "slice", "many to one"),
)
class Select(Layer):
    """Keeps one place along an axis and drops the axis: (T, E) -> (E).

    With axis 0 and index -1 it keeps the last step of a recurrent layer, which has seen the whole
    sequence. Source: torch.select.
    """

    axis: int = param(
        0, doc="The axis that is dropped; 0 is the first after the batch, -1 the last."
    )
    index: int = param(-1, doc="Which place is kept; 0 is the first, -1 the last.")

    def infer(self, input: Spec) -> Spec:
        rank = input.rank
        if not rank:
            input.fail("needs at least one axis, but gets a single number per sample.")
        if not -rank <= self.axis < rank:
            input.fail(
                f"has no axis {self.axis} to select from: {input} has axes 0 to {rank - 1}.",
                code="G205",
                hints=(Hint("set", params=(("axis", 0),)),),
            )
        at = self.axis % rank
        size = input.sizes[at]
        if isinstance(size, int) and not -size <= self.index < size:
            input.fail(
                f"cannot keep place {self.index} of an axis of {size}. The last is {size - 1} or -1.",
                code="G205",
                hints=(Hint("set", params=(("index", -1),)),),
            )
        left: tuple[Axis, ...] = input.dims[:at] + input.dims[at + 1 :]
        return input.with_axes(
            *(axis.size for axis in left), letters=tuple(axis.name for axis in left)
        )

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules import shape

        return shape.Select(self.axis, self.index)

    def code(self, input: Spec) -> Code:
        places = [":"] * (self.axis % input.rank + 1)
        return expression(f"{{input}}[{', '.join(places)}, {self.index}]")


def _position(dim: int, rank: int) -> int:
    """The axis without the batch from 0, from PyTorch's count with the batch."""
    return dim - 1 if dim > 0 else rank + dim


def _listed(sizes: tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, sizes)) + ")"


def _counts(input: Spec, known: int, *, rest: bool) -> str:
    count: Size = input.count
    numbers = f"{count} {'number' if count == 1 else 'numbers'}"
    if isinstance(count, Symbolic) and not rest:
        return f"that is {numbers}, which changes from sample to sample, so one size must be -1"
    return (
        f"that is {numbers}, which cannot be divided by {known}"
        if rest
        else f"that is {numbers}, not {known}"
    )
