"""Dropout: while training, some numbers are set to 0, so that no unit relies on another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.layer import Layer, layer
from graphs.param import param
from graphs.spec import Spec

if TYPE_CHECKING:
    from torch import nn


@layer(
    "Dropout", title="Dropout", category="Dropout", also=("regularization", "overfitting", "drop")
)
class Dropout(Layer):
    """Sets a random share of numbers to 0 while training: any axes, unchanged.

    Against overfitting, mostly between Linear layers; the numbers left are made larger to make up for it.
    It does nothing in evaluation. Source: Srivastava et al. 2014; torch.nn.Dropout.
    """

    p: float = param(0.5, ge=0, lt=1, doc="Share of the numbers that are set to 0.")

    def infer(self, input: Spec) -> Spec:
        return input.expect_float().numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Dropout(self.p)


@layer(
    "Dropout1d",
    title="Dropout 1D",
    category="Dropout",
    also=("regularization", "spatial dropout", "channel dropout"),
)
class Dropout1d(Layer):
    """Sets whole channels of a sequence to 0 while training: (C, T), unchanged.

    After Conv 1D, where neighbouring steps are so alike that dropping single ones changes little.
    Source: Tompson et al. 2015; torch.nn.Dropout1d.
    """

    p: float = param(0.5, ge=0, lt=1, doc="Share of the channels that are set to 0.")

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("C", "T", of="a sequence with channels first")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Dropout1d(self.p)


@layer(
    "Dropout2d",
    title="Dropout 2D",
    category="Dropout",
    also=("regularization", "spatial dropout", "channel dropout"),
)
class Dropout2d(Layer):
    """Sets whole channels of an image to 0 while training: (C, H, W), unchanged.

    After Conv 2D, where neighbouring pixels are so alike that dropping single ones changes little.
    Source: Tompson et al. 2015; torch.nn.Dropout2d.
    """

    p: float = param(0.5, ge=0, lt=1, doc="Share of the channels that are set to 0.")

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("C", "H", "W", of="an image")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Dropout2d(self.p)
