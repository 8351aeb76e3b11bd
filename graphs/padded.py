"""What all paddings share: how many places are added at each end, and what may fill them."""

from __future__ import annotations

from typing import ClassVar, Literal

from graphs.layer import Layer
from graphs.size import Size
from graphs.spec import Hint, Spec
from graphs.window import IMAGE, SEQUENCE, SIDES, VOLUME, check_axes

ENDS = {
    IMAGE: "left, right, top and bottom",
    SEQUENCE: "start and end",
    VOLUME: "left, right, top, bottom, front and back",
}
IMAGE_DOC = "What is added left, right, top and bottom, or one number for all; below 0 cuts off."
POSITIVE_DOC = "What is added left, right, top and bottom, or one number for all."
SEQUENCE_DOC = "What is added at the start and at the end, or one number for both."
VOLUME_DOC = "What is added left, right, top, bottom, front and back, or one number for all."


class Padding(Layer):
    """The base of paddings: `ends` holds two numbers for each side, the last side first, as torch orders them."""

    letters: ClassVar[tuple[str, ...]]
    fills_with: ClassVar[Literal["constant", "reflect", "replicate", "circular"]]
    padding: tuple[int, ...]

    def infer(self, input: Spec) -> Spec:
        """As many channels, and sides longer by what is added."""
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
        """What is added at each end: left, right, top, bottom, front, back; or start, end.

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
