"""What a parameter takes from a file or a form, and the sentence for everything else."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.param import Json, Pair, Param, Path, kind_of


def a_param(kind, **limits) -> Param:
    return Param("kernel_size", kind, None, "Words.", **limits)


def whole(sentence: str) -> str:
    return f"^{re.escape(sentence)}$"


@pytest.mark.parametrize(
    ("kind", "given_", "kept"),
    [
        ("int", 3, 3),
        ("float", 3, 3.0),
        ("float", -0.5, -0.5),
        ("bool", True, True),
        ("str", "text", "text"),
        ("pair", 3, (3, 3)),
        ("pair", [3, 5], (3, 5)),
        ("ints", [3, 5, -1], (3, 5, -1)),
        ("ints", [], ()),
        ("ints", 3, (3,)),
        ("floats", [1, 0.5], (1.0, 0.5)),
        ("path", "a/b.csv", Path("a/b.csv")),
        ("json", {"rows": 3}, Json(rows=3)),
    ],
)
def test_values_are_kept_in_their_python_form(kind, given_, kept):
    value = a_param(kind).read(given_)

    assert value == kept
    assert type(value) is type(kept)


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("int", 1.5, "Kernel size must be a whole number, but is 1.5."),
        ("int", True, "Kernel size must be a whole number, but is true."),
        ("int", None, "Kernel size must be a whole number, but is nothing."),
        ("int", "3", 'Kernel size must be a whole number, but is "3".'),
        (
            "int",
            2**31,
            "Kernel size must be between -2,147,483,647 and 2,147,483,647, but is 2147483648.",
        ),
        (
            "int",
            10**400,
            "Kernel size must be between -2,147,483,647 and 2,147,483,647, but is a huge number.",
        ),
        ("float", "x", 'Kernel size must be a number, but is "x".'),
        ("float", False, "Kernel size must be a number, but is false."),
        ("float", float("nan"), "Kernel size must be a finite number, but is nan."),
        ("float", float("inf"), "Kernel size must be a finite number, but is inf."),
        ("float", 10**400, "Kernel size must be a number of ordinary size, but is a huge number."),
        ("bool", 1, "Kernel size must be true or false, but is 1."),
        ("str", 5, "Kernel size must be a text, but is 5."),
        ("path", 5, "Kernel size must be a text, but is 5."),
        ("json", [1], "Kernel size must be an object, but is [1]."),
        ("pair", [1, 2, 3], "Kernel size must be one or two whole numbers, but is [1, 2, 3]."),
        ("pair", "3", 'Kernel size must be one or two whole numbers, but is "3".'),
        ("pair", [1, "a"], 'Kernel size must be a whole number, but is "a".'),
        ("pair", True, "Kernel size must be a whole number, but is true."),
        (
            "ints",
            True,
            "Kernel size must be a short list of whole numbers, but is true.",
        ),
        (
            "ints",
            [1] * 65,
            "Kernel size must be a short list of whole numbers, but is [1, 1, 1, 1, 1, ...].",
        ),
        ("floats", "ab", 'Kernel size must be a short list of numbers, but is "ab".'),
    ],
)
def test_anything_else_is_refused_in_one_sentence(kind, value, sentence):
    with pytest.raises(ValueError, match=whole(sentence)):
        a_param(kind).read(value)


@pytest.mark.parametrize(
    ("limits", "value", "sentence"),
    [
        ({"ge": 1}, 0, "Kernel size must be at least 1, but is 0."),
        ({"gt": 0}, 0, "Kernel size must be more than 0, but is 0."),
        ({"ge": 0, "le": 1}, 2, "Kernel size must be at least 0 and at most 1, but is 2."),
        ({"lt": 1}, 1, "Kernel size must be less than 1, but is 1."),
    ],
)
def test_a_value_out_of_range_is_told_the_range(limits, value, sentence):
    with pytest.raises(ValueError, match=whole(sentence)):
        a_param("int", **limits).read(value)


def test_every_number_of_a_list_is_in_range():
    with pytest.raises(ValueError, match="at least 1, but is 0"):
        a_param("pair", ge=1).read([3, 0])


def test_a_choice_is_one_of_its_words():
    param = a_param("choice", choices=("mean", "sum"))

    assert param.read("sum") == "sum"
    with pytest.raises(
        ValueError, match=whole('Kernel size must be one of mean, sum, but is "max".')
    ):
        param.read("max")


def test_only_an_optional_parameter_takes_nothing():
    assert a_param("int", optional=True).read(None) is None


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (int, ("int", (), False)),
        (int | None, ("int", (), True)),
        (Pair | None, ("pair", (), True)),
        (Literal["a", "b"], ("choice", ("a", "b"), False)),
        (tuple[float, ...] | None, ("floats", (), True)),
        (Json, ("json", (), False)),
    ],
)
def test_the_annotation_says_the_kind(annotation, kind):
    assert kind_of(annotation) == kind


def test_an_annotation_of_no_kind_is_a_mistake_of_the_author():
    with pytest.raises(TypeError, match="complex"):
        kind_of(complex)


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    kind=st.sampled_from(["int", "float", "bool", "str", "pair", "ints", "floats", "path", "json"]),
    value=values,
)
def test_any_value_is_read_or_refused_and_reading_twice_changes_nothing(kind, value):
    param = a_param(kind, ge=0)

    try:
        kept = param.read(value)
    except ValueError as error:
        assert str(error).startswith("Kernel size must be ")
        assert str(error).endswith(".")
    else:
        assert param.read(kept) == kept
        assert isinstance(hash(kept), int)
