"""Transposed convolutions: they make images and sequences larger, with learned filters."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from graphs.convolved import BIAS_DOC, DILATION_DOC, GROUPS_DOC, channels_in_groups
from graphs.layer import Layer, Shape, layer
from graphs.param import Pair, param
from graphs.size import Size, product
from graphs.spec import Hint, Spec
from graphs.window import IMAGE, SEQUENCE, SIDES, VOLUME, check_axes, three

if TYPE_CHECKING:
    from torch import nn

Row = tuple[int, ...]

STRIDE_DOC = "How much larger the sides become, about: 2 doubles them."
PADDING_DOC = "How much is cut off on each side."
OUTPUT_DOC = "What is added to one end of each side, to reach a size that the stride leaves open."


class Transposed(Layer):
    """The base of transposed convolutions: each input value lays its filters down, and what overlaps adds up."""

    letters: ClassVar[tuple[str, ...]]
    out_channels: int
    groups: int
    bias: bool

    @abstractmethod
    def rows(self) -> dict[str, Row]:
        """Kernel, stride, padding, output padding and dilation by the names of the parameters, one place a side."""

    def infer(self, input: Spec) -> Spec:
        rows = self.rows()
        check_axes(input, self.letters)
        channels_in_groups(input, self.out_channels, self.groups)
        sides = tuple(self._side(input, rows, index) for index in range(len(self.letters) - 1))
        return input.numbers().with_axes(self.out_channels, *sides, letters=self.letters)

    def weights(self, input: Spec) -> Mapping[str, Shape]:
        channels = input.fixed(0, "the number of channels")
        weight = (channels, self.out_channels // self.groups, *self.rows()["kernel_size"])
        return {"weight": weight, "bias": (self.out_channels,)} if self.bias else {"weight": weight}

    def flops(self, input: Spec) -> Size:
        each = math.prod(self.weights(input)["weight"])
        return product(input.sizes[1:]) * (2 * each)

    def _side(self, input: Spec, rows: dict[str, Row], index: int) -> Size:
        """The formula of torch.nn.ConvTranspose2d for one side."""
        kernel, stride, padding, extra, dilation = (row[index] for row in rows.values())
        if extra >= max(stride, dilation):
            input.fail(
                f"adds {extra} to one end, but only less than its Stride of {stride} or Dilation of {dilation} "
                "can be open. Set Output padding to 0.",
                code="G205",
                hints=(self._without("output_padding", rows),),
            )
        side = input.sizes[index + 1]
        made = (side - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1
        if isinstance(side, int) and isinstance(made, int) and (made < 1 or side < 1):
            name, _ = SIDES[self.letters[index + 1]]
            if side < 1:
                input.fail(f"needs at least one value along the {name}, but gets {input}.")
            input.fail(
                f"cuts off more than it makes of a {name} of {side}. Set Padding to 0.",
                code="G204",
                hints=(self._without("padding", rows),),
            )
        return made

    def _without(self, name: str, rows: dict[str, Row]) -> Hint:
        kind = self.info.params[name].kind
        value = 0 if kind == "int" else (0,) if kind == "ints" else (0,) * len(rows[name])
        return Hint("set", params=((name, value),))


@layer(
    "ConvTranspose1d",
    title="Transposed conv 1D",
    category="Convolution",
    also=("deconvolution", "upsample", "decoder", "conv1d", "upconvolution"),
)
class ConvTranspose1d(Transposed):
    """Makes a sequence longer with learned filters: (C, T) -> (out_channels, T').

    In decoders of sound and series, the way back from Conv 1D. A kernel of 4, stride 2 and padding 1 double the
    length. Source: torch.nn.ConvTranspose1d.
    """

    letters = SEQUENCE

    out_channels: int = param(32, ge=1, doc="How many channels the output has.")
    kernel_size: int = param(4, ge=1, unit="steps", doc="Length of each filter.")
    stride: int = param(2, ge=1, unit="steps", doc=STRIDE_DOC)
    padding: int = param(1, ge=0, unit="steps", doc=PADDING_DOC)
    output_padding: int = param(0, ge=0, unit="steps", doc=OUTPUT_DOC, advanced=True)
    groups: int = param(1, ge=1, doc=GROUPS_DOC, advanced=True)
    bias: bool = param(True, doc=BIAS_DOC, advanced=True)
    dilation: int = param(1, ge=1, unit="steps", doc=DILATION_DOC, advanced=True)

    def rows(self) -> dict[str, Row]:
        return {
            "kernel_size": (self.kernel_size,),
            "stride": (self.stride,),
            "padding": (self.padding,),
            "output_padding": (self.output_padding,),
            "dilation": (self.dilation,),
        }

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ConvTranspose1d(
            input.fixed(0, "the number of channels"), self.out_channels, self.kernel_size, self.stride,
            self.padding, self.output_padding, self.groups, self.bias, self.dilation,
        )  # fmt: skip


@layer(
    "ConvTranspose2d",
    title="Transposed conv 2D",
    category="Convolution",
    also=("deconvolution", "upsample", "decoder", "generator", "gan", "conv2d", "upconvolution"),
)
class ConvTranspose2d(Transposed):
    """Makes an image larger with learned filters: (C, H, W) -> (out_channels, H', W').

    In generators and decoders, the way back from Conv 2D. A 4x4 kernel, stride 2 and padding 1 double both
    sides. If the output shows a chequered pattern, try Upsample and Conv 2D instead.
    Source: torch.nn.ConvTranspose2d.
    """

    letters = IMAGE

    out_channels: int = param(32, ge=1, doc="How many channels the output has.")
    kernel_size: Pair = param((4, 4), ge=1, unit="px", doc="Height and width of each filter.")
    stride: Pair = param((2, 2), ge=1, unit="px", doc=STRIDE_DOC)
    padding: Pair = param((1, 1), ge=0, unit="px", doc=PADDING_DOC)
    output_padding: Pair = param((0, 0), ge=0, unit="px", doc=OUTPUT_DOC, advanced=True)
    groups: int = param(1, ge=1, doc=GROUPS_DOC, advanced=True)
    bias: bool = param(True, doc=BIAS_DOC, advanced=True)
    dilation: Pair = param((1, 1), ge=1, unit="px", doc=DILATION_DOC, advanced=True)

    def rows(self) -> dict[str, Row]:
        return {
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "padding": self.padding,
            "output_padding": self.output_padding,
            "dilation": self.dilation,
        }

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ConvTranspose2d(
            input.fixed(0, "the number of channels"), self.out_channels, self.kernel_size, self.stride,
            self.padding, self.output_padding, self.groups, self.bias, self.dilation,
        )  # fmt: skip


@layer(
    "ConvTranspose3d",
    title="Transposed conv 3D",
    category="Convolution",
    also=("deconvolution", "upsample", "decoder", "volume", "conv3d"),
)
class ConvTranspose3d(Transposed):
    """Makes a volume larger with learned filters: (C, D, H, W) -> (out_channels, D', H', W').

    In decoders of films and scans, the way back from Conv 3D. Source: torch.nn.ConvTranspose3d.
    """

    letters = VOLUME

    out_channels: int = param(16, ge=1, doc="How many channels the output has.")
    kernel_size: Row = param(
        (4,), ge=1, unit="px", doc="Depth, height and width of each filter, or one number for all."
    )
    stride: Row = param((2,), ge=1, unit="px", doc=STRIDE_DOC)
    padding: Row = param((1,), ge=0, unit="px", doc=PADDING_DOC)
    output_padding: Row = param((0,), ge=0, unit="px", doc=OUTPUT_DOC, advanced=True)
    groups: int = param(1, ge=1, doc=GROUPS_DOC, advanced=True)
    bias: bool = param(True, doc=BIAS_DOC, advanced=True)
    dilation: Row = param((1,), ge=1, unit="px", doc=DILATION_DOC, advanced=True)

    def rows(self) -> dict[str, Row]:
        return {
            "kernel_size": three(self.kernel_size, "kernel_size", (4,)),
            "stride": three(self.stride, "stride", (2,)),
            "padding": three(self.padding, "padding", (1,)),
            "output_padding": three(self.output_padding, "output_padding", (0,)),
            "dilation": three(self.dilation, "dilation", (1,)),
        }

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        kernel, stride, padding, extra, dilation = self.rows().values()
        return nn.ConvTranspose3d(
            input.fixed(0, "the number of channels"), self.out_channels, kernel, stride,  # type: ignore[arg-type]
            padding, extra, self.groups, self.bias, dilation,  # type: ignore[arg-type]
        )  # fmt: skip
