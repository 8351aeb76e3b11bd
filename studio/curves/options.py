"""How a person wants to see the curves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """How a person wants to see the curves. `smoothing` is the weight of the past, 0 <= smoothing < 1."""

    log: bool = False
    smoothing: float = 0.0
    by_epoch: bool = False
    ghosts: bool = True
    levels: bool = True
