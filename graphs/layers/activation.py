"""Activations: functions of each number alone, without which a stack of layers would be one straight line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from graphs.layer import Layer, layer
from graphs.param import param
from graphs.spec import Hint, Spec

if TYPE_CHECKING:
    from torch import nn


class Elementwise(Layer):
    """The base of activations: the shape stays, numbers in and numbers out."""

    def infer(self, input: Spec) -> Spec:
        return input.expect_float().numbers()


@layer(
    "ReLU",
    title="ReLU",
    category="Activation",
    also=("rectifier", "rectified linear unit", "nonlinearity"),
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


@layer("GELU", title="GELU", category="Activation", also=("gaussian error linear unit",))
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

    dim: int = param(
        -1,
        doc="The axis along which the probabilities add up to 1, counted as in PyTorch: "
        "-1 is the last, 1 the first after the batch.",
    )

    def infer(self, input: Spec) -> Spec:
        input.expect_float()
        rank = input.rank
        if not rank:
            input.fail("needs at least one axis of scores, but gets a single number per sample.")
        if self.dim == 0 or not -rank <= self.dim <= rank:
            input.fail(
                f"cannot work along dim {self.dim}: {input} has dims 1 to {rank} "
                f"(or -1 to -{rank} from the end), and 0 is the batch. Set it to -1 for the last.",
                code="G205",
                hints=(Hint("set", params=(("dim", -1),)),),
            )
        last = self.dim in (-1, rank)
        size = input.sizes[-1] if last else None
        of = size if isinstance(size, int) else None
        return replace(input.numbers(), kind="probability", of=of)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Softmax(self.dim)
