"""What all convolutions share, plain and transposed: channels in groups, and the words for it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from graphs.spec import Hint

if TYPE_CHECKING:
    from graphs.spec import Spec

GROUPS_DOC = "Channels are divided into so many groups that do not see each other."
BIAS_DOC = "Whether a learned number is added to each channel."
DILATION_DOC = "Distance between the points of a filter."


def channels_in_groups(input: Spec, out_channels: int, groups: int) -> int:
    """How many channels an input has, after checking that these and the output's can be divided into the groups.

    Raises:
        Mismatch: they cannot, or nobody knows how many there are.
    """
    channels = input.fixed(0, "the number of channels")
    for title, count in (("channels of its input", channels), ("Out channels", out_channels)):
        if count % groups:
            fits = math.gcd(channels, out_channels)
            input.fail(
                f"divides channels into {groups} groups, but {groups} does not divide the "
                f"{count} {title}. Set Groups to a divisor of both numbers, such as {fits}.",
                code="G205",
                hints=(Hint("set", params=(("groups", fits),)),),
            )
    return channels
