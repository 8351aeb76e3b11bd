"""Padding of sequences: more steps before and after them, filled in different ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.layer import layer
from graphs.padded import SEQUENCE_DOC, Padding
from graphs.param import param
from graphs.spec import Spec
from graphs.window import SEQUENCE

if TYPE_CHECKING:
    from torch import nn


@layer(
    "ConstantPad1d",
    title="Constant pad 1D",
    category="Convolution",
    also=("padding", "zeros", "causal"),
)
class ConstantPad1d(Padding):
    """Puts one value before and after a sequence: (C, T) -> (C, T').

    With as many at the start as the kernel is long, less one, and none at the end, the Conv 1D behind it is
    causal: it sees no later step. Source: torch.nn.ConstantPad1d.
    """

    letters = SEQUENCE
    fills_with = "constant"

    padding: tuple[int, ...] = param((2, 0), doc=SEQUENCE_DOC + " Below 0 cuts off.")
    value: float = param(0.0, doc="The value that is put there.")

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ConstantPad1d(self.ends(input), self.value)  # type: ignore[arg-type]


@layer(
    "ReflectionPad1d", title="Reflection pad 1D", category="Convolution", also=("padding", "mirror")
)
class ReflectionPad1d(Padding):
    """Mirrors a sequence at its ends: (C, T) -> (C, T').

    For sound and measurements, which rarely begin and end with 0. Source: torch.nn.ReflectionPad1d.
    """

    letters = SEQUENCE
    fills_with = "reflect"

    padding: tuple[int, ...] = param((1,), ge=0, doc=SEQUENCE_DOC)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ReflectionPad1d(self.ends(input))  # type: ignore[arg-type]


@layer("ZeroPad1d", title="Zero pad 1D", category="Convolution", also=("padding", "margin", "crop"))
class ZeroPad1d(Padding):
    """Puts zeros before and after a sequence: (C, T) -> (C, T').

    Where start and end need different padding, which Conv 1D itself cannot give. Source: torch.nn.ZeroPad1d.
    """

    letters = SEQUENCE
    fills_with = "constant"

    padding: tuple[int, ...] = param((1,), doc=SEQUENCE_DOC + " Below 0 cuts off.")

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ZeroPad1d(self.ends(input))  # type: ignore[arg-type]


@layer(
    "ReplicationPad1d",
    title="Replication pad 1D",
    category="Convolution",
    also=("padding", "repeat the edge", "edge"),
)
class ReplicationPad1d(Padding):
    """Repeats the first and the last step of a sequence: (C, T) -> (C, T').

    For measurements that change slowly: no jump at the ends. Source: torch.nn.ReplicationPad1d.
    """

    letters = SEQUENCE
    fills_with = "replicate"

    padding: tuple[int, ...] = param((1,), ge=0, doc=SEQUENCE_DOC)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.ReplicationPad1d(self.ends(input))  # type: ignore[arg-type]


@layer(
    "CircularPad1d",
    title="Circular pad 1D",
    category="Convolution",
    also=("padding", "wrap around", "periodic"),
)
class CircularPad1d(Padding):
    """Goes on at one end of a sequence with the values of the other: (C, T) -> (C, T').

    For what repeats, such as the hours of a day or the directions of the wind. Source: torch.nn.CircularPad1d.
    """

    letters = SEQUENCE
    fills_with = "circular"

    padding: tuple[int, ...] = param((1,), ge=0, doc=SEQUENCE_DOC)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.CircularPad1d(self.ends(input))  # type: ignore[arg-type]
