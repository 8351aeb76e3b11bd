"""Padding of images: more places around them, filled in different ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.layer import layer
from graphs.padded import IMAGE_DOC, POSITIVE_DOC, Padding
from graphs.param import param
from graphs.spec import Spec
from graphs.window import IMAGE

if TYPE_CHECKING:
    from torch import nn


@layer(
    "ZeroPad2d",
    title="Zero pad 2D",
    category="Convolution",
    also=("padding", "border", "margin", "crop"),
)
class ZeroPad2d(Padding):
    """Puts zeros around an image: (C, H, W) -> (C, H', W').

    Where the sides need different padding, which Conv 2D itself cannot give. Source: torch.nn.ZeroPad2d.
    """

    letters = IMAGE
    fills_with = "constant"

    padding: tuple[int, ...] = param((1,), doc=IMAGE_DOC)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ZeroPad2d(self.ends(input))  # type: ignore[arg-type]


@layer(
    "ConstantPad2d",
    title="Constant pad 2D",
    category="Convolution",
    also=("padding", "border", "margin"),
)
class ConstantPad2d(Padding):
    """Puts one value around an image: (C, H, W) -> (C, H', W').

    Where 0 means something else than nothing, such as a mean grey. Source: torch.nn.ConstantPad2d.
    """

    letters = IMAGE
    fills_with = "constant"

    padding: tuple[int, ...] = param((1,), doc=IMAGE_DOC)
    value: float = param(0.0, doc="The value that is put there.")

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ConstantPad2d(self.ends(input), self.value)  # type: ignore[arg-type]


@layer(
    "ReflectionPad2d",
    title="Reflection pad 2D",
    category="Convolution",
    also=("padding", "mirror", "border"),
)
class ReflectionPad2d(Padding):
    """Mirrors an image at its edges: (C, H, W) -> (C, H', W').

    Leaves no dark frame: usual in style transfer and image translation. Source: torch.nn.ReflectionPad2d.
    """

    letters = IMAGE
    fills_with = "reflect"

    padding: tuple[int, ...] = param((1,), ge=0, doc=POSITIVE_DOC)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ReflectionPad2d(self.ends(input))  # type: ignore[arg-type]


@layer(
    "ReplicationPad2d",
    title="Replication pad 2D",
    category="Convolution",
    also=("padding", "edge", "border"),
)
class ReplicationPad2d(Padding):
    """Repeats the edge of an image outwards: (C, H, W) -> (C, H', W').

    Leaves no dark frame, however wide it is. Source: torch.nn.ReplicationPad2d.
    """

    letters = IMAGE
    fills_with = "replicate"

    padding: tuple[int, ...] = param((1,), ge=0, doc=POSITIVE_DOC)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ReplicationPad2d(self.ends(input))  # type: ignore[arg-type]


@layer(
    "CircularPad2d",
    title="Circular pad 2D",
    category="Convolution",
    also=("padding", "wrap", "periodic", "border"),
)
class CircularPad2d(Padding):
    """Continues an image with its opposite edge: (C, H, W) -> (C, H', W').

    For maps of the globe and other things without an end. Source: torch.nn.CircularPad2d.
    """

    letters = IMAGE
    fills_with = "circular"

    padding: tuple[int, ...] = param((1,), ge=0, doc=POSITIVE_DOC)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.CircularPad2d(self.ends(input))  # type: ignore[arg-type]
