"""Activations of the ReLU family beyond the usual ones: what becomes of numbers below 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.elementwise import Elementwise
from graphs.layer import layer
from graphs.param import param
from graphs.spec import Hint, Spec

if TYPE_CHECKING:
    from torch import nn


@layer("ReLU6", title="ReLU6", category="Activation", also=("clipped relu", "mobile"))
class ReLU6(Elementwise):
    """Keeps numbers between 0 and 6 and turns others into the nearer of both: any axes, unchanged.

    A ReLU that cannot grow beyond 6, so that few bits are enough for it: usual in MobileNet. Source: Krizhevsky
    2010; torch.nn.ReLU6.
    """

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ReLU6()


@layer(
    "SELU",
    title="SELU",
    category="Activation",
    also=("scaled exponential linear unit", "self-normalizing"),
)
class SELU(Elementwise):
    """Keeps positive numbers a little larger and bends negative ones towards -1.76: any axes, unchanged.

    Chosen so that a stack of Linear layers keeps mean 0 and deviation 1 by itself; use Alpha dropout with it.
    Source: Klambauer et al. 2017; torch.nn.SELU.
    """

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.SELU()


@layer(
    "CELU",
    title="CELU",
    category="Activation",
    also=("continuously differentiable exponential linear unit",),
)
class CELU(Elementwise):
    """Keeps positive numbers and bends negative ones smoothly towards -alpha: any axes, unchanged.

    An ELU without a corner at 0, whatever alpha is. Source: Barron 2017; torch.nn.CELU.
    """

    alpha: float = param(1.0, gt=0, doc="How far below 0 the output can go.")

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.CELU(self.alpha)


@layer("Mish", title="Mish", category="Activation", also=("smooth relu", "self-regularized"))
class Mish(Elementwise):
    """A smooth ReLU: multiplies each number by the tanh of its softplus. Any axes, unchanged.

    Usual in object detectors of the YOLO family. Source: Misra 2019; torch.nn.Mish.
    """

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Mish()


@layer("RReLU", title="RReLU", category="Activation", also=("randomized relu", "random slope"))
class RReLU(Elementwise):
    """Keeps positive numbers and multiplies negative ones by a random slope while training: any axes, unchanged.

    The noise works against overfitting; in evaluation the slope is the mean of both limits. Source: Xu et al.
    2015; torch.nn.RReLU.
    """

    lower: float = param(0.125, ge=0, doc="The smallest slope.")
    upper: float = param(0.3333333333333333, ge=0, doc="The largest slope.")

    def infer(self, input: Spec) -> Spec:
        if self.lower > self.upper:
            input.fail(
                f"has a Lower of {self.lower:g} that is larger than its Upper of {self.upper:g}. Swap both.",
                code="G205",
                hints=(Hint("set", params=(("lower", self.upper), ("upper", self.lower))),),
            )
        return super().infer(input)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.RReLU(self.lower, self.upper)


@layer("Threshold", title="Threshold", category="Activation", also=("cut off", "clip"))
class Threshold(Elementwise):
    """Keeps numbers above a threshold and turns others into a fixed value: any axes, unchanged.

    With 0 and 0 it is ReLU. Source: torch.nn.Threshold.
    """

    threshold: float = param(0.0, doc="Numbers above it stay.")
    value: float = param(0.0, doc="What all other numbers become.")

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Threshold(self.threshold, self.value)
