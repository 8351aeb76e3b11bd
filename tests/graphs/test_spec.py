"""Specs check themselves, and propose the layers that make them fit."""

from __future__ import annotations

import pytest

import graphs.layers  # noqa: F401 - registers all layer types
from graphs.layer import LAYERS, infer
from graphs.size import length
from graphs.spec import SCALAR, Axis, Hint, Mismatch, Spec, counted, default_letters
from tests.graphs.layers.words import spec, wired


def test_a_spec_knows_its_axes():
    image = spec("3x8x8")

    assert image.rank == 3
    assert image.sizes == (3, 8, 8)
    assert image.letters == ("C", "H", "W")
    assert image.count == 192
    assert str(image) == "3x8x8"
    assert image.shown == "3x8x8 (C, H, W)"
    assert [str(axis) for axis in image.dims] == ["3", "8", "8"]


def test_a_spec_without_axes_is_a_single_number():
    assert str(Spec()) == "a single number"
    assert Spec().shown == "a single number per sample"
    assert Spec().count == 1
    assert not SCALAR.batched


@pytest.mark.parametrize(
    ("rank", "letters"),
    [(0, ()), (1, ("E",)), (2, ("T", "E")), (3, ("C", "H", "W")), (4, ("C", "D", "H", "W")),
     (5, ("A0", "A1", "A2", "A3", "A4"))],
)  # fmt: skip
def test_axes_get_the_letters_that_people_know(rank, letters):
    assert default_letters(rank) == letters


def test_other_sizes_keep_the_letters_where_the_rank_is_the_same():
    permuted = Spec((Axis("W", 4), Axis("C", 3)))

    assert permuted.with_axes(5, 6).letters == ("W", "C")
    assert permuted.with_axes(5, 6, 7).letters == ("C", "H", "W")
    assert permuted.with_axes(5, letters=("K",)).letters == ("K",)


def test_where_it_stands_does_not_make_a_spec_different():
    assert Spec(port="input") == Spec(port="other")


def test_numbers_forget_what_they_meant():
    probabilities = Spec((Axis("E", 3),), kind="probability", of=3, names=("a", "b", "c"))

    assert probabilities.numbers() == spec("3")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("3x8x8", "numbers"),
        ("label 10", "labels of 10 classes"),
        ("label 1", "labels of 1 class"),
        ("tokens 5 of 50", "tokens"),
        ("mask 5", "a mask"),
    ],
)
def test_what_it_carries_is_said_in_words(words, shown):
    assert spec(words).words == shown


def test_counting_uses_the_right_noun():
    assert counted(1, "step") == "1 step"
    assert counted(0, "step") == "0 steps"
    assert counted(length("T"), "step") == "T steps"
    assert counted(2, "class", "classes") == "2 classes"


INSERTED = [
    ("Conv2d", "64", "Reshape", {"shape": (1, 8, 8)}),
    ("Conv2d", "50", None, {}),
    ("Conv2d", "1", None, {}),
    ("Conv2d", "7x6", "Reshape", {"shape": (1, 7, 6)}),
    ("Conv2d", "Tx6", None, {}),
    ("Conv1d", "64", "Reshape", {"shape": (1, -1)}),
    ("Conv1d", "3x8x8", "Flatten", {"start_dim": 2}),
    ("Conv1d", "Tx6", "Permute", {"axes": (1, 0)}),
    ("Conv1d", "TxN", None, {}),
    ("GRU", "64", "Reshape", {"shape": (-1, 1)}),
    ("GRU", "3x8x8", "Flatten", {"start_dim": 2}),
    ("GRU", "6xT", "Permute", {"axes": (1, 0)}),
    ("Linear", "tokens 5 of 50", "Embedding", {}),
    ("Linear", "mask 5", None, {}),
    ("Linear", "T", None, {}),
]


@pytest.mark.parametrize(("type_id", "words", "inserted", "params"), INSERTED)
def test_a_misfit_proposes_a_layer_after_which_it_fits(type_id, words, inserted, params):
    with pytest.raises(Mismatch) as caught:
        infer(LAYERS[type_id](), wired(type_id, words))

    hints = caught.value.hints
    assert hints == (
        (Hint("insert", "input", inserted, tuple(params.items())),) if inserted else ()
    )
    for hint in hints:
        mended = infer(LAYERS[hint.layer](**dict(hint.params)), {"input": spec(words)})
        assert infer(LAYERS[type_id](), {"input": mended["output"]})


def test_a_vector_is_asked_for_with_flatten_as_the_way_out():
    with pytest.raises(Mismatch) as caught:
        spec("3x8x8").axes("E", of="a row of features")

    assert caught.value.message == "needs a row of features (E), but gets 3x8x8 (C, H, W)."
    assert caught.value.hints == (Hint("insert", "", "Flatten"),)


def test_axes_without_letters_are_the_sizes():
    assert spec("3x8x8").axes() == (3, 8, 8)
    assert spec("3x8").axes("C", "T") == (3, 8)
