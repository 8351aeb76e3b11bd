"""Power-average pooling, between the mean and the maximum. Axes per sample: C channels, then one side or more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.layer import layer
from graphs.param import Pair, param
from graphs.pooled import Pooling
from graphs.window import IMAGE, SEQUENCE, VOLUME, Window, three

if TYPE_CHECKING:
    from torch import nn

    from graphs.spec import Spec

NORM_DOC = (
    "The power: 1 gives the sum of each window, 2 the root of the sum of squares; the larger, "
    "the nearer to the maximum."
)


@layer(
    "LPPool1d",
    title="Power pool 1D",
    category="Pooling",
    also=("lp pooling", "norm pooling", "downsample", "lppool1d"),
)
class LPPool1d(Pooling):
    """Takes the norm of each window of a sequence: (C, T) -> (C, T').

    Between the average and the maximum, as the power says. Source: torch.nn.LPPool1d.
    """

    letters = SEQUENCE

    norm_type: int = param(2, ge=1, le=16, label="Power", doc=NORM_DOC)
    kernel_size: int = param(2, ge=1, unit="steps", doc="Length of the window.")
    stride: int | None = param(
        None, ge=1, unit="steps", doc="Step between windows; none means the window's length."
    )

    def window(self) -> Window:
        return Window((self.kernel_size,), (self.stride or self.kernel_size,), (0,), (1,))

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.LPPool1d(self.norm_type, self.kernel_size, self.stride)


@layer(
    "LPPool2d",
    title="Power pool 2D",
    category="Pooling",
    also=("lp pooling", "norm pooling", "downsample", "lppool2d"),
)
class LPPool2d(Pooling):
    """Takes the norm of each window of an image: (C, H, W) -> (C, H', W').

    Between the average and the maximum, as the power says. Source: Sermanet et al. 2012; torch.nn.LPPool2d.
    """

    letters = IMAGE

    norm_type: int = param(2, ge=1, le=16, label="Power", doc=NORM_DOC)
    kernel_size: Pair = param((2, 2), ge=1, unit="px", doc="Height and width of the window.")
    stride: Pair | None = param(
        None, ge=1, unit="px", doc="Step between windows; none means the window's size."
    )

    def window(self) -> Window:
        return Window(self.kernel_size, self.stride or self.kernel_size, (0, 0), (1, 1))

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.LPPool2d(self.norm_type, self.kernel_size, self.stride)


@layer(
    "LPPool3d",
    title="Power pool 3D",
    category="Pooling",
    also=("lp pooling", "norm pooling", "downsample", "volume", "lppool3d"),
)
class LPPool3d(Pooling):
    """Takes the norm of each window of a volume: (C, D, H, W) -> (C, D', H', W').

    Between the average and the maximum, as the power says. Source: torch.nn.LPPool3d.
    """

    letters = VOLUME

    norm_type: int = param(2, ge=1, le=16, label="Power", doc=NORM_DOC)
    kernel_size: tuple[int, ...] = param(
        (2,), ge=1, unit="px", doc="Depth, height and width of the window, or one number for all."
    )
    stride: tuple[int, ...] | None = param(
        None, ge=1, unit="px", doc="Step between windows; none means the window's size."
    )

    def window(self) -> Window:
        kernel = three(self.kernel_size, "kernel_size", (2,))
        stride = kernel if self.stride is None else three(self.stride, "stride", (2,))
        return Window(kernel, stride, (0, 0, 0), (1, 1, 1))

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        window = self.window()
        return nn.LPPool3d(self.norm_type, window.kernel, window.stride)
