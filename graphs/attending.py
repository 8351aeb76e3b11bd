"""What attention asks of its inputs: sequences, masks, and heads that divide the features."""

from __future__ import annotations

from graphs.size import Size
from graphs.spec import Spec, counted

MOST_HEADS = 256
"""Where the search for a number that fits begins at the latest."""

CAUSAL_DOC = (
    "Whether a step may look only at itself and earlier ones, as when the next word is foretold."
)


def check_sequence(input: Spec) -> None:
    """Check that an input is a sequence of numbers with at least one step.

    Raises:
        Mismatch: it is not.
    """
    input.expect_float().axes("T", "E", of="a sequence")
    if input.sizes[0] == 0:
        input.fail("needs at least one step, but gets an empty sequence.")


def check_mask(mask: Spec | None, steps: Size) -> None:
    """Check that a mask, where there is one, has a place for each step.

    Raises:
        Mismatch: it has not, or is no mask.
    """
    if mask is None:
        return
    if mask.dtype != "bool":
        mask.fail(f"needs a mask that says where not to look, but gets {mask.words}.", code="G202")
    if mask.sizes != (steps,):
        mask.fail(
            f"needs a mask with one place for each of {counted(steps, 'step')}, but gets one of {mask}."
        )


def fitting_heads(features: int, wanted: int) -> int:
    """The largest sensible number of heads up to the wanted one that divides the features."""
    heads = min(wanted, features, MOST_HEADS)
    while features % heads:
        heads -= 1
    return heads
