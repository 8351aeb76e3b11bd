"""Numbers drawn together along axes: their mean, sum, length, largest or smallest."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from graphs.code import Code, expression
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.spec import Hint, Spec

if TYPE_CHECKING:
    from torch import nn

AXES_DOC = "The axes that are drawn together; 0 is the first after the batch, -1 the last, and no number means all."
KEEP_DOC = "Whether each of these axes stays, with size 1, so that the result can be multiplied with the input."


class Reduction(Layer):
    """The base of layers that draw numbers together along some axes."""

    how: ClassVar[Literal["mean", "sum", "amax", "amin", "norm"]]
    needs_values: ClassVar[bool] = True
    axes: tuple[int, ...]
    keepdim: bool

    def infer(self, input: Spec) -> Spec:
        input.expect_float()
        at = self._at(input)
        if self.needs_values and any(input.sizes[axis] == 0 for axis in at):
            input.fail(f"needs at least one value along its axes, but gets {input}.")
        if self.keepdim:
            return input.numbers().with_axes(
                *(1 if axis in at else size for axis, size in enumerate(input.sizes))
            )
        left = [dim for axis, dim in enumerate(input.dims) if axis not in at]
        return input.numbers().with_axes(
            *(dim.size for dim in left), letters=tuple(dim.name for dim in left)
        )

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.reduction import Reduction as Module

        return Module(self.how, self._at(input), keepdim=self.keepdim)

    def _at(self, input: Spec) -> tuple[int, ...]:
        """The axes from 0, in order.

        Raises:
            Mismatch: one is not there, or named twice.
        """
        rank = input.rank
        at = tuple(sorted(axis % rank if rank else axis for axis in self.axes))
        if any(not -rank <= axis < rank for axis in self.axes) or len(set(at)) < len(at):
            listed = ", ".join(map(str, self.axes))
            has = f"axes 0 to {rank - 1}, each to be named once" if rank else "no axes"
            input.fail(
                f"cannot draw together along {listed}: {input} has {has}. "
                "Set Axes to an empty list for all.",
                code="G205",
                hints=(Hint("set", params=(("axes", ()),)),),
            )
        return at or tuple(range(rank))

    def code(self, input: Spec) -> Code:
        dims = [axis + 1 for axis in self._at(input)]
        if not dims:
            return expression("{input}.abs()" if self.how == "norm" else "{input}")
        dim = str(dims[0]) if len(dims) == 1 else f"({', '.join(map(str, dims))})"
        keep = ", keepdim=True" if self.keepdim else ""
        if self.how == "norm":
            return expression(f"torch.linalg.vector_norm({{input}}, dim={dim}{keep})")
        return expression(f"{{input}}.{self.how}(dim={dim}{keep})")


@layer("Mean", title="Mean", category="Pooling", also=("average", "global pooling", "reduce"))
class Mean(Reduction):
    """Takes the mean along some axes: (T, E) -> (E) along axis 0.

    The mean over the steps of a sequence is a simple summary of it. Source: torch.mean.
    """

    how = "mean"

    axes: tuple[int, ...] = param((0,), doc=AXES_DOC)
    keepdim: bool = param(False, label="Keep axes", doc=KEEP_DOC, advanced=True)


@layer("Sum", title="Sum", category="Pooling", also=("total", "reduce", "add up"))
class Sum(Reduction):
    """Adds up along some axes: (T, E) -> (E) along axis 0.

    For sets, where not only what is there counts but also how often. Source: torch.sum.
    """

    how = "sum"
    needs_values = False

    axes: tuple[int, ...] = param((0,), doc=AXES_DOC)
    keepdim: bool = param(False, label="Keep axes", doc=KEEP_DOC, advanced=True)


@layer(
    "Max", title="Max", category="Pooling", also=("maximum", "largest", "reduce", "max over time")
)
class Max(Reduction):
    """Keeps the largest value along some axes: (T, E) -> (E) along axis 0.

    Tells whether a feature occurs anywhere in a sequence. Source: torch.amax.
    """

    how = "amax"

    axes: tuple[int, ...] = param((0,), doc=AXES_DOC)
    keepdim: bool = param(False, label="Keep axes", doc=KEEP_DOC, advanced=True)


@layer("Min", title="Min", category="Pooling", also=("minimum", "smallest", "reduce"))
class Min(Reduction):
    """Keeps the smallest value along some axes: (T, E) -> (E) along axis 0.

    Tells whether a feature is missing anywhere in a sequence. Source: torch.amin.
    """

    how = "amin"

    axes: tuple[int, ...] = param((0,), doc=AXES_DOC)
    keepdim: bool = param(False, label="Keep axes", doc=KEEP_DOC, advanced=True)


@layer(
    "Norm",
    title="Length",
    category="Pooling",
    also=("norm", "l2", "euclidean", "distance", "reduce"),
)
class Norm(Reduction):
    """Takes the root of the sum of squares along some axes: (E) -> a number.

    Behind Subtract it is the distance of two embeddings. Source: torch.linalg.vector_norm.
    """

    how = "norm"
    needs_values = False

    axes: tuple[int, ...] = param((-1,), doc=AXES_DOC)
    keepdim: bool = param(False, label="Keep axes", doc=KEEP_DOC, advanced=True)
