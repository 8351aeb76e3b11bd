"""Tests of which samples train, validate and test."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightning_modules.dataset import DataError
from lightning_modules.splits import SPLITS, split

SHARES = (0.7, 0.15, 0.15)


def shares_of(parts, labels, each):
    """How many samples of a class every part holds."""
    return [int((labels[parts[part]] == each).sum()) for part in SPLITS]


@given(
    counts=st.lists(st.integers(1, 60), min_size=2, max_size=6).filter(
        lambda counts: sum(counts) >= 12
    ),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_sample_is_in_one_part_and_every_class_is_in_training(counts, seed):
    labels = np.repeat(np.arange(len(counts)), counts)

    parts = split(len(labels), SHARES, seed, labels)

    together = np.concatenate([parts[part] for part in SPLITS])
    assert sorted(together) == list(range(len(labels)))
    assert set(labels[parts["train"]]) == set(labels)


@given(count=st.integers(20, 80), classes=st.integers(2, 5), seed=st.integers(0, 1000))
def test_every_class_has_the_same_shares_less_than_two_samples_off(count, classes, seed):
    labels = np.repeat(np.arange(classes), count)

    parts = split(len(labels), SHARES, seed, labels)

    for each in range(classes):
        for found, share in zip(shares_of(parts, labels, each), SHARES, strict=True):
            assert abs(found - share * count) < 2


def test_the_same_seed_makes_the_same_parts_and_another_seed_others():
    labels = np.repeat([0, 1], 50)

    first, again, other = (split(100, SHARES, seed, labels) for seed in (3, 3, 4))

    assert all(np.array_equal(first[part], again[part]) for part in SPLITS)
    assert not np.array_equal(first["test"], other["test"])


def test_without_shuffling_the_first_rows_train_and_the_last_ones_test():
    parts = split(10, (0.6, 0.2, 0.2), 0, np.repeat([0, 1], 5), shuffle=False)

    assert [parts[part].tolist() for part in SPLITS] == [[0, 1, 2, 3, 4, 5], [6, 7], [8, 9]]


def test_a_class_of_one_sample_trains():
    labels = np.array([0] * 20 + [1])

    parts = [split(21, (0.2, 0.4, 0.4), seed, labels) for seed in range(20)]

    assert all(20 in each["train"] for each in parts)


def test_shares_need_not_add_up_to_one():
    parts = split(10, (6, 2, 2), 0)

    assert [len(parts[part]) for part in SPLITS] == [6, 2, 2]


def test_a_part_without_a_share_is_empty():
    parts = split(10, (0.8, 0.2, 0), 0)

    assert [len(parts[part]) for part in SPLITS] == [8, 2, 0]


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (1, "1 row is too few for this split: the validation part would be empty."),
        (2, "2 rows are too few for this split: the validation part would be empty."),
    ],
)
def test_too_few_rows_are_refused(count, message):
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        split(count, SHARES, 0)


def test_a_split_without_training_is_refused():
    message = "The split must be three shares (training, validation, test) with training above 0, but is 0, 0.5, 0.5."
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        split(10, (0, 0.5, 0.5), 0)
