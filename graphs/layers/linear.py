"""Fully connected layers. Axes per sample: any number of leading ones, then E features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from graphs.code import Code, of_torch
from graphs.layer import Layer, Shape, layer
from graphs.param import param
from graphs.size import Size, product
from graphs.spec import Spec

if TYPE_CHECKING:
    from torch import nn


@layer(
    "Linear",
    title="Linear",
    category="Linear",
    also=("dense", "fully connected", "fc", "affine"),
    kin="Conv",
    follows={
        "Data": 3,
        "Linear": 7,
        "Normalization": 3,
        "Activation": 1,
        "Dropout": 1,
        "Shape": 1,
        "Embedding": 4,
        "Recurrent": 1,
        "Attention": 1,
        "Merge": 2,
        "Flow": 1,
    },
)
class Linear(Layer):
    """Weighs every input feature for every output feature, and adds a bias: (..., E) -> (..., out_features).

    The basic building block: with activations between them, a few Linear layers make a multilayer
    perceptron. Source: torch.nn.Linear.
    """

    out_features: int = param(64, ge=1, doc="How many numbers come out for each sample.")
    bias: bool = param(True, doc="Whether a learned number is added to each output.")

    def infer(self, input: Spec) -> Spec:
        if not input.dims:
            input.fail("needs at least one axis of features, but gets a single number per sample.")
        input.expect_float().fixed(-1, "the number of input features")
        return input.numbers().with_axes(*input.sizes[:-1], self.out_features)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Linear(
            input.fixed(-1, "the number of input features"), self.out_features, self.bias
        )

    def weights(self, input: Spec) -> Mapping[str, Shape]:
        shapes: dict[str, Shape] = {
            "weight": (self.out_features, input.fixed(-1, "the number of input features"))
        }
        return {**shapes, "bias": (self.out_features,)} if self.bias else shapes

    def flops(self, input: Spec) -> Size:
        places = product(input.sizes[:-1])
        return places * (2 * input.fixed(-1, "the number of input features") * self.out_features)


@layer(
    "Bilinear",
    title="Bilinear",
    category="Linear",
    also=("two inputs", "interaction", "tensor product"),
)
class Bilinear(Layer):
    """Weighs every pair of a feature of one input and one of the other: (..., E1), (..., E2) -> (..., out_features).

    For what depends on two things together, such as whether two words belong together. It has many weights.
    Source: torch.nn.Bilinear.
    """

    out_features: int = param(16, ge=1, doc="How many numbers come out for each sample.")
    bias: bool = param(True, doc="Whether a learned number is added to each output.")

    def infer(self, input1: Spec, input2: Spec) -> Spec:
        for each in (input1, input2):
            if not each.expect_float().dims:
                each.fail(
                    "needs at least one axis of features, but gets a single number per sample."
                )
            each.fixed(-1, "the number of input features")
        if input1.sizes[:-1] != input2.sizes[:-1]:
            input2.fail(
                f"needs inputs that agree in all axes but the last, but gets {input1} and {input2}."
            )
        return input1.numbers().with_axes(*input1.sizes[:-1], self.out_features)

    def build(self, input1: Spec, input2: Spec) -> nn.Module:
        from torch import nn

        return nn.Bilinear(*_widths(input1, input2), self.out_features, self.bias)

    def weights(self, input1: Spec, input2: Spec) -> Mapping[str, Shape]:
        weight = (self.out_features, *_widths(input1, input2))
        return {"weight": weight, "bias": (self.out_features,)} if self.bias else {"weight": weight}

    def flops(self, input1: Spec, input2: Spec) -> Size:
        """The matrix products; torch's counter sees none, because its kernel is one of a kind."""
        one, two = _widths(input1, input2)
        return product(input1.sizes[:-1]) * (2 * self.out_features * two * (one + 1))

    def code(self, input1: Spec, input2: Spec) -> Code:
        one, two = _widths(input1, input2)
        sizes = {"in1_features": one, "in2_features": two, "out_features": self.out_features}
        return of_torch("Bilinear", input1, {**sizes, "bias": self.bias})


@layer(
    "Identity",
    title="Identity",
    category="Linear",
    also=("nothing", "pass through", "placeholder", "name"),
)
class Identity(Layer):
    """Gives what it gets: any axes, unchanged.

    Gives a wire a name of its own, or holds the place of a layer that is still to come.
    Source: torch.nn.Identity.
    """

    def infer(self, input: Spec) -> Spec:
        return input

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Identity()


def _widths(input1: Spec, input2: Spec) -> tuple[int, int]:
    what = "the number of input features"
    return input1.fixed(-1, what), input2.fixed(-1, what)
