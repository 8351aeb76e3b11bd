"""Convolutions. Axes per sample: C channels, then T steps, H by W pixels, or D by H by W."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from graphs.convolved import BIAS_DOC, DILATION_DOC, GROUPS_DOC, channels_in_groups
from graphs.layer import Layer, Shape, layer
from graphs.param import Pair, param
from graphs.size import Size
from graphs.spec import Hint, Spec
from graphs.window import IMAGE, SEQUENCE, VOLUME, Window, three

if TYPE_CHECKING:
    from torch import nn

PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]
WRAPS_AT_MOST = {"reflect": 1, "circular": 0}
"""How much smaller than a side the padding must be, because it repeats that side's own values."""


class Convolution(Layer):
    """The base of convolutions: learned filters slide over the sides of the input, across all channels."""

    letters: ClassVar[tuple[str, ...]]
    out_channels: int
    groups: int
    bias: bool
    padding_mode: PaddingMode

    @abstractmethod
    def window(self) -> Window:
        """The filter as it slides."""

    def infer(self, input: Spec) -> Spec:
        window = self.window()
        sides = window.over(input, self.letters)
        channels_in_groups(input, self.out_channels, self.groups)
        if self.padding_mode in WRAPS_AT_MOST:
            for side, padding in zip(input.sizes[1:], window.padding, strict=True):
                if isinstance(side, int) and padding > side - WRAPS_AT_MOST[self.padding_mode]:
                    input.fail(
                        f"cannot fill {padding} places of padding with the values of a side of {side} "
                        f"({self.padding_mode}). Set the padding mode to zeros.",
                        code="G205",
                        hints=(Hint("set", params=(("padding_mode", "zeros"),)),),
                    )
        return input.numbers().with_axes(self.out_channels, *sides, letters=self.letters)

    def weights(self, input: Spec) -> Mapping[str, Shape]:
        channels = input.fixed(0, "the number of channels")
        weight = (self.out_channels, channels // self.groups, *self.window().kernel)
        return {"weight": weight, "bias": (self.out_channels,)} if self.bias else {"weight": weight}

    def flops(self, input: Spec) -> Size:
        places = self.infer(input).count
        each = math.prod(self.weights(input)["weight"][1:])
        return places * (2 * each)


@layer(
    "Conv2d",
    title="Conv 2D",
    category="Convolution",
    also=("convolution", "filter", "cnn", "kernel", "conv2d"),
    follows={
        "Data": 2,
        "Convolution": 4,
        "Pooling": 1,
        "Normalization": 4,
        "Activation": 2,
        "Dropout": 2,
        "Shape": 2,
        "Merge": 3,
    },
)
class Conv2d(Convolution):
    """Slides learned filters over an image: (C, H, W) -> (out_channels, H', W').

    Finds the same pattern wherever it stands, with few weights: the first choice for images. A 3x3 filter
    with padding 1 keeps the size; a stride of 2 halves it. Source: LeCun et al. 1989; torch.nn.Conv2d.
    """

    letters = IMAGE

    out_channels: int = param(32, ge=1, doc="How many filters, and so channels of the output.")
    kernel_size: Pair = param((3, 3), ge=1, unit="px", doc="Height and width of each filter.")
    stride: Pair = param((1, 1), ge=1, unit="px", doc="Step between filter positions.")
    padding: Pair = param((0, 0), ge=0, unit="px", doc="What is added on each side.")
    dilation: Pair = param((1, 1), ge=1, unit="px", doc=DILATION_DOC, advanced=True)
    groups: int = param(
        1,
        ge=1,
        doc=GROUPS_DOC,
        advanced=True,
    )
    bias: bool = param(True, doc=BIAS_DOC, advanced=True)
    padding_mode: PaddingMode = param(
        "zeros",
        doc="What the padding is filled with: zeros, or the image's own values.",
        advanced=True,
    )

    def window(self) -> Window:
        return Window(self.kernel_size, self.stride, self.padding, self.dilation)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Conv2d(
            input.fixed(0, "the number of channels"), self.out_channels, self.kernel_size, self.stride,
            self.padding, self.dilation, self.groups, self.bias, self.padding_mode,
        )  # fmt: skip


@layer(
    "Conv1d",
    title="Conv 1D",
    category="Convolution",
    also=("convolution", "filter", "temporal", "series", "conv1d"),
    follows={
        "Data": 2,
        "Convolution": 4,
        "Pooling": 1,
        "Normalization": 4,
        "Activation": 2,
        "Dropout": 2,
        "Shape": 2,
        "Merge": 3,
    },
)
class Conv1d(Convolution):
    """Slides learned filters along a sequence: (C, T) -> (out_channels, T').

    For sound, measurements and text where a pattern may occur at any time. Channels come first: after a
    sequence (T, E), put a Permute in between. Source: torch.nn.Conv1d.
    """

    letters = SEQUENCE

    out_channels: int = param(32, ge=1, doc="How many filters, and so channels of the output.")
    kernel_size: int = param(3, ge=1, unit="steps", doc="Length of each filter.")
    stride: int = param(1, ge=1, unit="steps", doc="Step between filter positions.")
    padding: int = param(0, ge=0, unit="steps", doc="What is added at each end.")
    dilation: int = param(1, ge=1, unit="steps", doc=DILATION_DOC, advanced=True)
    groups: int = param(
        1,
        ge=1,
        doc=GROUPS_DOC,
        advanced=True,
    )
    bias: bool = param(True, doc=BIAS_DOC, advanced=True)
    padding_mode: PaddingMode = param(
        "zeros",
        doc="What the padding is filled with: zeros, or the sequence's own values.",
        advanced=True,
    )

    def window(self) -> Window:
        return Window((self.kernel_size,), (self.stride,), (self.padding,), (self.dilation,))

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Conv1d(
            input.fixed(0, "the number of channels"), self.out_channels, self.kernel_size, self.stride,
            self.padding, self.dilation, self.groups, self.bias, self.padding_mode,
        )  # fmt: skip


@layer(
    "Conv3d",
    title="Conv 3D",
    category="Convolution",
    also=("convolution", "filter", "volume", "video", "medical", "conv3d"),
    follows={
        "Data": 2,
        "Convolution": 4,
        "Pooling": 1,
        "Normalization": 4,
        "Activation": 2,
        "Dropout": 2,
        "Shape": 2,
        "Merge": 3,
    },
)
class Conv3d(Convolution):
    """Slides learned filters through a volume: (C, D, H, W) -> (out_channels, D', H', W').

    For films (depth is time) and scans of bodies. It has many weights and takes long: begin with few channels.
    Source: Tran et al. 2015; torch.nn.Conv3d.
    """

    letters = VOLUME

    out_channels: int = param(16, ge=1, doc="How many filters, and so channels of the output.")
    kernel_size: tuple[int, ...] = param(
        (3,), ge=1, unit="px", doc="Depth, height and width of each filter, or one number for all."
    )
    stride: tuple[int, ...] = param(
        (1,), ge=1, unit="px", doc="Step between filter positions, one number or three."
    )
    padding: tuple[int, ...] = param(
        (0,), ge=0, unit="px", doc="What is added on each side, one number or three."
    )
    dilation: tuple[int, ...] = param((1,), ge=1, unit="px", doc=DILATION_DOC, advanced=True)
    groups: int = param(
        1,
        ge=1,
        doc=GROUPS_DOC,
        advanced=True,
    )
    bias: bool = param(True, doc=BIAS_DOC, advanced=True)
    padding_mode: PaddingMode = param(
        "zeros",
        doc="What the padding is filled with: zeros, or the volume's own values.",
        advanced=True,
    )

    def window(self) -> Window:
        return Window(
            three(self.kernel_size, "kernel_size", (3,)),
            three(self.stride, "stride", (1,)),
            three(self.padding, "padding", (0,)),
            three(self.dilation, "dilation", (1,)),
        )

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        window = self.window()
        return nn.Conv3d(
            input.fixed(0, "the number of channels"), self.out_channels, window.kernel, window.stride,  # type: ignore[arg-type]
            window.padding, window.dilation, self.groups, self.bias, self.padding_mode,  # type: ignore[arg-type]
        )  # fmt: skip
