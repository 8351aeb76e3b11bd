"""What procedures there are: kinds by name, the sources that feed their ports, and their settings."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from graphs.expression import MAX_RESULT

Source = Literal["output", "noise", "time", "level", "signal", "data", "number"]

MAX_STEPS = 100_000
MAX_TIMES = 100_000


@dataclass(frozen=True)
class Setting:
    """A setting in `params` of a procedure: what it is by itself, and which values it takes."""

    default: Any
    words: str  # "a number of at least 0"
    fits: Callable[[Any], bool]


@dataclass(frozen=True)
class Kind:
    """One kind: what feeds its ports by name, its settings, and what its condition to stop may speak of.

    `feeds_back` says that one port at least takes an output of the step before.
    """

    name: str
    steps: int
    count: int
    words: tuple[Source, ...] = ("noise",)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    stops: tuple[str, ...] = ("step",)
    feeds_back: bool = False


def is_number(value: Any) -> bool:
    """Whether a value is a number of ordinary size (true and false are none)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) <= MAX_RESULT


def _number(low: float, high: float, default: float) -> Setting:
    words = (
        f"a number of at least {low:g}"
        if high == math.inf
        else f"a number from {low:g} to {high:g}"
    )
    return Setting(default, words, lambda value: is_number(value) and low <= value <= high)


def _whole(low: int, high: int, default: int) -> Setting:
    words = f"a whole number from {low:,} to {high:,}"

    def fits(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    return Setting(default, words, fits)


def _one_of(*words: str) -> Setting:
    return Setting(words[0], "one of " + ", ".join(words), lambda value: value in words)


KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        Kind(
            "autoregressive",
            steps=100,
            count=1,
            settings={
                "temperature": _number(0, math.inf, 1.0),
                "top_k": _whole(0, 10**6, 0),
            },
            stops=("step", "value"),
            feeds_back=True,
        ),
        Kind("sample", steps=1, count=16, stops=("step", "change")),
        Kind(
            "denoise",
            steps=50,
            count=16,
            words=("noise", "time", "level", "signal"),
            settings={
                "schedule": _one_of("linear", "cosine"),
                "sampler": _one_of("ddpm", "ddim"),
                "predicts": _one_of("noise", "x0"),
                "times": _whole(1, MAX_TIMES, 1000),
                "beta_start": _number(1e-9, 0.999, 1e-4),
                "beta_end": _number(1e-9, 0.999, 0.02),
                "eta": _number(0, 1, 0.0),
                "clip": _number(0, math.inf, 0.0),
            },
            stops=("step", "time", "change"),
            feeds_back=True,
        ),
        Kind("interpolate", steps=10, count=1, settings={"along": _one_of("line", "sphere")}),
    )
}
"""Every kind that this version can run; others are kept. `steps` and `count` are what is usual."""

LIKE, RESULT = "like", "result"
"""Settings of all kinds: the column in whose unit results are shown, and the output that is shown."""
