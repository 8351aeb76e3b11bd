"""What all poolings share: a window, or a size that is asked for."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from graphs.layer import Layer
from graphs.size import product
from graphs.spec import Hint, Spec
from graphs.window import Window, check_axes, words


class Pooling(Layer):
    """The base of pooling with a window: channels stay, sides shrink."""

    letters: ClassVar[tuple[str, ...]]

    @abstractmethod
    def window(self) -> Window:
        """The window as it slides."""

    def infer(self, input: Spec) -> Spec:
        """As many channels, and one place for each window."""
        window = self.window()
        for kernel, padding in zip(window.kernel, window.padding, strict=True):
            if padding > kernel // 2:
                halves = tuple(
                    min(p, k // 2) for p, k in zip(window.padding, window.kernel, strict=True)
                )
                input.fail(
                    f"may add at most half its kernel ({words(window.kernel)}) as padding, but adds "
                    f"{words(window.padding)}. Set Padding to {words(halves)}.",
                    code="G205",
                    hints=(
                        Hint(
                            "set", params=(("padding", halves if len(halves) > 1 else halves[0]),)
                        ),
                    ),
                )
        sides = window.over(input, self.letters)
        return input.numbers().with_axes(input.sizes[0], *sides, letters=self.letters)


class AdaptivePooling(Layer):
    """The base of pooling to a given size: windows are chosen so that they cover the input evenly."""

    letters: ClassVar[tuple[str, ...]]
    output_size: tuple[int, ...] | int

    def infer(self, input: Spec) -> Spec:
        """As many channels, and the sides that are asked for."""
        check_axes(input, self.letters)
        check_not_empty(input)
        return input.numbers().with_axes(input.sizes[0], *self.sides(), letters=self.letters)

    def sides(self) -> tuple[int, ...]:
        """The sides of the output."""
        return self.output_size if isinstance(self.output_size, tuple) else (self.output_size,)


def check_not_empty(input: Spec) -> None:
    """Check that each channel holds something.

    Raises:
        Mismatch: it does not.
    """
    if product(input.sizes[1:]) == 0:
        input.fail(f"needs at least one value in each channel, but gets {input}.")
