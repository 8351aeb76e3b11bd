"""Fully connected layers. Axes per sample: any number of leading ones, then E features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from graphs.layer import Layer, Shape, layer
from graphs.param import param
from graphs.size import Size, product
from graphs.spec import Spec

if TYPE_CHECKING:
    from torch import nn


@layer(
    "Linear", title="Linear", category="Linear", also=("dense", "fully connected", "fc", "affine")
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
