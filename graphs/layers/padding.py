"""Padding: more places around an image or a sequence, filled in different ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from graphs.layer import Layer, layer
from graphs.param import param
from graphs.size import Size
from graphs.spec import Hint, Spec
from graphs.window import IMAGE, SEQUENCE, SIDES, check_axes

if TYPE_CHECKING:
    from torch import nn

ENDS = {IMAGE: "left, right, top and bottom", SEQUENCE: "start and end"}
IMAGE_DOC = "What is added left, right, top and bottom, or one number for all; below 0 cuts off."
POSITIVE_DOC = "What is added left, right, top and bottom, or one number for all."
SEQUENCE_DOC = "What is added at the start and at the end, or one number for both."


class Padding(Layer):
    """The base of paddings: `ends` holds two numbers for each side, the last side first, as torch orders them."""

    letters: ClassVar[tuple[str, ...]]
    fills_with: ClassVar[Literal["constant", "reflect", "replicate", "circular"]]
    padding: tuple[int, ...]

    def infer(self, input: Spec) -> Spec:
        check_axes(input, self.letters)
        ends = self.ends(input)
        sides: list[Size] = []
        for index, side in enumerate(input.sizes[1:]):
            before, after = ends[-2 * index - 2], ends[-2 * index - 1]
            name, _ = SIDES[self.letters[index + 1]]
            most = self._most(side)
            if most is not None and max(before, after) > most:
                input.fail(
                    f"can add at most {most} places to a {name} of {side} ({self.fills_with}), but adds "
                    f"{max(before, after)}. Set Padding to 0.",
                    code="G205",
                    hints=(self._none(),),
                )
            wide = side + before + after
            if isinstance(wide, int) and wide < 1:
                input.fail(
                    f"cuts off {-before - after} of a {name} of {side}, so that nothing is left. Set Padding to 0.",
                    code="G204",
                    hints=(self._none(),),
                )
            sides.append(wide)
        return input.numbers().with_axes(input.sizes[0], *sides, letters=self.letters)

    def ends(self, input: Spec) -> tuple[int, ...]:
        """What is added at each end: left, right, top, bottom; or start, end.

        Raises:
            Mismatch: there is another count of numbers.
        """
        count = 2 * (len(self.letters) - 1)
        if len(self.padding) == 1:
            return self.padding * count
        if len(self.padding) != count:
            input.fail(
                f"needs one number as its Padding, or {count} ({ENDS[self.letters]}), but has {len(self.padding)}.",
                code="G205",
                hints=(self._none(),),
            )
        return self.padding

    def _most(self, side: Size) -> int | None:
        """How many places the values of a side can fill; None for any number."""
        if self.fills_with == "constant" or not isinstance(side, int):
            return None
        if self.fills_with == "replicate":
            return None if side else 0
        return max(side - 1, 0) if self.fills_with == "reflect" else side

    def _none(self) -> Hint:
        return Hint("set", params=(("padding", (0,)),))


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
