"""Expressions: numbers and names, bounded, and never run as Python."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.expression import Expression, ExpressionError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("width * 2", 128),
        ("64 * 2 ** i", 512),
        ("(T - 3) // 2 + 1", 4),
        ("1 if i == 0 else 2", 2),
        ("[64, 128, 256, 512][i]", 512),
        ("min(width, 32) + max(1, 2, 3)", 35),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("7 % 4 / 2", 1.5),
        ("width if i > 2 else 0 if i else 1", 64),
        ("2 ** 3 ** 2", 512),
        ("1e-3", 0.001),
        (".5 + 1.", 1.5),
        ("-(1 / -4) + .5e-1", 0.3),
        ("i != 3", False),
    ],
)
def test_an_expression_has_the_value_that_python_would_give(text, value):
    result = Expression(text).value({"width": 64, "i": 3, "T": 9})

    assert result == value
    assert type(result) is type(value)


@given(
    st.recursive(
        st.integers(0, 9).map(str),
        lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(
            lambda p: f"({p[0]} {p[1]} {p[2]})"
        ),
        max_leaves=6,
    )
)
def test_random_arithmetic_agrees_with_a_stack_machine(text):
    expected = _reference(text.replace("(", " ( ").replace(")", " ) ").split())

    assert Expression(text).value({}) == expected


def _reference(tokens: list[str]) -> int:
    """Fully bracketed arithmetic, evaluated with two stacks (Dijkstra)."""
    values: list[int] = []
    signs: list[str] = []
    for token in tokens:
        if token in "+-*":
            signs.append(token)
        elif token == ")":
            right, left, sign = values.pop(), values.pop(), signs.pop()
            values.append(
                left + right if sign == "+" else left - right if sign == "-" else left * right
            )
        elif token != "(":
            values.append(int(token))
    return values[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("9**9**9", "The expression “9**9**9” has no value of ordinary size."),
        (
            "__import__('os')",
            "The expression “__import__('os')” has “'”, which means nothing there.",
        ),
        ("1 +", "The expression “1 +” cannot be read at its end."),
        ("1 2", "The expression “1 2” cannot be read at “2”."),
        ("a.b", "The expression “a.b” has “.”, which means nothing there."),
        ("1 / 0", "The expression “1 / 0” divides by zero."),
        (
            "[1, 2][5]",
            "The expression “[1, 2][5]” takes item 5 of a list of 2 items; the first is item 0.",
        ),
        (
            "[4][i]",
            "The expression “[4][i]” takes item 1 of a list of 1 item; the first is item 0.",
        ),
        ("4[0]", "The expression “4[0]” has no value of ordinary size."),
        (
            "i > 0 and i < 3",
            "The expression “i > 0 and i < 3” cannot be read at “and”. In place of “a and b” write “b if a else 0”.",
        ),
        (
            "i or 2",
            "The expression “i or 2” cannot be read at “or”. In place of “a or b” write “1 if a else b”.",
        ),
        (
            "not i",
            "The expression “not i” cannot be read at “i”. In place of “not a” write “0 if a else 1”.",
        ),
        (
            "[1] * 2",
            "The expression “[1] * 2” calculates with a list; take one of its items by [index].",
        ),
        ("width", "The expression “width” names “width”, which is not known here; known are: i."),
        ("(-8) ** 0.5", "The expression “(-8) ** 0.5” has no value of ordinary size."),
        ("x" * 201, "An expression has at most 200 characters, but this one has 201."),
        (
            "(" * 60 + "1" + ")" * 60,
            f"The expression “{'(' * 60}” has too many brackets inside each other.",
        ),
        ("-" * 100 + "1", f"The expression “{'-' * 60}” has too many brackets inside each other."),
        ("1e400", "The expression “1e400” has no value of ordinary size."),
        ("", "The expression “” cannot be read at its end."),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(text, message):
    with pytest.raises(ExpressionError) as error:
        Expression(text).value({"i": 1})

    assert str(error.value) == message


def test_words_of_other_languages_are_names_like_others():
    assert Expression("or + 1 if not else 0").value({"or": 2, "not": 1}) == 3


def test_the_names_of_an_expression_are_known_without_values():
    assert Expression("width * 2 if i else min(depth, 3)").names() == {"width", "i", "depth"}


@given(st.text(max_size=40))
def test_any_text_has_a_value_or_a_sentence(text):
    try:
        Expression(text).value({"x": 1})
    except ExpressionError as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize("text", ["min(kind, 1)", "kind + 1", "kind + kind", "kind * 3"])
def test_a_promoted_text_is_no_number(text):
    with pytest.raises(ExpressionError) as error:
        Expression(text).value({"kind": "gelu"})

    assert str(error.value) == (
        f"The expression “{text}” calculates with “gelu”, which is no number."
    )
