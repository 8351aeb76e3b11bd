"""Sizes of axes: integers, or small exact expressions of named lengths such as `T` or `(T-3)//2+1`.

A symbolic size is kept in a normal form, a polynomial with integer coefficients over *atoms* (a
named length, or the floor of a polynomial by an integer), so that two sizes are equal exactly when
their normal forms are. Where a floor hides an equality that `_floor` does not know, they count as different.
"""

from __future__ import annotations

import math
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
        plain = (
            len(self.of.terms) == 1 and self.of.terms[0][1] == 1 and len(self.of.terms[0][0]) == 1
        )
        return f"{self.of}//{self.by}" if plain else f"({self.of})//{self.by}"


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
        assert other > 0
        parts = {monomial: divmod(factor, other) for monomial, factor in self.terms}
        whole = _normal({monomial: quotient for monomial, (quotient, _) in parts.items()})
        rest = _normal({monomial: remainder for monomial, (_, remainder) in parts.items()})
        return whole + _floor(rest, other)

    def __str__(self) -> str:
        text = ""
        for monomial, factor in self.terms:
            times = [str(abs(factor))] if abs(factor) != 1 or not monomial else []
            alone = factor == 1 and len(monomial) == 1
            atoms = [
                str(atom) if alone or isinstance(atom, Length) else f"({atom})" for atom in monomial
            ]
            piece = "*".join([*times, *atoms])
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


def _floor(size: Size, by: int) -> Size:
    """The floor of a size by an integer, written in one way only as far as we know how.

    `(2*T+1)//4` is `T//2`, because T is whole; `(T//2+1)//2` is `(T+2)//4`.
    """
    if isinstance(size, int) or by == 1:
        return size // by
    factors = [factor for monomial, factor in size.terms if monomial]
    shared = math.gcd(by, *factors)
    if shared > 1:
        return _floor(
            _normal({each: factor // shared for each, factor in size.terms}), by // shared
        )
    constant = dict(size.terms).get((), 0)
    only = size.terms[0][0]
    if factors == [1] and len(only) == 1 and isinstance(only[0], Floor):
        inner = only[0]
        return (inner.of + inner.by * constant) // (inner.by * by)
    return _normal({(Floor(size, by),): 1})


def _normal(total: Mapping[Monomial, int]) -> Size:
    kept = {monomial: factor for monomial, factor in total.items() if factor}
    if not kept:
        return 0
    if set(kept) == {()}:
        return kept[()]
    order = sorted(kept.items(), key=lambda item: (-len(item[0]), [str(atom) for atom in item[0]]))
    return Symbolic(tuple(order))
