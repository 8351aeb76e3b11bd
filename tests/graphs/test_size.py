"""Symbolic sizes behave as the integers that they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.expression import Expression
from graphs.size import Size, Symbolic, length, names, product, value

T, N = length("T"), length("N")

sizes = st.recursive(
    st.one_of(st.integers(-9, 9), st.sampled_from([T, N])),
    lambda inner: st.one_of(
        st.tuples(st.just("+"), inner, inner),
        st.tuples(st.just("-"), inner, inner),
        st.tuples(st.just("*"), inner, inner),
        st.tuples(st.just("//"), inner, st.integers(1, 6)),
    ),
    max_leaves=6,
)
"""Calculations, as trees."""


def calculated(tree, lengths: dict[str, Size]) -> Size:
    """The result with T and N as given: symbols, or integers."""
    if isinstance(tree, Symbolic):
        return lengths[str(tree)]
    if isinstance(tree, int):
        return tree
    sign, left, right = tree
    a, b = calculated(left, lengths), calculated(right, lengths)
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "//": lambda: a // b}[
        sign
    ]()


@given(tree=sizes, t=st.integers(0, 50), n=st.integers(0, 50))
def test_calculating_with_symbols_gives_what_calculating_with_integers_gives(tree, t, n):
    symbolic = calculated(tree, {"T": T, "N": N})

    assert value(symbolic, {"T": t, "N": n}) == calculated(tree, {"T": t, "N": n})


@given(tree=sizes)
def test_a_size_is_an_integer_exactly_if_it_names_no_length(tree):
    size = calculated(tree, {"T": T, "N": N})

    assert isinstance(size, int) == (not names(size))


@given(tree=sizes, t=st.integers(0, 50), n=st.integers(0, 50))
def test_what_is_shown_can_be_read_as_arithmetic(tree, t, n):
    size = calculated(tree, {"T": T, "N": N})

    shown = str(size)

    lengths = {"T": t, "N": n}
    assert Expression(shown).value(lengths) == value(size, lengths)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (T + N, N + T),
        (2 * T - T, T),
        ((T + 1) * (T - 1), T * T - 1),
        ((T - 3) // 2 + 1, (T - 1) // 2),
        ((2 * T + 1) // 4, T // 2),
        ((T // 2 + 1) // 2, (T + 2) // 4),
        ((T * 64) // 64, T),
        (T - T, 0),
        (0 + T, T),
        (5 - T, -(T - 5)),
    ],
)
def test_one_size_written_in_two_ways_is_equal(left, right):
    assert left == right


def test_different_sizes_are_different():
    assert (T + 1) // 2 != T // 2
    assert T != N
    assert T != 5


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (T, "T"),
        (T + 1, "T+1"),
        (2 * T - 3, "2*T-3"),
        (-T, "-T"),
        (T * T + N, "T*T+N"),
        (T // 2, "T//2"),
        ((T - 3) // 2 + 5, "(T+1)//2+3"),
        ((T // 2) * N, "N*(T//2)"),
        (1 - 2 * (T // 3), "-2*(T//3)+1"),
    ],
)
def test_sizes_are_shown_in_one_short_way(size, shown):
    assert str(size) == repr(size) == shown


def test_a_length_without_a_value_is_named():
    with pytest.raises(KeyError, match="N"):
        value(T + N, {"T": 3})


def test_the_product_of_no_sizes_is_one():
    assert product(()) == 1
    assert product((T, 2, 3)) == 6 * T
