"""Sizes of axes: integers, or small exact expressions of named lengths such as `T` or `(T-3)//2+1`.

A symbolic size is kept in a normal form, a polynomial with integer coefficients over *atoms* (a
named length, or the floor of a polynomial by an integer), so that two sizes are equal exactly when
their normal forms are. Where a floor hides an equality, the sizes count as different.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, order=True)
class Length:
    """A length that data decide, by name: `T` characters of a text, `N` rows."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Floor:
    """The floor of a symbolic size divided by a positive integer."""

    of: Symbolic
    by: int

    def __str__(self) -> str:
        return f"({self.of})//{self.by}"


Atom: TypeAlias = "Length | Floor"
Monomial: TypeAlias = tuple[Atom, ...]  # sorted by text; the empty one is the constant


@dataclass(frozen=True)
class Symbolic:
    """A polynomial in normal form: no zero coefficients, terms sorted by degree and text."""

    terms: tuple[tuple[Monomial, int], ...]

    def __add__(self, other: Size) -> Size:
        total = dict(self.terms)
        for monomial, factor in _terms(other):
            total[monomial] = total.get(monomial, 0) + factor
        return _normal(total)

    __radd__ = __add__

    def __neg__(self) -> Size:
        return self * -1

    def __sub__(self, other: Size) -> Size:
        return self + (other * -1)

    def __rsub__(self, other: Size) -> Size:
        return (self * -1) + other

    def __mul__(self, other: Size) -> Size:
        total: dict[Monomial, int] = {}
        for left, a in self.terms:
            for right, b in _terms(other):
                monomial = tuple(sorted(left + right, key=str))
                total[monomial] = total.get(monomial, 0) + a * b
        return _normal(total)

    __rmul__ = __mul__

    def __floordiv__(self, other: int) -> Size:
        if other == 1:
            return self
        whole: dict[Monomial, int] = {}
        rest: dict[Monomial, int] = {}
        for monomial, factor in self.terms:
            part = whole if factor % other == 0 else rest
            part[monomial] = factor
        quotient = _normal({each: factor // other for each, factor in whole.items()})
        remainder = _normal(rest)
        if isinstance(remainder, int):
            return quotient + remainder // other
        return _normal({(Floor(remainder, other),): 1}) + quotient

    def __str__(self) -> str:
        text = ""
        for monomial, factor in self.terms:
            body = "*".join(str(atom) for atom in monomial)
            times = [str(abs(factor))] if abs(factor) != 1 or not monomial else []
            piece = "*".join([*times, body] if monomial else times)
            sign = "-" if factor < 0 else "+" if text else ""
            text += sign + piece
        return text

    __repr__ = __str__


Size: TypeAlias = "int | Symbolic"


def length(name: str) -> Symbolic:
    """The size that data decide, by its name."""
    return Symbolic((((Length(name),), 1),))


def value(size: Size, lengths: Mapping[str, int]) -> int:
    """The size as an integer, once every named length is known.

    Raises:
        KeyError: a length has no value.
    """
    if isinstance(size, int):
        return size
    total = 0
    for monomial, factor in size.terms:
        term = factor
        for atom in monomial:
            if isinstance(atom, Length):
                term *= lengths[atom.name]
            else:
                term *= value(atom.of, lengths) // atom.by
        total += term
    return total


def product(sizes: tuple[Size, ...]) -> Size:
    """All sizes multiplied: how many numbers a tensor of these sizes holds."""
    total: Size = 1
    for size in sizes:
        total = size * total
    return total


def names(size: Size) -> frozenset[str]:
    """The named lengths that a size depends on."""
    if isinstance(size, int):
        return frozenset()
    found: set[str] = set()
    for monomial, _ in size.terms:
        for atom in monomial:
            found |= {atom.name} if isinstance(atom, Length) else names(atom.of)
    return frozenset(found)


def _terms(size: Size) -> tuple[tuple[Monomial, int], ...]:
    return size.terms if isinstance(size, Symbolic) else (((), size),)


def _normal(total: Mapping[Monomial, int]) -> Size:
    kept = {monomial: factor for monomial, factor in total.items() if factor}
    if not kept:
        return 0
    if set(kept) == {()}:
        return kept[()]
    order = sorted(kept.items(), key=lambda item: (-len(item[0]), [str(atom) for atom in item[0]]))
    return Symbolic(tuple(order))
