"""Padding of volumes: more places around films and scans, filled in different ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.layer import layer
from graphs.padded import VOLUME_DOC, Padding
from graphs.param import param
from graphs.spec import Spec
from graphs.window import VOLUME

if TYPE_CHECKING:
    from torch import nn


@layer(
    "ZeroPad3d",
    title="Zero pad 3D",
    category="Convolution",
    also=("padding", "border", "margin", "volume"),
)
class ZeroPad3d(Padding):
    """Puts zeros around a volume: (C, D, H, W) -> (C, D', H', W').

    Where the sides need different padding, which Conv 3D itself cannot give. Source: torch.nn.ZeroPad3d.
    """

    letters = VOLUME
    fills_with = "constant"

    padding: tuple[int, ...] = param((1,), doc=VOLUME_DOC + " Below 0 cuts off.")

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ZeroPad3d(self.ends(input))  # type: ignore[arg-type]


@layer(
    "ConstantPad3d",
    title="Constant pad 3D",
    category="Convolution",
    also=("padding", "border", "margin", "volume"),
)
class ConstantPad3d(Padding):
    """Puts one value around a volume: (C, D, H, W) -> (C, D', H', W').

    For scans whose background is not 0. Source: torch.nn.ConstantPad3d.
    """

    letters = VOLUME
    fills_with = "constant"

    padding: tuple[int, ...] = param((1,), doc=VOLUME_DOC + " Below 0 cuts off.")
    value: float = param(0.0, doc="The value that is put there.")

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ConstantPad3d(self.ends(input), self.value)  # type: ignore[arg-type]


@layer(
    "ReflectionPad3d",
    title="Reflection pad 3D",
    category="Convolution",
    also=("padding", "mirror", "volume"),
)
class ReflectionPad3d(Padding):
    """Mirrors a volume at its faces: (C, D, H, W) -> (C, D', H', W').

    Less of an edge than zeros make. Source: torch.nn.ReflectionPad3d.
    """

    letters = VOLUME
    fills_with = "reflect"

    padding: tuple[int, ...] = param((1,), ge=0, doc=VOLUME_DOC)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ReflectionPad3d(self.ends(input))  # type: ignore[arg-type]


@layer(
    "ReplicationPad3d",
    title="Replication pad 3D",
    category="Convolution",
    also=("padding", "repeat the edge", "edge", "volume"),
)
class ReplicationPad3d(Padding):
    """Repeats the outermost values of a volume: (C, D, H, W) -> (C, D', H', W').

    In films, the first and the last picture stand still for a while. Source: torch.nn.ReplicationPad3d.
    """

    letters = VOLUME
    fills_with = "replicate"

    padding: tuple[int, ...] = param((1,), ge=0, doc=VOLUME_DOC)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ReplicationPad3d(self.ends(input))  # type: ignore[arg-type]


@layer(
    "CircularPad3d",
    title="Circular pad 3D",
    category="Convolution",
    also=("padding", "wrap around", "periodic", "volume"),
)
class CircularPad3d(Padding):
    """Goes on at one face of a volume with the values of the other: (C, D, H, W) -> (C, D', H', W').

    For what repeats in space, such as crystals. Source: torch.nn.CircularPad3d.
    """

    letters = VOLUME
    fills_with = "circular"

    padding: tuple[int, ...] = param((1,), ge=0, doc=VOLUME_DOC)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.CircularPad3d(self.ends(input))  # type: ignore[arg-type]
