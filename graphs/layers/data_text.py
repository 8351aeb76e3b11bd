"""Text as data, character by character. Axes per sample: T tokens."""

from __future__ import annotations

from collections.abc import Mapping

from graphs.layer import DataLayer, layer
from graphs.param import param
from graphs.spec import Axis, Hint, Mismatch, Spec, counted

BUILT_IN = tuple("\n ,.?abcdefghiklmnoprstuvwxy")
"""The characters of the built-in tales, in order."""

FEWEST_WINDOWS = 10


@layer(
    "CharacterText",
    title="Characters of a text",
    category="Data",
    also=("language model", "gpt", "tokens", "next character", "letters", "writing", "dataset"),
    role="data",
)
class CharacterText(DataLayer):
    """A text cut into windows: text (length) tokens, and target (length), the character that follows each.

    For language models: at every place, foretell the next character. The tokens are the different characters of the
    text in order. Without a text of your own it tells small tales, without end, that a program makes up. The last
    part of the text is for the test.
    """

    text: str = param("", doc="The text to learn from; an empty one takes the built-in tales.")
    length: int = param(
        64, ge=1, le=10_000, unit="characters", doc="How many characters a sample has."
    )
    samples: int = param(
        1000, ge=10, le=100_000, doc="How many samples of the built-in tales are made."
    )
    seed: int = param(0, ge=0, doc="The same number makes the same tales.")
    shuffle: bool = param(
        False,
        doc="Whether samples are mixed before they are divided; the test then has neighbours in the training.",
        advanced=True,
    )

    @property
    def characters(self) -> tuple[str, ...]:
        """What each token stands for, in order."""
        return tuple(sorted(set(self.text))) if self.text else BUILT_IN

    def columns(self) -> Mapping[str, Spec]:
        known = self.characters
        row = Spec((Axis("T", self.length),), "int64", "token", len(known), names=known)
        return {"text": row, "target": row}

    def infer(self) -> tuple[Spec, ...]:
        wanted = FEWEST_WINDOWS * self.length + 1
        fits = (len(self.text) - 1) // FEWEST_WINDOWS
        if self.text and len(self.text) < wanted:
            raise Mismatch(
                f"needs {counted(wanted, 'character')} or more for samples of {self.length}, but its text has "
                f"{len(self.text)}. Make Length smaller, or the text longer.",
                code="G207",
                hints=(Hint("set", params=(("length", fits),)),) if fits >= 1 else (),
            )
        if len(self.characters) < 2:
            raise Mismatch(
                "needs a text with at least two different characters, but there is only one in it.",
                code="G207",
            )
        return super().infer()
