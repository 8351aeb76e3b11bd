"""The fields of one JSON object, taken by name and type; it remembers those that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from graphs.expression import MAX_LENGTH, Expression
from graphs.graph import FACE_IN, FACE_OUT, ID, MAX_COORDINATE, MAX_TITLE
from graphs.json_text import Fault

MAX_DESCRIPTION = 100_000
MAX_DEPTH = 16
MAX_NUMBER = 2**53
MAX_PARAMS = 1000
"""Parameters of a node, a face or an optimizer: more than any has, and each wrong one becomes a sentence."""

MOST_NAMED = 100
"""So many unknown things are named in words; of the others only the number is kept, for a file may hold a million."""

LONGEST_PATH = 2_000
"""Characters of a path into blocks."""

ROUND = re.compile(r"[0-9]{1,5}\Z")
"""The round of a repeat in such a path."""

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but tab and line feed, those that turn the reading direction, and half characters."""

Item = TypeVar("Item")


@dataclass
class Fields:
    """Takes the fields of one object; `where` names it in sentences ("node hidden")."""

    where: str
    values: dict[str, Any]
    unknown: list[str]  # one sentence for every field that nobody asked for, shared by all objects
    _known: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, value: Any, where: str, unknown: list[str]) -> Fields:
        """The fields of a value that must be an object.

        Raises:
            Fault: it is something else.
        """
        if not isinstance(value, dict):
            raise Fault(f"{where} must be an object in braces, but is {shown(value)}.")
        return cls(where, value, unknown)

    def has(self, name: str) -> bool:
        """Whether the field is there."""
        self._known.add(name)
        return name in self.values

    def raw(self, name: str, default: Any = None) -> Any:
        """The value of a field as it stands."""
        return self.values[name] if self.has(name) else default

    def wrong(self, name: str, wanted: str) -> Fault:
        """The sentence for a field that holds something else than what is wanted."""
        return Fault(f'"{name}" of {self.where} must be {wanted}, but is {shown(self.raw(name))}.')

    def text(self, name: str, default: str | None = None, longest: int = MAX_TITLE) -> str:
        """A text without control characters."""
        value = self.raw(name, default)
        if not isinstance(value, str):
            raise self._missing(name, "a text")
        if len(value) > longest:
            raise Fault(
                f'"{name}" of {self.where} has {len(value):,} characters; '
                f"the most that is read is {longest:,}."
            )
        check_text(value, f'"{name}" of {self.where}')
        return value

    def identifier(self, name: str, default: str | None = None) -> str:
        """An id, or the default where the field is missing."""
        value = self.raw(name, default)
        if default is not None and value == default:
            return default
        return check_id(value, f'"{name}" of {self.where}')

    def flag(self, name: str) -> bool:
        """True or false; false where the field is missing."""
        value = self.raw(name, default=False)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def whole(self, name: str, default: int) -> int:
        """A whole number."""
        value = self.raw(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_NUMBER:
            raise self.wrong(name, "a whole number")
        return value

    def number(self, name: str, default: float) -> float:
        """A number."""
        value = self.raw(name, default)
        if not is_number(value):
            raise self.wrong(name, "a number")
        return float(value)

    def choice(self, name: str, choices: Sequence[str], default: str) -> Any:
        """One of a few words."""
        value = self.raw(name, default)
        if not isinstance(value, str) or value not in choices:
            raise self.wrong(name, "one of " + ", ".join(choices))
        return value

    def items(self, name: str, read: Callable[[Any, str], Item]) -> tuple[Item, ...]:
        """A list, each item read with the words for where it stands; empty where it is missing."""
        value = self.raw(name, [])
        if not isinstance(value, list):
            raise self.wrong(name, "a list")
        return tuple(
            read(each, f'item {index} of "{name}" of {self.where}')
            for index, each in enumerate(value, start=1)
        )

    def object(self, name: str) -> dict[str, Any]:
        """An object as it stands; empty where it is missing."""
        value = self.raw(name, {})
        if not isinstance(value, dict):
            raise self.wrong(name, "an object in braces")
        return value

    def params(self) -> dict[str, Any]:
        """The parameters as they stand, not too many of them."""
        return few(self.object("params"), f'"params" of {self.where}')

    def expression(self, name: str) -> Expression | None:
        """An expression, None where the field is missing."""
        if not self.has(name):
            return None
        found = read_value(self.values[name], f'"{name}" of {self.where}')
        if not isinstance(found, Expression):
            raise self.wrong(name, 'an expression: {"expr": "..."}')
        return found

    def rest(self) -> Iterator[tuple[str, Any]]:
        """All fields that nobody has asked for yet, which then are known."""
        for name in [each for each in self.values if each not in self._known]:
            self._known.add(name)
            yield name, self.values[name]

    def done(self) -> None:
        """Say that whatever is left is unknown."""
        for name in self.values:
            if name not in self._known:
                named = len(self.unknown) < MOST_NAMED
                self.unknown.append(f"{self.where} has a field {shown(name)}" if named else "")

    def _missing(self, name: str, wanted: str) -> Fault:
        if name in self.values:
            return self.wrong(name, wanted)
        return Fault(f'{self.where} has no "{name}"; it must be {wanted}.')


def check_id(value: Any, where: str) -> str:
    """The value, if it is an id that is not reserved.

    Raises:
        Fault: it is not.
    """
    if not isinstance(value, str) or not ID.match(value):
        raise Fault(
            f"{where} must be an id (a small letter, then up to 63 small letters, digits "
            f"and underscores), but is {shown(value)}."
        )
    if value in (FACE_IN, FACE_OUT):
        raise Fault(f'{where} must not be "{value}", which means the edge of a block.')
    return value


def check_path(value: Any, where: str) -> str:
    """The value, if it is an id, or a path of ids and rounds into blocks: `stage.0.loss`.

    Raises:
        Fault: it is neither.
    """
    parts = value.split(".") if isinstance(value, str) and len(value) <= LONGEST_PATH else []
    inner = [each for each in parts[1:] if not ROUND.match(each)]
    if len(parts) > 1 and all(ID.match(each) for each in (parts[0], *inner)):
        check_id(parts[0], where)
        return str(value)
    return check_id(value, where)


def check_text(value: str, where: str) -> None:
    """Nothing, if the text has no control characters.

    Raises:
        Fault: it has one.
    """
    found = _UNSEEN.search(value)
    if found:
        raise Fault(f"{where} holds a character that cannot be shown (U+{ord(found[0]):04X}).")


def few(params: dict[str, Any], where: str) -> dict[str, Any]:
    """The parameters, if they are not too many.

    Raises:
        Fault: they are.
    """
    if len(params) > MAX_PARAMS:
        raise Fault(
            f"{where} has {len(params):,} entries; the most that is read is {MAX_PARAMS:,}."
        )
    return params


def read_value(value: Any, where: str, depth: int = 0) -> Any:
    """A parameter's value: lists become tuples, `{"expr": "..."}` an Expression, objects stay.

    Raises:
        Fault: a text holds control characters, an expression is too long, or it nests too deep.
    """
    if depth > MAX_DEPTH:
        raise Fault(f"{where} nests too deep.")
    if isinstance(value, str):
        check_text(value, where)
        return value
    if isinstance(value, list):
        return tuple(read_value(each, where, depth + 1) for each in value)
    if isinstance(value, dict):
        if set(value) == {"expr"} and isinstance(value["expr"], str):
            text = value["expr"]
            if len(text) > MAX_LENGTH:
                raise Fault(
                    f"{where} is an expression of {len(text):,} characters; "
                    f"the most that is read is {MAX_LENGTH}."
                )
            check_text(text, where)
            return Expression(text)
        _check_object(value, where, depth)
    return value


def is_number(value: Any) -> bool:
    """Whether a value of a file is a number of ordinary size (true and false are none)."""
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER
    return whole or isinstance(value, float)


def coordinates(value: Any, count: int, where: str) -> tuple[float, ...]:
    """So many canvas coordinates, in pixels.

    Raises:
        Fault: another count, no numbers, or too far away.
    """
    good = isinstance(value, list) and len(value) == count and all(map(is_number, value))
    if not good or any(abs(each) > MAX_COORDINATE for each in value):
        raise Fault(
            f"{where} must be {count} numbers between {-MAX_COORDINATE:,.0f} and "
            f"{MAX_COORDINATE:,.0f}, but is {shown(value)}."
        )
    return tuple(float(each) for each in value)


def shown(value: Any) -> str:
    """A value as a sentence shows it: short, and in the words of JSON."""
    if isinstance(value, str):
        cut = "".join(each if each.isprintable() else "?" for each in value[:40])
        return f'"{cut}{"..." if len(value) > 40 else ""}"'
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value[:4])) + (", ...]" if len(value) > 4 else "]")
    if isinstance(value, dict):
        return "an object" if value else "an empty object"
    words = {True: "true", False: "false", None: "nothing"}
    return (
        words[value]
        if value is None or isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _check_object(value: Any, where: str, depth: int) -> None:
    """Check all texts inside an object that only its layer reads."""
    if depth > MAX_DEPTH:
        raise Fault(f"{where} nests too deep.")
    if isinstance(value, str):
        check_text(value, where)
    elif isinstance(value, dict):
        for name, each in value.items():
            check_text(name, where)
            _check_object(each, where, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _check_object(each, where, depth + 1)
