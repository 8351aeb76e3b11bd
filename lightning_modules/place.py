"""Which member of a team torchrun has made this process: read from the variables that it sets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

RANK, SIZE, CARD = "RANK", "WORLD_SIZE", "LOCAL_RANK"


@dataclass(frozen=True)
class Place:
    """The number of a member, how many there are, and which graphics card of its computer is its own."""

    rank: int
    size: int
    card: int


def torchrun_place(variables: Mapping[str, str] = os.environ) -> Place | None:
    """The place that torchrun gave to this process; None if it did not start it, or alone."""
    try:
        rank, size, card = (int(variables[name]) for name in (RANK, SIZE, CARD))
    except (KeyError, ValueError):
        return None
    return Place(rank, size, card) if 0 <= rank < size and size > 1 else None
