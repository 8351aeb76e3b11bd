"""Activations along an axis: probabilities, their logarithms, and gates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from graphs.code import Code, adapted, of_torch
from graphs.elementwise import check_dim
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.spec import Hint, Spec

if TYPE_CHECKING:
    from torch import nn

DIM_DOC = (
    "The axis along which the probabilities add up to 1, counted as in PyTorch: "
    "-1 is the last, 1 the first after the batch."
)


@layer(
    "Softmax",
    title="Softmax",
    category="Activation",
    also=("class probabilities", "normalised exponential"),
)
class Softmax(Layer):
    """Turns scores into probabilities that add up to 1 along one axis: any axes, unchanged.

    Use it where probabilities are read or mixed. Leave it out before the loss "Cross entropy",
    which takes the raw scores and would learn slowly from probabilities. Source: torch.nn.Softmax.
    """

    dim: int = param(-1, doc=DIM_DOC)

    def infer(self, input: Spec) -> Spec:
        return _probabilities(input, self.dim)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Softmax(self.dim)


@layer(
    "Softmin",
    title="Softmin",
    category="Activation",
    also=("class probabilities", "smallest", "distances"),
)
class Softmin(Layer):
    """Turns scores into probabilities, the smallest score into the largest: any axes, unchanged.

    Softmax of the negated scores: for distances, where near is likely. Source: torch.nn.Softmin.
    """

    dim: int = param(-1, doc=DIM_DOC)

    def infer(self, input: Spec) -> Spec:
        return _probabilities(input, self.dim)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Softmin(self.dim)


@layer(
    "LogSoftmax",
    title="Log softmax",
    category="Activation",
    also=("log probabilities", "log likelihood"),
)
class LogSoftmax(Layer):
    """Turns scores into logarithms of probabilities along one axis: any axes, unchanged.

    Before the losses NLL and KL divergence, which take logarithms; steadier than Softmax and a logarithm.
    Source: torch.nn.LogSoftmax.
    """

    dim: int = param(-1, doc=DIM_DOC)

    def infer(self, input: Spec) -> Spec:
        check_dim(input, self.dim, "scores")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.LogSoftmax(self.dim)


@layer(
    "Softmax2d",
    title="Softmax 2D",
    category="Activation",
    also=("class probabilities", "segmentation", "pixels", "softmax2d"),
)
class Softmax2d(Layer):
    """Turns the channels of each pixel into probabilities that add up to 1: (C, H, W), unchanged.

    For images whose every pixel belongs to one of C classes. Leave it out before a loss that takes raw scores.
    Source: torch.nn.Softmax2d.
    """

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("C", "H", "W", of="an image")
        return replace(input.numbers(), kind="probability")

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Softmax2d()


@layer(
    "GLU",
    title="GLU",
    category="Activation",
    also=("gated linear unit", "gate", "swiglu"),
)
class GLU(Layer):
    """Splits an axis into two halves and lets the second open or close the first: (..., 2*E) -> (..., E).

    A Linear layer of twice the width before it learns both halves. Usual in text networks and, with another
    gate, in large language models. Source: Dauphin et al. 2016; torch.nn.GLU.
    """

    dim: int = param(
        -1,
        doc="The axis that is halved, counted as in PyTorch: -1 is the last, 1 the first after the batch.",
    )
    gate: Literal["sigmoid", "silu", "gelu", "relu"] = param(
        "sigmoid",
        doc="What the second half goes through before it multiplies: sigmoid is GLU, silu SwiGLU, "
        "gelu GEGLU, relu ReGLU.",
    )

    def infer(self, input: Spec) -> Spec:
        at = check_dim(input, self.dim, "features")
        size = input.sizes[at]
        half = size // 2
        if half * 2 != size:
            input.fail(
                f"needs an even size to halve, but gets {size} in {input.shown}. "
                "Let the layer before it give an even number.",
                hints=(Hint("before", params=(("size", size + 1),)),),
            )
        return input.numbers().with_axes(*input.sizes[:at], half, *input.sizes[at + 1 :])

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        from graphs.modules.activation import GatedLinearUnit

        return nn.GLU(self.dim) if self.gate == "sigmoid" else GatedLinearUnit(self.dim, self.gate)

    def code(self, input: Spec) -> Code:
        if self.gate == "sigmoid":
            return of_torch("GLU", input, {"dim": self.dim})
        return adapted("activation.GatedLinearUnit", self.dim, self.gate)


def _probabilities(input: Spec, dim: int) -> Spec:
    at = check_dim(input, dim, "scores")
    size = input.sizes[-1] if at == input.rank - 1 else None
    return replace(input.numbers(), kind="probability", of=size if isinstance(size, int) else None)
