"""Pooling of volumes. Axes per sample: C channels, then D by H by W."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.layer import layer
from graphs.param import param
from graphs.pooled import AdaptivePooling, Pooling
from graphs.spec import Hint, Spec
from graphs.window import VOLUME, Window, three, words

if TYPE_CHECKING:
    from torch import nn

KERNEL_DOC = "Depth, height and width of the window, or one number for all."
STRIDE_DOC = "Step between windows, one number or three; none means the window's size."
CEIL_DOC = "Whether a window that only partly fits at the end still counts."


@layer(
    "MaxPool3d",
    title="Max pool 3D",
    category="Pooling",
    also=("maxpool", "downsample", "volume", "video", "maxpool3d"),
    follows={"Convolution": 3, "Activation": 3},
)
class MaxPool3d(Pooling):
    """Keeps the largest value of each window of a volume: (C, D, H, W) -> (C, D', H', W').

    Shrinks films and scans between convolutions. Source: torch.nn.MaxPool3d.
    """

    letters = VOLUME

    kernel_size: tuple[int, ...] = param((2,), ge=1, unit="px", doc=KERNEL_DOC)
    stride: tuple[int, ...] | None = param(None, ge=1, unit="px", doc=STRIDE_DOC)
    padding: tuple[int, ...] = param(
        (0,), ge=0, unit="px", doc="What is added on each side; it never wins."
    )
    dilation: tuple[int, ...] = param(
        (1,), ge=1, unit="px", doc="Distance between the points of a window.", advanced=True
    )
    ceil_mode: bool = param(False, doc=CEIL_DOC, advanced=True)

    def window(self) -> Window:
        kernel = three(self.kernel_size, "kernel_size", (2,))
        return Window(
            kernel,
            kernel if self.stride is None else three(self.stride, "stride", (2,)),
            three(self.padding, "padding", (0,)),
            three(self.dilation, "dilation", (1,)),
            self.ceil_mode,
        )

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        window = self.window()
        return nn.MaxPool3d(
            window.kernel,
            window.stride,
            window.padding,
            window.dilation,
            ceil_mode=self.ceil_mode,
        )


@layer(
    "AvgPool3d",
    title="Average pool 3D",
    category="Pooling",
    also=("avgpool", "mean", "downsample", "volume", "avgpool3d"),
)
class AvgPool3d(Pooling):
    """Takes the mean of each window of a volume: (C, D, H, W) -> (C, D', H', W').

    Shrinks films and scans more gently than max pooling. Source: torch.nn.AvgPool3d.
    """

    letters = VOLUME

    kernel_size: tuple[int, ...] = param((2,), ge=1, unit="px", doc=KERNEL_DOC)
    stride: tuple[int, ...] | None = param(None, ge=1, unit="px", doc=STRIDE_DOC)
    padding: tuple[int, ...] = param((0,), ge=0, unit="px", doc="Zeros added on each side.")
    ceil_mode: bool = param(False, doc=CEIL_DOC, advanced=True)
    count_include_pad: bool = param(
        True, doc="Whether the zeros of the padding count in the mean.", advanced=True
    )

    def window(self) -> Window:
        kernel = three(self.kernel_size, "kernel_size", (2,))
        return Window(
            kernel,
            kernel if self.stride is None else three(self.stride, "stride", (2,)),
            three(self.padding, "padding", (0,)),
            (1, 1, 1),
            self.ceil_mode,
        )

    def infer(self, input: Spec) -> Spec:
        made = super().infer(input)
        kernel = self.window().kernel
        rows = zip(input.sizes[1:], kernel, strict=True)
        if any(isinstance(side, int) and side < size for side, size in rows):
            fits = tuple(
                min(side, size) if isinstance(side, int) else size
                for side, size in zip(input.sizes[1:], kernel, strict=True)
            )
            input.fail(
                f"takes means of windows of {words(kernel)}, which {input} does not fill even with padding. "
                f"Set Kernel size to {words(fits)}.",
                code="G204",
                hints=(Hint("set", params=(("kernel_size", fits), ("padding", (0,)))),),
            )
        return made

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        window = self.window()
        return nn.AvgPool3d(
            window.kernel,  # type: ignore[arg-type]
            window.stride,  # type: ignore[arg-type]
            window.padding,  # type: ignore[arg-type]
            self.ceil_mode,
            self.count_include_pad,
        )


@layer(
    "AdaptiveAvgPool3d",
    title="Adaptive average pool 3D",
    category="Pooling",
    also=("global pooling", "resize", "any size", "volume", "avgpool"),
)
class AdaptiveAvgPool3d(AdaptivePooling):
    """Shrinks a volume of any size to a given one by taking means: (C, D, H, W) -> (C, *output_size).

    Before the Linear layers of a network that shall take films or scans of several sizes.
    Source: torch.nn.AdaptiveAvgPool3d.
    """

    letters = VOLUME

    output_size: tuple[int, ...] = param(
        (1,), ge=1, unit="px", doc="Depth, height and width of the output, or one number for all."
    )

    def sides(self) -> tuple[int, ...]:
        return three(self.output_size, "output_size", (1,))

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.AdaptiveAvgPool3d(self.sides())


@layer(
    "AdaptiveMaxPool3d",
    title="Adaptive max pool 3D",
    category="Pooling",
    also=("global pooling", "resize", "any size", "volume", "maxpool"),
)
class AdaptiveMaxPool3d(AdaptivePooling):
    """Shrinks a volume of any size to a given one by taking maxima: (C, D, H, W) -> (C, *output_size).

    Where it counts whether something is there, in films or scans of several sizes.
    Source: torch.nn.AdaptiveMaxPool3d.
    """

    letters = VOLUME

    output_size: tuple[int, ...] = param(
        (1,), ge=1, unit="px", doc="Depth, height and width of the output, or one number for all."
    )

    def sides(self) -> tuple[int, ...]:
        return three(self.output_size, "output_size", (1,))

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.AdaptiveMaxPool3d(self.sides())
