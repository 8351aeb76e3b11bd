"""Axes that come, go, split or become shorter: the same numbers, or a part of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.code import Code, axis_with_batch, expression
from graphs.elementwise import check_axis, check_dim
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.size import product
from graphs.spec import Axis, Hint, Spec

if TYPE_CHECKING:
    from torch import nn

MOST_AXES = 8


@layer(
    "Unflatten",
    title="Unflatten",
    category="Shape",
    also=("split axis", "reshape", "fold", "heads"),
)
class Unflatten(Layer):
    """Splits one axis into several: (E) -> unflattened_size, and (T, E) -> (T, *unflattened_size).

    The way back from Flatten, as in a generator that makes an image of a row. Source: torch.nn.Unflatten.
    """

    dim: int = param(
        -1,
        doc="The axis that is split, counted as in PyTorch: -1 is the last, 1 the first after the batch.",
    )
    unflattened_size: tuple[int, ...] = param(
        (1, -1),
        ge=-1,
        label="Sizes",
        doc="The sizes that it is split into; -1 once means what remains.",
    )

    def infer(self, input: Spec) -> Spec:
        at = check_dim(input, self.dim, "numbers") if input.dtype == "float32" else self._any(input)
        size, row = input.sizes[at], self.unflattened_size
        shown = f"({', '.join(map(str, row))})"
        if not row or 0 in row or row.count(-1) > 1:
            self._fail(
                input,
                f"cannot split an axis into {shown}. Give sizes of at least 1, and -1 at most once.",
            )
        known = product(tuple(each for each in row if each != -1))
        assert isinstance(known, int)
        rest = size // known
        if rest * known != size or (-1 not in row and rest != 1):
            self._fail(
                input,
                f"cannot split an axis of {size} into {shown}: the sizes do not multiply to {size}.",
            )
        parts = tuple(rest if each == -1 else each for each in row)
        sizes = (*input.sizes[:at], *parts, *input.sizes[at + 1 :])
        return input.with_axes(*sizes)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Unflatten(self.dim, self.unflattened_size)

    def _any(self, input: Spec) -> int:
        """The axis of an input of any kind."""
        return check_dim(input.numbers(), self.dim, "numbers")

    def _fail(self, input: Spec, message: str) -> None:
        input.fail(
            message, code="G205", hints=(Hint("set", params=(("unflattened_size", (1, -1)),)),)
        )


@layer("Squeeze", title="Squeeze", category="Shape", also=("drop axis", "remove axis"))
class Squeeze(Layer):
    """Drops an axis of size 1: (E, 1) -> (E).

    The numbers stay as they are. Source: torch.squeeze.
    """

    axis: int = param(
        -1, doc="The axis that is dropped; 0 is the first after the batch, -1 the last."
    )

    def infer(self, input: Spec) -> Spec:
        at = check_axis(input, self.axis, "to drop")
        if input.sizes[at] != 1:
            ones = [index for index, size in enumerate(input.sizes) if size == 1]
            input.fail(
                f"drops an axis of size 1, but axis {self.axis} of {input} has {input.sizes[at]}."
                + (f" Set Axis to {ones[0]}." if ones else " Use Select step or Mean instead."),
                code="G205",
                hints=(Hint("set", params=(("axis", ones[0]),)),) if ones else (),
            )
        left = input.dims[:at] + input.dims[at + 1 :]
        return _with_dims(input, left)

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.shape import Squeeze as Module

        return Module(self.axis)

    def code(self, input: Spec) -> Code:
        return expression(f"{{input}}.squeeze({axis_with_batch(self.axis)})")


@layer(
    "Unsqueeze", title="Unsqueeze", category="Shape", also=("new axis", "add axis", "expand dims")
)
class Unsqueeze(Layer):
    """Puts in an axis of size 1: (E) -> (1, E) with axis 0.

    Makes a channel for an image without one, or one step of a row. Source: torch.unsqueeze.
    """

    axis: int = param(
        0, doc="Where the new axis stands; 0 is the first after the batch, -1 behind the last."
    )

    def infer(self, input: Spec) -> Spec:
        rank = input.rank
        if not -rank - 1 <= self.axis <= rank:
            input.fail(
                f"cannot put an axis at {self.axis}: {input} has room at 0 to {rank}, or -1 for the last.",
                code="G205",
                hints=(Hint("set", params=(("axis", 0),)),),
            )
        at = self.axis % (rank + 1)
        return input.with_axes(*input.sizes[:at], 1, *input.sizes[at:])

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.shape import Unsqueeze as Module

        return Module(self.axis)

    def code(self, input: Spec) -> Code:
        return expression(f"{{input}}.unsqueeze({axis_with_batch(self.axis)})")


@layer("Slice", title="Slice", category="Shape", also=("crop", "part", "range", "window", "split"))
class Slice(Layer):
    """Keeps a range of places along an axis: (T, E) -> (T', E).

    From start up to, not including, end; counts below 0 begin at the end. Crops images and sequences, and
    splits features among branches. Source: Python's slices; torch.Tensor.narrow.
    """

    axis: int = param(
        0, doc="The axis that becomes shorter; 0 is the first after the batch, -1 the last."
    )
    start: int = param(0, doc="The first place that is kept; -1 is the last place.")
    end: int | None = param(
        None, doc="The place after the last one that is kept; none keeps all up to the end."
    )
    step: int = param(1, ge=1, doc="2 keeps every second place, and so on.")

    def infer(self, input: Spec) -> Spec:
        at = check_axis(input, self.axis, "to slice")
        size = input.sizes[at]
        if isinstance(size, int):
            kept = len(range(*slice(self.start, self.end, self.step).indices(size)))
            if not kept:
                input.fail(
                    f"keeps nothing: an axis of {size} has no places from {self.start} to {self._end()}. "
                    "Set Start to 0 and End to none for all.",
                    code="G205",
                    hints=(Hint("set", params=(("start", 0), ("end", None))),),
                )
            return input.with_axes(*input.sizes[:at], kept, *input.sizes[at + 1 :])
        # Lengths that change: right for every length that reaches over start and end.
        first = self.start if self.start >= 0 else size + self.start
        last = size if self.end is None else self.end if self.end >= 0 else size + self.end
        row = last - first
        length = (row + (self.step - 1)) // self.step
        if isinstance(length, int) and length < 1:
            input.fail(
                f"keeps nothing: there are no places from {self.start} to {self._end()}. "
                "Set Start to 0 and End to none for all.",
                code="G205",
                hints=(Hint("set", params=(("start", 0), ("end", None))),),
            )
        return input.with_axes(*input.sizes[:at], length, *input.sizes[at + 1 :])

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.shape import Slice as Module

        return Module(self.axis, self.start, self.end, self.step)

    def _end(self) -> str:
        return "the end" if self.end is None else str(self.end)

    def code(self, input: Spec) -> Code:
        places = ", ".join([":"] * (self.axis % input.rank + 1))
        end = "" if self.end is None else str(self.end)
        step = f":{self.step}" if self.step > 1 else ""
        return expression(f"{{input}}[{places}, {self.start or ''}:{end}{step}]")


def _with_dims(input: Spec, dims: tuple[Axis, ...]) -> Spec:
    return input.with_axes(*(axis.size for axis in dims), letters=tuple(axis.name for axis in dims))
