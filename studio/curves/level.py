"""A level of a plot: what a simple model reaches, a line to beat."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """What a simple model reaches: a line to beat, with its name."""

    title: str
    value: float
