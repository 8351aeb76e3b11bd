"""Tests of the picture of a run's curves."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightning_modules.events import EpochEnded, Started, Steps
from studio.curves.run import RunCurves
from studio.pictures.curves import curves_picture, ticks
from studio.pictures.picture import Line, Words


def run_of(epochs=3, steps=10):
    """The curves of a run whose loss falls."""
    curves = RunCurves({"accuracy": "Accuracy"})
    curves.take(Started("run", "Digits", "cpu", epochs, steps, 0, 5, {"train": 10}, 0, 1))
    for epoch in range(1, epochs + 1):
        first = (epoch - 1) * steps + 1
        curves.take(
            Steps("learn", first, tuple(1 / (first + each) for each in range(steps)), 0.1, 9.0)
        )
        values = {
            "train_loss": 1 / epoch,
            "val_loss": 2 / epoch,
            "val_accuracy": 1 - 1 / (epoch + 1),
        }
        curves.take(EpochEnded(epoch, epoch * steps, values, best=epoch == 2, seconds=1.0))
    return curves


def words(picture):
    """All words in the picture."""
    return [shape.text for shape in picture.shapes if isinstance(shape, Words)]


def test_every_curve_has_its_name_and_the_best_epoch_is_marked_once():
    found = words(curves_picture(run_of()))

    assert found[0] == "Digits"
    for title in (
        "Loss",
        "Accuracy",
        "Training loss",
        "Validation loss",
        "Training loss, each step",
        "Validation accuracy",
    ):
        assert title in found
    assert found.count("best epoch 2") == 1


def test_every_point_lies_inside_the_picture():
    picture = curves_picture(run_of(epochs=40))

    for line in (shape for shape in picture.shapes if isinstance(shape, Line)):
        assert all(0 <= x <= picture.width and 0 <= y <= picture.height for x, y in line.points)


def test_a_long_run_is_thinned():
    picture = curves_picture(run_of(epochs=100, steps=200))

    assert max(len(shape.points) for shape in picture.shapes if isinstance(shape, Line)) < 4000


def test_a_run_that_told_nothing_is_an_empty_picture():
    assert words(curves_picture(RunCurves())) == ["Curves"]


@given(
    low=st.floats(-1e6, 1e6),
    span=st.floats(0, 1e6),
)
def test_ticks_are_few_even_and_reach_around_the_values(low, span):
    found = ticks(low, low + span)

    steps = [b - a for a, b in pairwise(found)]
    slack = 1e-6 * max(abs(low), span, 1e-6)
    assert 2 <= len(found) <= 8
    assert steps == pytest.approx([steps[0]] * len(steps))
    assert found[0] <= low + slack
    assert found[-1] >= low + span - slack


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0, 30, [0, 10, 20, 30])]
)
def test_ticks_are_round(low, high, expected):
    assert all(
        math.isclose(a, b, abs_tol=1e-12) for a, b in zip(ticks(low, high), expected, strict=True)
    )
