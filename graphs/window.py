"""Where a sliding window fits along the sides of an image or a sequence, for convolution and pooling."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from graphs.size import Size
from graphs.spec import Hint, Mismatch, Spec, counted

SIDES = {
    "D": ("depth", "px"),
    "H": ("height", "px"),
    "W": ("width", "px"),
    "T": ("length", "step"),
}
"""What the sides are called and counted in."""

IMAGE, SEQUENCE, VOLUME = ("C", "H", "W"), ("C", "T"), ("C", "D", "H", "W")
WORDS = {IMAGE: "an image", SEQUENCE: "a sequence with channels first", VOLUME: "a volume"}
THREE = 3


def three(values: tuple[int, ...], name: str, default: tuple[int, ...]) -> tuple[int, int, int]:
    """Depth, height and width of a setting `name` that may be one number for all of them.

    Raises:
        Mismatch: it has another count of numbers; `default` is the way out.
    """
    if len(values) == 1:
        return (values[0],) * 3
    if len(values) != THREE:
        title = name.replace("_", " ").capitalize()
        raise Mismatch(
            f"needs one or three numbers as its {title} (depth, height, width), but has {len(values)}.",
            code="G205",
            hints=(Hint("set", params=((name, default),)),),
        )
    return values[0], values[1], values[2]


@dataclass(frozen=True)
class Window:
    """A window of `kernel` places that moves by `stride`, with `padding` places added at each end of a side.

    Each holds one number per side, in order of the sides.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    ceil_mode: bool = False

    def over(self, input: Spec, letters: tuple[str, ...]) -> tuple[Size, ...]:
        """How many positions it takes along each side of an input (C, sides...).

        Source: the shape formulas of torch.nn.Conv2d and torch.nn.MaxPool2d.

        Raises:
            Mismatch: the input has other axes, or the window is larger than a side.
        """
        check_axes(input, letters)
        return tuple(self._along(input, index, letter) for index, letter in enumerate(letters[1:]))

    def _along(self, input: Spec, index: int, letter: str) -> Size:
        side = input.sizes[index + 1]
        kernel, stride, padding = self.kernel[index], self.stride[index], self.padding[index]
        reach = self.dilation[index] * (kernel - 1) + 1
        room = side + 2 * padding - reach
        if isinstance(room, int) and room < 0:
            name, unit = SIDES[letter]
            words_of = partial(counted, noun=unit, nouns="px" if unit == "px" else "")
            padded = f" and {words_of(2 * padding)} of padding" if padding else ""
            input.fail(
                f"needs at least {words_of(reach)} of {name} for its kernel, but gets {words_of(side)}{padded}. "
                "Make the kernel smaller or the padding larger.",
                code="G204",
                hints=self._hints(input),
            )
        if not self.ceil_mode:
            return room // stride + 1
        count = (room + (stride - 1)) // stride + 1
        if (
            stride <= reach - padding
        ):  # then the last window always starts inside the side or its left padding
            return count
        if not (isinstance(count, int) and isinstance(side, int)):
            input.fail(
                f"cannot round up a length of {side}, which changes from sample to sample. Turn Ceil mode off.",
                code="G205",
                hints=(Hint("set", params=(("ceil_mode", False),)),),
            )
        return count - 1 if (count - 1) * stride >= side + padding else count

    def _hints(self, input: Spec) -> tuple[Hint, ...]:
        sides = input.sizes[1:]
        rows = zip(sides, self.kernel, self.padding, self.dilation, strict=True)
        kernel = tuple(
            max(1, min(size, (side + 2 * pad - 1) // gap + 1)) if isinstance(side, int) else size
            for side, size, pad, gap in rows
        )
        return (Hint("set", params=(("kernel_size", kernel if len(kernel) > 1 else kernel[0]),)),)


def check_axes(input: Spec, letters: tuple[str, ...]) -> None:
    """Check that an input has channels and sides, in decimal numbers.

    Raises:
        Mismatch: it has other axes, or carries labels, tokens or a mask.
    """
    input.expect_float().axes(*letters, of=WORDS[letters])


def words(numbers: tuple[int, ...]) -> str:
    """Numbers of a window as people write them: 3x3."""
    return "x".join(map(str, numbers))
