"""Normalization of each sample for itself: by groups of channels, by size, by neighbours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from graphs.code import Code, expression, of_torch
from graphs.elementwise import check_dim
from graphs.layer import Layer, Shape, layer
from graphs.param import param
from graphs.size import product
from graphs.spec import Hint, Spec, counted

if TYPE_CHECKING:
    from torch import nn

EPS_DOC = "A small number that keeps the division by the deviation safe."
AFFINE_DOC = "Whether each channel learns its own scale and shift."


@layer(
    "GroupNorm",
    title="Group norm",
    category="Normalization",
    also=("gn", "group normalization", "small batches"),
)
class GroupNorm(Layer):
    """Brings groups of channels of each sample to mean 0 and deviation 1: (C, ...), unchanged.

    As Batch norm after a convolution, but it does not depend on the batch: for small batches, detectors and
    diffusion models. One group is all channels together. Source: Wu and He 2018; torch.nn.GroupNorm.
    """

    num_groups: int = param(4, ge=1, doc="Channels are divided into so many groups.")
    eps: float = param(1e-5, gt=0, doc=EPS_DOC, advanced=True)
    affine: bool = param(True, doc=AFFINE_DOC, advanced=True)

    def infer(self, input: Spec) -> Spec:
        if not input.expect_float().dims:
            input.fail("needs an axis of channels, but gets a single number per sample.")
        channels = input.fixed(0, "the number of channels")
        if channels % self.num_groups:
            fits = math.gcd(channels, self.num_groups)
            input.fail(
                f"divides {counted(channels, 'channel')} into {self.num_groups} groups, which leaves a rest. "
                f"Set Num groups to a divisor of {channels}, such as {fits}.",
                code="G205",
                hints=(Hint("set", params=(("num_groups", fits),)),),
            )
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        channels = input.fixed(0, "the number of channels")
        return nn.GroupNorm(self.num_groups, channels, self.eps, self.affine)

    def weights(self, input: Spec) -> Mapping[str, Shape]:
        channels = input.fixed(0, "the number of channels")
        return {"weight": (channels,), "bias": (channels,)} if self.affine else {}


class InstanceNorm(Layer):
    """The base of instance normalization: each channel of each sample by its own mean and deviation."""

    affine: bool

    def weights(self, input: Spec) -> Mapping[str, Shape]:
        channels = input.fixed(0, "the number of channels")
        return {"weight": (channels,), "bias": (channels,)} if self.affine else {}


@layer(
    "InstanceNorm1d",
    title="Instance norm 1D",
    category="Normalization",
    also=("in", "instance normalization", "series"),
)
class InstanceNorm1d(InstanceNorm):
    """Brings each channel of each sequence to mean 0 and deviation 1: (C, T), unchanged.

    Takes away how loud and how high a series is, so that only its form counts.
    Source: Ulyanov et al. 2016; torch.nn.InstanceNorm1d.
    """

    eps: float = param(1e-5, gt=0, doc=EPS_DOC, advanced=True)
    affine: bool = param(False, doc=AFFINE_DOC, advanced=True)

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("C", "T", of="a sequence with channels first")
        return _with_spread(input)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        channels = input.fixed(0, "the number of channels")
        return nn.InstanceNorm1d(channels, self.eps, affine=self.affine)


@layer(
    "InstanceNorm2d",
    title="Instance norm 2D",
    category="Normalization",
    also=("in", "instance normalization", "style transfer"),
)
class InstanceNorm2d(InstanceNorm):
    """Brings each channel of each image to mean 0 and deviation 1: (C, H, W), unchanged.

    Takes away contrast and colour cast: usual in style transfer and image translation.
    Source: Ulyanov et al. 2016; torch.nn.InstanceNorm2d.
    """

    eps: float = param(1e-5, gt=0, doc=EPS_DOC, advanced=True)
    affine: bool = param(False, doc=AFFINE_DOC, advanced=True)

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("C", "H", "W", of="an image")
        return _with_spread(input)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        channels = input.fixed(0, "the number of channels")
        return nn.InstanceNorm2d(channels, self.eps, affine=self.affine)


@layer(
    "InstanceNorm3d",
    title="Instance norm 3D",
    category="Normalization",
    also=("in", "instance normalization", "volume", "scan", "video"),
)
class InstanceNorm3d(InstanceNorm):
    """Brings each channel of each volume to mean 0 and deviation 1: (C, D, H, W), unchanged.

    Usual for scans of bodies, where batches are small and machines differ in contrast.
    Source: Ulyanov et al. 2016; torch.nn.InstanceNorm3d.
    """

    eps: float = param(1e-5, gt=0, doc=EPS_DOC, advanced=True)
    affine: bool = param(False, doc=AFFINE_DOC, advanced=True)

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("C", "D", "H", "W", of="a volume")
        return _with_spread(input)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        channels = input.fixed(0, "the number of channels")
        return nn.InstanceNorm3d(channels, self.eps, affine=self.affine)


@layer(
    "RMSNorm",
    title="RMS norm",
    category="Normalization",
    also=("root mean square", "layer norm", "llama"),
)
class RMSNorm(Layer):
    """Brings the features of each sample to a root mean square of 1: (..., E), unchanged.

    A Layer norm without a mean and a shift, as good and cheaper: usual in large language models.
    Source: Zhang and Sennrich 2019; torch.nn.RMSNorm.
    """

    eps: float | None = param(
        None,
        gt=0,
        doc="A small number that keeps the division safe; none takes the smallest that is exact.",
        advanced=True,
    )
    elementwise_affine: bool = param(
        True, doc="Whether each feature learns its own scale.", advanced=True
    )

    def infer(self, input: Spec) -> Spec:
        if not input.expect_float().dims:
            input.fail("needs at least one axis of features, but gets a single number per sample.")
        input.fixed(-1, "the number of features")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        width = input.fixed(-1, "the number of features")
        return nn.RMSNorm(width, self.eps, self.elementwise_affine)

    def weights(self, input: Spec) -> Mapping[str, Shape]:
        width = input.fixed(-1, "the number of features")
        return {"weight": (width,)} if self.elementwise_affine else {}

    def code(self, input: Spec) -> Code:
        width = input.fixed(-1, "the number of features")
        values = {"eps": self.eps, "elementwise_affine": self.elementwise_affine}
        return of_torch("RMSNorm", input, {"normalized_shape": width, **values})


@layer(
    "LocalResponseNorm",
    title="Local response norm",
    category="Normalization",
    also=("lrn", "alexnet", "competition"),
)
class LocalResponseNorm(Layer):
    """Makes each channel smaller where its neighbours are large: (C, ...) with at least one more axis, unchanged.

    Used by AlexNet; today Batch norm mostly stands there.
    Source: Krizhevsky et al. 2012; torch.nn.LocalResponseNorm.
    """

    size: int = param(5, ge=1, unit="channels", doc="How many neighbouring channels count.")
    alpha: float = param(1e-4, ge=0, doc="How strongly neighbours count.", advanced=True)
    beta: float = param(0.75, ge=0, doc="The power of the sum of neighbours.", advanced=True)
    k: float = param(
        1.0, gt=0, label="Offset", doc="What is added to the sum of neighbours.", advanced=True
    )

    def infer(self, input: Spec) -> Spec:
        if input.expect_float().rank < 2:
            input.fail(
                f"needs channels and at least one more axis, (C, H, W) or (C, T), but gets {input.shown}."
            )
        if product(input.sizes) == 0:
            input.fail(f"needs at least one value, but gets {input}.")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.LocalResponseNorm(self.size, self.alpha, self.beta, self.k)


@layer(
    "Normalize",
    title="Normalize",
    category="Normalization",
    also=("unit length", "l2 norm", "cosine similarity", "embedding"),
)
class Normalize(Layer):
    """Divides by the norm along one axis, so that each row has length 1: any axes, unchanged.

    For embeddings that are compared by their angle, as in contrastive learning.
    Source: torch.nn.functional.normalize.
    """

    p: float = param(
        2.0, ge=1, label="Power", doc="2 is the ordinary length, 1 the sum of the sizes."
    )
    dim: int = param(
        -1,
        doc="The axis whose length becomes 1, counted as in PyTorch: -1 is the last, 1 the first after the batch.",
    )
    eps: float = param(1e-12, gt=0, doc="The smallest length that is divided by.", advanced=True)

    def infer(self, input: Spec) -> Spec:
        check_dim(input, self.dim, "features")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.reduction import Normalize as Module

        return Module(self.p, self.dim, self.eps)

    def code(self, input: Spec) -> Code:
        return expression(f"F.normalize({{input}}, p={self.p!r}, dim={self.dim}, eps={self.eps!r})")


def _with_spread(input: Spec) -> Spec:
    """Check that each channel has several values: one alone has no deviation.

    Raises:
        Mismatch: it has not.
    """
    input.fixed(0, "the number of channels")
    places = product(input.sizes[1:])
    if isinstance(places, int) and places < 2:
        input.fail(f"needs at least two values in each channel, but gets {input.shown}.")
    return input.numbers()
