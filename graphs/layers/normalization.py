"""Normalization: keeps numbers where learning is fast. Axes per sample: C channels first, or E features last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from graphs.code import Code, of_torch
from graphs.layer import Layer, Shape, layer
from graphs.param import param
from graphs.size import Size
from graphs.spec import Hint, Spec

if TYPE_CHECKING:
    from torch import nn

EPS_DOC = "A small number that keeps the division by the deviation safe."
MOMENTUM_DOC = (
    "How fast the running mean and deviation follow; none takes the plain mean of all batches."
)
AFFINE_DOC = "Whether each channel learns its own scale and shift."
RUNNING_DOC = (
    "Whether a running mean and deviation are kept for evaluation; else each batch uses its own."
)


class BatchNorm(Layer):
    """The base of batch normalization: each channel by its mean and deviation over the batch and all places."""

    affine: bool

    def weights(self, input: Spec) -> Mapping[str, Shape]:
        channels = input.fixed(0, "the number of channels")
        return {"weight": (channels,), "bias": (channels,)} if self.affine else {}


@layer(
    "BatchNorm2d",
    title="Batch norm 2D",
    category="Normalization",
    also=("bn", "batch normalization", "batchnorm2d"),
    follows={"Convolution": 2},
)
class BatchNorm2d(BatchNorm):
    """Brings each channel of an image to mean 0 and deviation 1 over the batch: (C, H, W), unchanged.

    Between a convolution and its activation it makes deep networks learn faster and more steadily. It
    wants batches of some 16 or more; for smaller ones take LayerNorm.
    Source: Ioffe and Szegedy 2015; torch.nn.BatchNorm2d.
    """

    eps: float = param(1e-5, gt=0, doc=EPS_DOC, advanced=True)
    momentum: float | None = param(0.1, ge=0, le=1, doc=MOMENTUM_DOC, advanced=True)
    affine: bool = param(True, doc=AFFINE_DOC, advanced=True)
    track_running_stats: bool = param(True, doc=RUNNING_DOC, advanced=True)

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("C", "H", "W", of="an image")
        input.fixed(0, "the number of channels")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        channels = input.fixed(0, "the number of channels")
        return nn.BatchNorm2d(
            channels, self.eps, self.momentum, self.affine, self.track_running_stats
        )


@layer(
    "BatchNorm1d",
    title="Batch norm 1D",
    category="Normalization",
    also=("bn", "batch normalization", "batchnorm1d"),
    follows={"Linear": 4, "Convolution": 2},
)
class BatchNorm1d(BatchNorm):
    """Brings each feature to mean 0 and deviation 1 over the batch: (E) or (C, T), unchanged.

    Between a Linear layer (or Conv 1D) and its activation it makes deep networks learn faster. It wants
    batches of some 16 or more. Source: Ioffe and Szegedy 2015; torch.nn.BatchNorm1d.
    """

    eps: float = param(1e-5, gt=0, doc=EPS_DOC, advanced=True)
    momentum: float | None = param(0.1, ge=0, le=1, doc=MOMENTUM_DOC, advanced=True)
    affine: bool = param(True, doc=AFFINE_DOC, advanced=True)
    track_running_stats: bool = param(True, doc=RUNNING_DOC, advanced=True)

    def infer(self, input: Spec) -> Spec:
        input.expect_float()
        if input.rank not in (1, 2):
            image = input.rank == 3
            input.fail(
                f"needs features (E) or a sequence with channels first (C, T), but gets {input.shown}."
                + (" For images, use Batch norm 2D." if image else ""),
                hints=(Hint("insert", input.port, "Flatten"),) if image else (),
            )
        input.fixed(0, "the number of channels")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        channels = input.fixed(0, "the number of channels")
        return nn.BatchNorm1d(
            channels, self.eps, self.momentum, self.affine, self.track_running_stats
        )


@layer(
    "BatchNorm3d",
    title="Batch norm 3D",
    category="Normalization",
    also=("bn", "batch normalization", "volume", "batchnorm3d"),
    follows={"Convolution": 2},
)
class BatchNorm3d(BatchNorm):
    """Brings each channel of a volume to mean 0 and deviation 1 over the batch: (C, D, H, W), unchanged.

    Between Conv 3D and its activation; for small batches, which volumes mostly come in, take Group norm.
    Source: Ioffe and Szegedy 2015; torch.nn.BatchNorm3d.
    """

    eps: float = param(1e-5, gt=0, doc=EPS_DOC, advanced=True)
    momentum: float | None = param(0.1, ge=0, le=1, doc=MOMENTUM_DOC, advanced=True)
    affine: bool = param(True, doc=AFFINE_DOC, advanced=True)
    track_running_stats: bool = param(True, doc=RUNNING_DOC, advanced=True)

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("C", "D", "H", "W", of="a volume")
        input.fixed(0, "the number of channels")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        channels = input.fixed(0, "the number of channels")
        return nn.BatchNorm3d(
            channels, self.eps, self.momentum, self.affine, self.track_running_stats
        )


@layer(
    "LayerNorm",
    title="Layer norm",
    category="Normalization",
    also=("ln", "layer normalization", "layernorm"),
    follows={"Attention": 2, "Merge": 4},
)
class LayerNorm(Layer):
    """Brings the features of each sample to mean 0 and deviation 1: (..., E), unchanged.

    The usual choice in transformers and recurrent networks: it does not depend on the batch.
    Source: Ba et al. 2016; torch.nn.LayerNorm.
    """

    normalized_shape: tuple[int, ...] | None = param(
        None,
        ge=1,
        doc="Sizes of the last axes that are normalized together; none means the last axis alone.",
        advanced=True,
    )
    eps: float = param(1e-5, gt=0, doc=EPS_DOC, advanced=True)
    elementwise_affine: bool = param(
        True, doc="Whether each feature learns its own scale and shift.", advanced=True
    )
    bias: bool = param(True, doc="Whether the shift is learned too.", advanced=True)

    def infer(self, input: Spec) -> Spec:
        if not input.expect_float().dims:
            input.fail("needs at least one axis of features, but gets a single number per sample.")
        if not self.normalized_shape:
            input.fixed(-1, "the number of features")
            return input.numbers()
        if input.sizes[-len(self.normalized_shape) :] != self.normalized_shape:
            input.fail(
                f"normalizes the last axes together if they are {_listed(self.normalized_shape)}, but gets {input}. "
                "Set Normalized shape to none for the last axis alone.",
                code="G205",
                hints=(Hint("set", params=(("normalized_shape", None),)),),
            )
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.LayerNorm(self._shape(input), self.eps, self.elementwise_affine, self.bias)

    def weights(self, input: Spec) -> Mapping[str, Shape]:
        if not self.elementwise_affine:
            return {}
        shape = self._shape(input)
        return {"weight": shape, "bias": shape} if self.bias else {"weight": shape}

    def _shape(self, input: Spec) -> Shape:
        return self.normalized_shape or (input.fixed(-1, "the number of features"),)

    def code(self, input: Spec) -> Code:
        shape = self._shape(input)
        values = {
            "normalized_shape": shape[0] if len(shape) == 1 else shape,
            "eps": self.eps,
            "elementwise_affine": self.elementwise_affine,
            "bias": self.bias,
        }
        return of_torch("LayerNorm", input, values)


def _listed(sizes: tuple[Size, ...]) -> str:
    return "(" + ", ".join(map(str, sizes)) + ")"
