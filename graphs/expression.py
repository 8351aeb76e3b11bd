"""Expressions over promoted parameters: `{"expr": "width * 2"}` in a file, a value of this class here.

    expression = choice; choice = compare ["if" choice "else" choice]; compare = sum {("<" ...) sum}
    sum = product {("+" | "-") product}; product = sign {("*" | "/" | "//" | "%") sign}
    sign = ["-" | "+"] sign | power; power = item ["**" sign]
    item = (number | name | "(" choice ")" | "[" choice, ... "]" | ("min" | "max") "(" choice, ... ")") {"[" choice "]"}

The parser is the project's own and the text is never handed to Python to run. Whole numbers stay whole;
length, depth and size of results are bounded.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

MAX_LENGTH = 200
MAX_DEPTH = 20
MAX_RESULT = 2**53
MAX_ITEMS = 64

Value: TypeAlias = "int | float | bool | tuple[Value, ...]"
Names: TypeAlias = "Mapping[str, Value]"
Run: TypeAlias = "Callable[[Names], Value]"

_TOKEN = re.compile(
    r"\s*(?:(\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(//|\*\*|<=|>=|==|!=|[-+*/%<>()\[\],]))"
)
_COMPARE: dict[str, Callable[..., Value]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


_INSTEAD = {
    "and": " In place of “a and b” write “b if a else 0”.",
    "or": " In place of “a or b” write “1 if a else b”.",
    "not": " In place of “not a” write “0 if a else 1”.",
}
"""What stands for words of other languages, which are names here like others."""


class ExpressionError(ValueError):
    """An expression that cannot be read or has no value, in one sentence."""


@dataclass(frozen=True)
class Expression:
    """The text of an expression. It is data: nothing ever hands it to Python to run."""

    text: str

    def __str__(self) -> str:
        return self.text

    def value(self, names: Names) -> Value:
        """Its value, where names stand for these values.

        Raises:
            ExpressionError: it cannot be read, a name is unknown, or it has no value of ordinary size.
        """
        return _parsed(self.text)[0](names)

    def names(self) -> frozenset[str]:
        """The names that stand in it.

        Raises:
            ExpressionError: it cannot be read.
        """
        return _parsed(self.text)[1]


@lru_cache(maxsize=4096)
def _parsed(text: str) -> tuple[Run, frozenset[str]]:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"An expression has at most {MAX_LENGTH} characters, but this one has {len(text)}."
        )
    parser = _Parser(text)
    run = parser.choice(0)
    if parser.peek():
        raise parser.fault()
    return run, frozenset(parser.names)


class _Parser:
    """Recursive descent; every method returns what computes its part."""

    def __init__(self, text: str) -> None:
        self.text, self.names = text, set[str]()
        self._tokens = _tokens(text)
        self._at = 0

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self, *wanted: str) -> str:
        token = self.peek()
        if token in wanted and token:
            self._at += 1
            return token
        return ""

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise self.fault()

    def fault(self) -> ExpressionError:
        word = self.peek()
        at = f"at “{word[:40]}”" if word else "at its end"
        before = self._tokens[self._at - 1] if self._at else ""
        hint = _INSTEAD.get(word, _INSTEAD["not"] if before == "not" else "")
        return ExpressionError(f"The expression “{self.text[:60]}” cannot be read {at}.{hint}")

    def choice(self, depth: int) -> Run:
        if depth > MAX_DEPTH:
            raise ExpressionError(
                f"The expression “{self.text[:60]}” has too many brackets inside each other."
            )
        chosen = self._compare(depth)
        if not self.take("if"):
            return chosen
        condition = self._compare(depth)
        self.need("else")
        other = self.choice(depth + 1)
        return lambda names: chosen(names) if condition(names) else other(names)

    def _compare(self, depth: int) -> Run:
        left = self._sum(depth)
        if sign := self.take(*_COMPARE):
            return _apply(_COMPARE[sign], left, self._sum(depth), self.text)
        return left

    def _sum(self, depth: int) -> Run:
        left = self._product(depth)
        while sign := self.take("+", "-"):
            left = _apply(
                operator.add if sign == "+" else operator.sub, left, self._product(depth), self.text
            )
        return left

    def _product(self, depth: int) -> Run:
        signs = {
            "*": operator.mul,
            "/": operator.truediv,
            "//": operator.floordiv,
            "%": operator.mod,
        }
        left = self._sign(depth)
        while sign := self.take(*signs):
            left = _apply(signs[sign], left, self._sign(depth), self.text)
        return left

    def _sign(self, depth: int) -> Run:
        if depth > MAX_DEPTH:
            raise ExpressionError(
                f"The expression “{self.text[:60]}” has too many brackets inside each other."
            )
        if self.take("-"):
            return _apply(operator.sub, lambda _names: 0, self._sign(depth + 1), self.text)
        if self.take("+"):
            return self._sign(depth + 1)
        base = self._item(depth)
        if self.take("**"):
            return _apply(_power, base, self._sign(depth + 1), self.text)
        return base

    def _item(self, depth: int) -> Run:
        item = self._atom(depth)
        while self.take("["):
            item = _apply(_index, item, self.choice(depth + 1), self.text)
            self.need("]")
        return item

    def _atom(self, depth: int) -> Run:
        token = self.peek()
        if self.take("("):
            inside = self.choice(depth + 1)
            self.need(")")
            return inside
        if self.take("["):
            return self._list(self._row("]", depth))
        if token in ("if", "else") or not token or not (token[0].isalnum() or token[0] in "._"):
            raise self.fault()
        self._at += 1
        if token[0].isdigit() or token[0] == ".":
            return self._number(token)
        if token in ("min", "max") and self.take("("):
            return self._least(token, self._row(")", depth))
        self.names.add(token)
        return lambda names: _look_up(token, names, self.text)

    def _row(self, end: str, depth: int) -> list[Run]:
        row = [self.choice(depth + 1)]
        while self.take(","):
            row.append(self.choice(depth + 1))
        self.need(end)
        if len(row) > MAX_ITEMS:
            raise self.fault()
        return row

    def _list(self, row: list[Run]) -> Run:
        return lambda names: tuple(each(names) for each in row)

    def _least(self, which: str, row: list[Run]) -> Run:
        pick: Callable[..., Value] = min if which == "min" else max
        return lambda names: pick(_number_of(each(names), self.text) for each in row)

    def _number(self, token: str) -> Run:
        number = int(token) if token.isdigit() else float(token)
        checked = _bounded(number, self.text)
        return lambda _names: checked


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    stripped = text.rstrip()
    while at < len(stripped):
        found = _TOKEN.match(stripped, at)
        if not found:
            where = stripped[at:].strip()[:1]
            raise ExpressionError(
                f"The expression “{text[:60]}” has “{where}”, which means nothing there."
            )
        tokens.append(found[found.lastindex or 0])
        at = found.end()
    return tokens


def _apply(operation: Callable[..., Value], left: Run, right: Run, text: str) -> Run:
    def run(names: Names) -> Value:
        a, b = left(names), right(names)
        if operation is not _index:
            a, b = _number_of(a, text), _number_of(b, text)
        try:
            return _bounded(operation(a, b), text)
        except ZeroDivisionError:
            raise ExpressionError(f"The expression “{text[:60]}” divides by zero.") from None
        except _OutOfListError as error:
            raise ExpressionError(f"The expression “{text[:60]}” {error}") from None
        except (OverflowError, TypeError):
            raise ExpressionError(
                f"The expression “{text[:60]}” has no value of ordinary size."
            ) from None

    return run


def _number_of(value: Value, text: str) -> int | float:
    if isinstance(value, tuple):
        raise ExpressionError(
            f"The expression “{text[:60]}” calculates with a list; take one of its items by [index]."
        )
    if not isinstance(value, (int, float)):
        raise ExpressionError(
            f"The expression “{text[:60]}” calculates with “{str(value)[:40]}”, which is no number."
        )
    return value


def _bounded(value: Value, text: str) -> Value:
    if isinstance(value, (int, float)) and not (abs(value) <= MAX_RESULT):
        raise ExpressionError(f"The expression “{text[:60]}” has no value of ordinary size.")
    return value


def _power(base: float, exponent: float) -> Value:
    if (
        abs(base) > 1
        and exponent > 0
        and exponent * math.log2(abs(base)) > math.log2(MAX_RESULT) + 1
    ):
        raise OverflowError
    result = base**exponent
    if isinstance(result, complex):
        raise TypeError
    return result


def _index(row: Value, index: Value) -> Value:
    if not isinstance(row, tuple) or isinstance(index, (tuple, float)):
        raise TypeError
    if not -len(row) <= index < len(row):
        raise _OutOfListError(row, index)
    return row[index]


class _OutOfListError(IndexError):
    """A list has no item of this index."""

    def __init__(self, row: tuple[Value, ...], index: int) -> None:
        items = f"{len(row)} item" if len(row) == 1 else f"{len(row)} items"
        super().__init__(f"takes item {index} of a list of {items}; the first is item 0.")


def _look_up(name: str, names: Names, text: str) -> Value:
    if name not in names:
        known = ", ".join(sorted(names)) or "none"
        raise ExpressionError(
            f"The expression “{text[:60]}” names “{name[:40]}”, which is not known here; known are: {known}."
        )
    return names[name]
