"""Where in a JSON text a value stands that is refused: its line and column, and the node and field that hold it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

LONGEST = 2 * 2**20
"""Characters that are walked through, in about half a second; of what stands behind them no place is told."""

MOST_SHOWN = 40

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


@dataclass
class _Level:
    """An object or a list that is open: the name of the field that stands there now."""

    is_object: bool
    key: str = ""  # as the text has it, with quotation marks
    has_it: bool = False  # the name that is looked for stands in it
    wants_name: bool = True


@dataclass(frozen=True)
class Place:
    """One place in a text: line and column from 1, and the names of the objects' fields that lead there."""

    line: int
    column: int
    path: tuple[str, ...]

    @property
    def here(self) -> str:
        """Line and column, as a sentence begins."""
        return f"line {self.line}, column {self.column}"

    @property
    def holder(self) -> str:
        """The last field on the way: `node hidden`, `"out_features" of node hidden`, `"lr" of "optimizer"`."""
        path = self.path
        if not path:
            return "the document"
        if path[0] == "networks" and len(path) > 1:
            network, rest = f"network {_shown(path[1])}", path[2:]
            if rest[:1] == ("nodes",) and len(rest) > 1:
                network, rest = f"node {_shown(rest[1])}", rest[2:]
            return f'"{_shown(rest[-1])}" of {network}' if rest else network
        above = f' of "{_shown(path[-2])}"' if len(path) > 1 else ""
        return f'"{_shown(path[-1])}"{above}'


Wanted: TypeAlias = "Callable[[str, _Level | None, bool], bool]"


def place_of(text: str, word: str) -> Place | None:
    """Where this number or word first stands as a value; None if that is far behind the beginning."""
    return _first(text, lambda each, _level, is_name: each == word and not is_name)


def place_of_twin(text: str, name: str) -> Place | None:
    """Where this name first stands although its object has it already; the object is the end of the path."""

    def is_twin(word: str, level: _Level | None, is_name: bool) -> bool:  # noqa: FBT001 - as Wanted is called
        if level is None or not is_name or json.loads(word, strict=False) != name:
            return False
        twice, level.has_it = level.has_it, True
        if twice:
            level.key = ""  # the place is the object, not its field
        return twice

    return _first(text, is_twin)


def _first(text: str, is_wanted: Wanted) -> Place | None:
    """The place of the first name or value that is wanted."""
    levels: list[_Level] = []
    for found in _TOKEN.finditer(text, 0, LONGEST):
        word, level = found[0], levels[-1] if levels else None
        if word in ("{", "["):
            levels.append(_Level(word == "{"))
        elif word in ("}", "]"):
            del levels[-1:]
        elif word == ",":
            if level is not None:
                level.wants_name = True
        elif word != ":":
            is_name = level is not None and level.is_object and level.wants_name
            if is_wanted(word, level, is_name):
                return _place(text, found.start(), levels)
            if level is not None and is_name:
                level.key, level.wants_name = word, False
    return None


def _place(text: str, at: int, levels: list[_Level]) -> Place:
    path = tuple(_plain(level.key) for level in levels if level.key)
    return Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at), path)


def _plain(word: str) -> str:
    """A name without its quotation marks; a broken one as it stands."""
    return str(json.loads(word, strict=False))


def _shown(name: str) -> str:
    cut = "".join(each if each.isprintable() else "?" for each in name[:MOST_SHOWN])
    return cut + ("..." if len(name) > MOST_SHOWN else "")
