"""Pooling: a summary of each neighbourhood. Axes per sample: C channels, then T steps, or H by W pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.code import Code, expression
from graphs.layer import Layer, layer
from graphs.param import Pair, param
from graphs.pooled import AdaptivePooling, Pooling, check_not_empty
from graphs.spec import Spec
from graphs.window import IMAGE, SEQUENCE, Window

if TYPE_CHECKING:
    from torch import nn

CEIL_DOC = "Whether a window that only partly fits at the end still counts."


@layer(
    "MaxPool2d",
    title="Max pool 2D",
    category="Pooling",
    also=("maxpool", "downsample", "subsampling", "maxpool2d"),
    follows={"Convolution": 3, "Activation": 3},
)
class MaxPool2d(Pooling):
    """Keeps the largest value of each window of an image: (C, H, W) -> (C, H', W').

    The usual way to shrink an image between convolutions: a 2x2 window halves both sides and makes the
    network care less about exact places. Source: torch.nn.MaxPool2d.
    """

    letters = IMAGE

    kernel_size: Pair = param((2, 2), ge=1, unit="px", doc="Height and width of the window.")
    stride: Pair | None = param(
        None, ge=1, unit="px", doc="Step between windows; none means the window's size."
    )
    padding: Pair = param((0, 0), ge=0, unit="px", doc="What is added on each side; it never wins.")
    dilation: Pair = param(
        (1, 1), ge=1, unit="px", doc="Distance between the points of a window.", advanced=True
    )
    ceil_mode: bool = param(False, doc=CEIL_DOC, advanced=True)

    def window(self) -> Window:
        return Window(
            self.kernel_size,
            self.stride or self.kernel_size,
            self.padding,
            self.dilation,
            self.ceil_mode,
        )

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.MaxPool2d(
            self.kernel_size, self.stride, self.padding, self.dilation, ceil_mode=self.ceil_mode
        )


@layer(
    "MaxPool1d",
    title="Max pool 1D",
    category="Pooling",
    also=("maxpool", "downsample", "maxpool1d"),
    follows={"Convolution": 3, "Activation": 3},
)
class MaxPool1d(Pooling):
    """Keeps the largest value of each window of a sequence: (C, T) -> (C, T').

    Shrinks a sequence between convolutions. Source: torch.nn.MaxPool1d.
    """

    letters = SEQUENCE

    kernel_size: int = param(2, ge=1, unit="steps", doc="Length of the window.")
    stride: int | None = param(
        None, ge=1, unit="steps", doc="Step between windows; none means the window's length."
    )
    padding: int = param(0, ge=0, unit="steps", doc="What is added at each end; it never wins.")
    dilation: int = param(
        1, ge=1, unit="steps", doc="Distance between the points of a window.", advanced=True
    )
    ceil_mode: bool = param(False, doc=CEIL_DOC, advanced=True)

    def window(self) -> Window:
        stride = self.stride or self.kernel_size
        return Window(
            (self.kernel_size,), (stride,), (self.padding,), (self.dilation,), self.ceil_mode
        )

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.MaxPool1d(
            self.kernel_size, self.stride, self.padding, self.dilation, ceil_mode=self.ceil_mode
        )


@layer(
    "AvgPool2d",
    title="Average pool 2D",
    category="Pooling",
    also=("avgpool", "mean", "downsample", "avgpool2d"),
)
class AvgPool2d(Pooling):
    """Takes the mean of each window of an image: (C, H, W) -> (C, H', W').

    Shrinks an image more gently than max pooling; LeNet-5 uses it. Source: torch.nn.AvgPool2d.
    """

    letters = IMAGE

    kernel_size: Pair = param((2, 2), ge=1, unit="px", doc="Height and width of the window.")
    stride: Pair | None = param(
        None, ge=1, unit="px", doc="Step between windows; none means the window's size."
    )
    padding: Pair = param((0, 0), ge=0, unit="px", doc="Zeros added on each side.")
    ceil_mode: bool = param(False, doc=CEIL_DOC, advanced=True)
    count_include_pad: bool = param(
        True, doc="Whether the zeros of the padding count in the mean.", advanced=True
    )

    def window(self) -> Window:
        return Window(
            self.kernel_size, self.stride or self.kernel_size, self.padding, (1, 1), self.ceil_mode
        )

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.AvgPool2d(
            self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad
        )


@layer(
    "AvgPool1d",
    title="Average pool 1D",
    category="Pooling",
    also=("avgpool", "mean", "smooth", "avgpool1d"),
)
class AvgPool1d(Pooling):
    """Takes the mean of each window of a sequence: (C, T) -> (C, T').

    Smooths and shrinks a sequence. Source: torch.nn.AvgPool1d.
    """

    letters = SEQUENCE

    kernel_size: int = param(2, ge=1, unit="steps", doc="Length of the window.")
    stride: int | None = param(
        None, ge=1, unit="steps", doc="Step between windows; none means the window's length."
    )
    padding: int = param(0, ge=0, unit="steps", doc="Zeros added at each end.")
    ceil_mode: bool = param(False, doc=CEIL_DOC, advanced=True)
    count_include_pad: bool = param(
        True, doc="Whether the zeros of the padding count in the mean.", advanced=True
    )

    def window(self) -> Window:
        stride = self.stride or self.kernel_size
        return Window((self.kernel_size,), (stride,), (self.padding,), (1,), self.ceil_mode)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.AvgPool1d(
            self.kernel_size,
            self.stride or self.kernel_size,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
        )


ADAPTIVE_2D = "Height and width of the output, whatever the input's are."


@layer(
    "AdaptiveAvgPool2d",
    title="Adaptive average pool 2D",
    category="Pooling",
    also=("global pooling", "resize", "any size", "avgpool"),
)
class AdaptiveAvgPool2d(AdaptivePooling):
    """Shrinks an image of any size to a given one by taking means: (C, H, W) -> (C, *output_size).

    Before the Linear layers of a network that shall take images of several sizes.
    Source: torch.nn.AdaptiveAvgPool2d.
    """

    letters = IMAGE

    output_size: Pair = param((1, 1), ge=1, unit="px", doc=ADAPTIVE_2D)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.AdaptiveAvgPool2d(self.output_size)


@layer(
    "AdaptiveMaxPool2d",
    title="Adaptive max pool 2D",
    category="Pooling",
    also=("global pooling", "resize", "any size", "maxpool"),
)
class AdaptiveMaxPool2d(AdaptivePooling):
    """Shrinks an image of any size to a given one by keeping the largest values: (C, H, W) -> (C, *output_size).

    As the adaptive average pool, where it matters whether something occurs and not how often.
    Source: torch.nn.AdaptiveMaxPool2d.
    """

    letters = IMAGE

    output_size: Pair = param((1, 1), ge=1, unit="px", doc=ADAPTIVE_2D)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.AdaptiveMaxPool2d(self.output_size)


@layer(
    "AdaptiveAvgPool1d",
    title="Adaptive average pool 1D",
    category="Pooling",
    also=("global pooling", "any length", "avgpool"),
)
class AdaptiveAvgPool1d(AdaptivePooling):
    """Shrinks a sequence of any length to a given one by taking means: (C, T) -> (C, output_size).

    Before the Linear layers of a network that shall take sequences of several lengths.
    Source: torch.nn.AdaptiveAvgPool1d.
    """

    letters = SEQUENCE

    output_size: int = param(
        1, ge=1, unit="steps", doc="Length of the output, whatever the input's is."
    )

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.AdaptiveAvgPool1d(self.output_size)


@layer(
    "AdaptiveMaxPool1d",
    title="Adaptive max pool 1D",
    category="Pooling",
    also=("global pooling", "any length", "maxpool"),
)
class AdaptiveMaxPool1d(AdaptivePooling):
    """Shrinks a sequence of any length to a given one by keeping the largest values: (C, T) -> (C, output_size).

    As the adaptive average pool, where it matters whether something occurs and not how often.
    Source: torch.nn.AdaptiveMaxPool1d.
    """

    letters = SEQUENCE

    output_size: int = param(
        1, ge=1, unit="steps", doc="Length of the output, whatever the input's is."
    )

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.AdaptiveMaxPool1d(self.output_size)


@layer(
    "GlobalAveragePool",
    title="Global average pool",
    category="Pooling",
    also=("gap", "global pooling", "mean", "avgpool", "squeeze"),
)
class GlobalAveragePool(Layer):
    """Takes the mean of each channel over all its places: (C, H, W) -> (C), or (C, T) -> (C).

    Ends the convolutions of modern image networks, with no weights and for any size of image.
    Source: Lin et al. 2013; torch.mean.
    """

    def infer(self, input: Spec) -> Spec:
        return _one_each(input)

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.pooling import GlobalAveragePool as Module

        return Module()

    def code(self, input: Spec) -> Code:
        return expression("{input}.flatten(2).mean(-1)")


@layer(
    "GlobalMaxPool",
    title="Global max pool",
    category="Pooling",
    also=("global pooling", "maximum", "maxpool", "squeeze"),
)
class GlobalMaxPool(Layer):
    """Keeps the largest value of each channel over all its places: (C, H, W) -> (C), or (C, T) -> (C).

    Ends the convolutions where it matters whether something occurs anywhere, as in text classification.
    Source: Kim 2014; torch.amax.
    """

    def infer(self, input: Spec) -> Spec:
        return _one_each(input)

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.pooling import GlobalMaxPool as Module

        return Module()

    def code(self, input: Spec) -> Code:
        return expression("{input}.flatten(2).amax(-1)")


def _one_each(input: Spec) -> Spec:
    input.expect_float()
    if input.rank < 2:
        input.fail(
            f"needs channels and at least one more axis, (C, H, W) or (C, T), but gets {input} per sample."
        )
    check_not_empty(input)
    return input.numbers().with_axes(input.sizes[0], letters=("E",))
