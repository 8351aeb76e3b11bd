"""Activations with limits, and those that shrink numbers towards 0."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphs.elementwise import Elementwise
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.spec import Hint, Spec

if TYPE_CHECKING:
    from torch import nn


@layer("Hardtanh", title="Hard tanh", category="Activation", also=("clip", "clamp", "limit"))
class Hardtanh(Elementwise):
    """Keeps numbers between two limits and turns others into the nearer one: any axes, unchanged.

    Tanh made of straight lines; with other limits it clips an output to what can be. Source: torch.nn.Hardtanh.
    """

    min_val: float = param(-1.0, label="Lower limit", doc="The lower limit.")
    max_val: float = param(1.0, label="Upper limit", doc="The upper limit.")

    def infer(self, input: Spec) -> Spec:
        if self.min_val >= self.max_val:
            input.fail(
                f"has a Lower limit of {self.min_val:g} that is not below its Upper limit of {self.max_val:g}. "
                "Make it smaller.",
                code="G205",
                hints=(Hint("set", params=(("min_val", -1.0), ("max_val", 1.0))),),
            )
        return super().infer(input)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Hardtanh(self.min_val, self.max_val)


@layer(
    "Hardsigmoid",
    title="Hard sigmoid",
    category="Activation",
    also=("gate", "mobile", "cheap sigmoid"),
)
class Hardsigmoid(Layer):
    """Squeezes each number into the range from 0 to 1 in a straight line from -3 to 3: any axes, unchanged.

    A sigmoid without exponentials, for gates in small networks such as MobileNetV3. Source: Howard et al. 2019;
    torch.nn.Hardsigmoid.
    """

    def infer(self, input: Spec) -> Spec:
        return replace(input.expect_float().numbers(), kind="probability")

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Hardsigmoid()


@layer("Hardswish", title="Hard swish", category="Activation", also=("mobile", "cheap silu"))
class Hardswish(Elementwise):
    """A SiLU made of straight lines and a parabola: any axes, unchanged.

    Nearly as good as SiLU and cheaper on small devices: usual in MobileNetV3. Source: Howard et al. 2019;
    torch.nn.Hardswish.
    """

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Hardswish()


@layer(
    "LogSigmoid", title="Log sigmoid", category="Activation", also=("log probability", "logistic")
)
class LogSigmoid(Elementwise):
    """The logarithm of the sigmoid of each number, always below 0: any axes, unchanged.

    For losses made by hand of the logarithm of a probability; steadier than Sigmoid and a logarithm.
    Source: torch.nn.LogSigmoid.
    """

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.LogSigmoid()


@layer("Softsign", title="Softsign", category="Activation", also=("squash", "sign"))
class Softsign(Elementwise):
    """Squeezes each number x into the range from -1 to 1 as x / (1 + |x|): any axes, unchanged.

    Like Tanh, but it flattens more slowly. Source: Glorot and Bengio 2010; torch.nn.Softsign.
    """

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Softsign()


@layer("Tanhshrink", title="Tanh shrink", category="Activation", also=("shrink",))
class Tanhshrink(Elementwise):
    """Takes from each number its tanh, so that small ones nearly vanish: any axes, unchanged.

    Leaves large numbers nearly as they are. Source: torch.nn.Tanhshrink.
    """

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Tanhshrink()


@layer(
    "Softshrink",
    title="Soft shrink",
    category="Activation",
    also=("shrink", "sparse", "soft threshold"),
)
class Softshrink(Elementwise):
    """Brings each number nearer to 0 by lambda, and those within lambda to 0: any axes, unchanged.

    Makes results sparse, as in sparse coding. Source: torch.nn.Softshrink.
    """

    lambd: float = param(0.5, ge=0, label="Lambda", doc="How much nearer to 0 each number comes.")

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Softshrink(self.lambd)


@layer(
    "Hardshrink",
    title="Hard shrink",
    category="Activation",
    also=("shrink", "sparse", "hard threshold"),
)
class Hardshrink(Elementwise):
    """Turns numbers within lambda of 0 into 0 and keeps all others: any axes, unchanged.

    Makes results sparse without making the rest smaller. Source: torch.nn.Hardshrink.
    """

    lambd: float = param(0.5, ge=0, label="Lambda", doc="Numbers from -lambda to lambda become 0.")

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Hardshrink(self.lambd)
