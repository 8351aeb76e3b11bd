"""What a promoted parameter of a block is: its kind follows from its default."""

from __future__ import annotations

from typing import Any

from graphs.param import Param

WORDS = "A parameter of this block."
PAIR = 2


def promoted_param(name: str, default: Any) -> Param:
    """The parameter with this default; without one (null) it takes a whole number or nothing."""
    if isinstance(default, bool):
        return Param(name, "bool", default, WORDS)
    if isinstance(default, int):
        return Param(name, "int", default, WORDS)
    if isinstance(default, float):
        return Param(name, "float", default, WORDS)
    if isinstance(default, tuple):
        whole = all(isinstance(each, int) and not isinstance(each, bool) for each in default)
        pair = whole and len(default) == PAIR
        return Param(name, "pair" if pair else "ints" if whole else "floats", default, WORDS)
    if isinstance(default, dict):
        return Param(name, "json", default, WORDS)
    if isinstance(default, str):
        return Param(name, "str", default, WORDS)
    return Param(name, "int", default, WORDS, optional=True)
