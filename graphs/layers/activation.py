"""Activations: functions of each number alone, without which a stack of layers would be one straight line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from graphs.code import Code, of_torch
from graphs.elementwise import Elementwise
from graphs.layer import Layer, Shape, layer
from graphs.param import param
from graphs.spec import Spec

if TYPE_CHECKING:
    from torch import nn


@layer(
    "ReLU",
    title="ReLU",
    category="Activation",
    also=("rectifier", "rectified linear unit", "nonlinearity"),
    follows={"Linear": 1, "Convolution": 1, "Normalization": 1, "Merge": 1},
)
class ReLU(Elementwise):
    """Keeps positive numbers and turns negative ones into 0: any axes, unchanged.

    The usual choice after Linear and convolution layers: cheap, and it learns fast. If many of its
    outputs stay 0 for ever, try LeakyReLU. Source: torch.nn.ReLU.
    """

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ReLU()


@layer("LeakyReLU", title="Leaky ReLU", category="Activation", also=("leaky rectifier", "lrelu"))
class LeakyReLU(Elementwise):
    """Keeps positive numbers and makes negative ones small: any axes, unchanged.

    Like ReLU, but a unit that gets negative numbers still learns. Usual in the discriminator of a
    GAN. Source: Maas et al. 2013; torch.nn.LeakyReLU.
    """

    negative_slope: float = param(0.01, ge=0, doc="What negative numbers are multiplied by.")

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.LeakyReLU(self.negative_slope)


@layer("ELU", title="ELU", category="Activation", also=("exponential linear unit",))
class ELU(Elementwise):
    """Keeps positive numbers and bends negative ones smoothly towards -alpha: any axes, unchanged.

    Its outputs have a mean near 0, which can speed up learning without batch normalization.
    Source: Clevert et al. 2015; torch.nn.ELU.
    """

    alpha: float = param(1.0, gt=0, doc="How far below 0 the output can go.")

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ELU(self.alpha)


@layer(
    "GELU",
    title="GELU",
    category="Activation",
    also=("gaussian error linear unit",),
    follows={"Linear": 5, "Normalization": 2},
)
class GELU(Elementwise):
    """A smooth ReLU: multiplies each number by the chance that a normal number is smaller. Any axes, unchanged.

    The usual choice in transformers. Source: Hendrycks and Gimpel 2016; torch.nn.GELU.
    """

    approximate: Literal["none", "tanh"] = param(
        "none",
        doc="How it is computed: exactly (none), or a little faster through tanh.",
        advanced=True,
    )

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.GELU(self.approximate)


@layer("SiLU", title="SiLU", category="Activation", also=("swish", "sigmoid linear unit"))
class SiLU(Elementwise):
    """A smooth ReLU: multiplies each number by its sigmoid. Any axes, unchanged.

    Usual in EfficientNet, diffusion models and large language models.
    Source: Elfwing et al. 2017; torch.nn.SiLU.
    """

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.SiLU()


@layer("Softplus", title="Softplus", category="Activation", also=("smooth relu", "positive"))
class Softplus(Elementwise):
    """A smooth ReLU whose output is always above 0: any axes, unchanged.

    Use it where a result must be positive, such as a standard deviation. Source: torch.nn.Softplus.
    """

    beta: float = param(
        1.0, gt=0, doc="How sharp the bend at 0 is; a large value comes close to ReLU."
    )

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Softplus(self.beta)


@layer("Tanh", title="Tanh", category="Activation", also=("hyperbolic tangent",))
class Tanh(Elementwise):
    """Squeezes each number into the range from -1 to 1: any axes, unchanged.

    Usual inside recurrent layers, in LeNet-5, and at the end of image generators. Far from 0 it is
    almost flat, so deep stacks of it learn slowly. Source: torch.nn.Tanh.
    """

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Tanh()


@layer("Sigmoid", title="Sigmoid", category="Activation", also=("logistic", "probability"))
class Sigmoid(Layer):
    """Squeezes each number into the range from 0 to 1, as a probability: any axes, unchanged.

    Use it for gates, and to read yes-or-no scores as probabilities. Leave it out before the loss
    "Binary cross entropy", which takes the raw scores. Source: torch.nn.Sigmoid.
    """

    def infer(self, input: Spec) -> Spec:
        return replace(input.expect_float().numbers(), kind="probability")

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Sigmoid()


@layer(
    "PReLU",
    title="PReLU",
    category="Activation",
    also=("parametric relu", "learned slope", "rectifier"),
)
class PReLU(Layer):
    """Keeps positive numbers and multiplies negative ones by a learned slope: any axes, unchanged.

    A Leaky ReLU that finds its slope itself; with one slope for each channel, channels are the first axis.
    Source: He et al. 2015; torch.nn.PReLU.
    """

    each_channel: bool = param(
        False, doc="Whether each channel learns a slope of its own; else one is learned for all."
    )
    init: float = param(0.25, doc="The slope that learning begins with.", advanced=True)

    def infer(self, input: Spec) -> Spec:
        input.expect_float()
        if self.each_channel:
            if not input.dims:
                input.fail("needs an axis of channels, but gets a single number per sample.")
            input.fixed(0, "the number of channels")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.PReLU(self._count(input), self.init)

    def weights(self, input: Spec) -> Mapping[str, Shape]:
        return {"weight": (self._count(input),)}

    def _count(self, input: Spec) -> int:
        return input.fixed(0, "the number of channels") if self.each_channel else 1

    def code(self, input: Spec) -> Code:
        return of_torch("PReLU", input, {"num_parameters": self._count(input), "init": self.init})
