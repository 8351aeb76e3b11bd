"""Series keep every peak however few points they draw, and averages match a plain loop."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.curves.data import Series, Smoothed

LIST = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=3000)


def series_of(values, pieces=1):
    made = Series()
    for first, last in zip(
        *[np.linspace(0, len(values), pieces + 1, dtype=int)[i:] for i in (0, 1)], strict=False
    ):
        made.extend(range(first + 1, last + 1), values[first:last])
    return made


@given(LIST, st.integers(1, 7), st.integers(1, 60))
def test_the_highest_and_the_lowest_value_are_drawn_however_few_columns_there_are(
    values, pieces, columns
):
    series = series_of(values, pieces)

    x, y = series.between(0, len(values) + 1, columns)

    assert y.min() == min(values)
    assert y.max() == max(values)
    assert len(x) == len(y) <= max(4 * columns + 2, 8)
    assert (np.diff(x) >= 0).all()


@given(
    st.lists(st.floats(-10, 10), min_size=100, max_size=300),
    st.integers(1, 100),
    st.integers(1, 100),
    st.integers(1, 9),
)
def test_a_part_in_view_shows_the_extremes_of_that_part(values, left, right, columns):
    left, right = min(left, right), max(left, right)
    series = series_of(values, 5)

    _, y = series.between(left, right, columns)

    assert y.min() <= min(values[left - 1 : right])
    assert y.max() >= max(values[left - 1 : right])


def test_few_points_are_drawn_as_they_are():
    series = series_of([3.0, 1.0, 2.0])

    x, y = series.between(1, 3, 100)

    assert x.tolist() == [1, 2, 3]
    assert y.tolist() == [3.0, 1.0, 2.0]


def test_a_view_between_two_points_has_one_on_either_side_so_that_the_line_goes_through():
    series = Series()
    series.extend([0, 10, 20], [1.0, 2.0, 3.0])

    x, _ = series.between(12, 13, 100)

    assert x.tolist() == [10, 20]


def test_points_that_are_not_finite_are_remembered_and_not_drawn():
    series = Series()

    series.extend([1, 2, 3, 4], [0.5, math.nan, math.inf, 0.25])

    assert series.x.tolist() == [1, 4]
    assert series.not_finite == [2, 3]


def test_steps_that_are_told_again_are_taken_once():
    series = series_of([1.0, 2.0, 3.0])

    series.extend([2, 3, 4], [9.0, 9.0, 4.0])

    assert series.y.tolist() == [1.0, 2.0, 3.0, 4.0]


def test_the_value_at_a_place_is_that_of_the_nearest_point():
    series = Series()
    series.extend([10, 20, 30], [1.0, 2.0, 3.0])

    assert [series.at(x) for x in (-5, 14, 16, 25.1, 99)] == [1.0, 1.0, 2.0, 3.0, 3.0]
    assert Series().at(1) is None


@given(LIST, st.sampled_from([0.1, 0.6, 0.9, 0.99]), st.integers(1, 5))
def test_an_average_equals_a_plain_loop_however_the_values_come(values, weight, pieces):
    smoothed, source = Smoothed(weight), Series()
    edges = np.linspace(0, len(values), pieces + 1, dtype=int).tolist()
    for first, last in pairwise(edges):
        source.extend(range(first + 1, last + 1), values[first:last])
        smoothed.follow(source)

    expected, average = [], 0.0
    for index, value in enumerate(values):
        average = weight * average + (1 - weight) * value
        expected.append(average / (1 - weight ** (index + 1)))

    assert smoothed.series.x.tolist() == source.x.tolist()
    assert smoothed.series.y == pytest.approx(expected, rel=1e-9, abs=1e-6)
