"""Dropout: while training, some numbers are set to 0, so that no unit relies on another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.code import Code, adapted
from graphs.elementwise import Elementwise
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.spec import Spec

if TYPE_CHECKING:
    from torch import nn


@layer(
    "Dropout",
    title="Dropout",
    category="Dropout",
    also=("regularization", "overfitting", "drop"),
    follows={"Linear": 3, "Pooling": 3, "Activation": 4, "Recurrent": 2},
)
class Dropout(Layer):
    """Sets a random share of numbers to 0 while training: any axes, unchanged.

    Against overfitting, mostly between Linear layers; the numbers left are made larger to make up for it.
    It does nothing in evaluation. Source: Srivastava et al. 2014; torch.nn.Dropout.
    """

    p: float = param(
        0.5, ge=0, lt=1, label="Dropout probability", doc="Share of the numbers that are set to 0."
    )

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

    p: float = param(
        0.5, ge=0, lt=1, label="Dropout probability", doc="Share of the channels that are set to 0."
    )

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

    p: float = param(
        0.5, ge=0, lt=1, label="Dropout probability", doc="Share of the channels that are set to 0."
    )

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("C", "H", "W", of="an image")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Dropout2d(self.p)


@layer(
    "Dropout3d",
    title="Dropout 3D",
    category="Dropout",
    also=("regularization", "spatial dropout", "channel dropout", "volume"),
)
class Dropout3d(Layer):
    """Sets whole channels of a volume to 0 while training: (C, D, H, W), unchanged.

    After Conv 3D, where neighbouring points are so alike that dropping single ones changes little.
    Source: Tompson et al. 2015; torch.nn.Dropout3d.
    """

    p: float = param(
        0.5, ge=0, lt=1, label="Dropout probability", doc="Share of the channels that are set to 0."
    )

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("C", "D", "H", "W", of="a volume")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Dropout3d(self.p)


@layer(
    "AlphaDropout",
    title="Alpha dropout",
    category="Dropout",
    also=("regularization", "selu", "self-normalizing"),
)
class AlphaDropout(Elementwise):
    """Drops a random share of numbers while training and keeps mean and deviation: any axes, unchanged.

    The dropout that goes with SELU: dropped numbers become its lowest value, not 0.
    Source: Klambauer et al. 2017; torch.nn.AlphaDropout.
    """

    p: float = param(
        0.5, ge=0, lt=1, label="Dropout probability", doc="Share of the numbers that are dropped."
    )

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.AlphaDropout(self.p)


@layer(
    "FeatureAlphaDropout",
    title="Feature alpha dropout",
    category="Dropout",
    also=("regularization", "selu", "self-normalizing", "channel dropout"),
)
class FeatureAlphaDropout(Layer):
    """Drops whole channels while training and keeps mean and deviation: (C, ...), unchanged.

    Alpha dropout for convolutions with SELU. Source: Klambauer et al. 2017; torch.nn.FeatureAlphaDropout.
    """

    p: float = param(
        0.5, ge=0, lt=1, label="Dropout probability", doc="Share of the channels that are dropped."
    )

    def infer(self, input: Spec) -> Spec:
        if not input.expect_float().dims:
            input.fail("needs an axis of channels, but gets a single number per sample.")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.FeatureAlphaDropout(self.p)


@layer(
    "GaussianNoise",
    title="Gaussian noise",
    category="Dropout",
    also=("regularization", "augmentation", "random", "denoising"),
)
class GaussianNoise(Elementwise):
    """Adds random normal numbers while training: any axes, unchanged.

    Against overfitting, and for autoencoders that learn to take noise away. It does nothing in evaluation.
    Source: Vincent et al. 2008; torch.randn_like.
    """

    std: float = param(0.1, ge=0, label="Standard deviation", doc="How strong the noise is.")

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.random import GaussianNoise as Module

        return Module(self.std)

    def code(self, input: Spec) -> Code:
        return adapted("random.GaussianNoise", self.std)
