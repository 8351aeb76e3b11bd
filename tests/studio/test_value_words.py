"""Values of a run in the words of the screen."""

from __future__ import annotations

import math

import pytest

from studio.value_words import headline, number_words, value_words
from tests.documents import document

METRICS = document(
    {
        "recall": "Recall",
        "iou": "JaccardIndex",
        "mape": "MeanAbsolutePercentageError",
        "f1": "F1Score",
        "kappa": "CohenKappa",
        "matrix": "ConfusionMatrix",
    },
    [],
).main


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("recall", 0.972, "97.2 %"),
        ("iou", 0.5, "50.0 %"),
        ("mape", 1.25, "125.0 %"),
        ("f1", 0.972, "0.9720"),
        ("kappa", -0.1, "-0.1000"),
        ("matrix", 12.0, "12"),
        ("recall", math.nan, "not a number"),
        ("nothing", 0.5, "0.5000"),
    ],
)
def test_shares_are_read_in_percent_and_other_values_as_numbers(name, value, words):
    assert value_words(name, value, METRICS) == words


def test_no_value_is_a_dash():
    assert number_words(None) == "–"


def test_the_headline_names_the_part_and_the_metric_before_the_loss():
    assert headline({"test_loss": 0.1, "test_recall": 0.5}, METRICS) == "test recall 50.0 %"


def test_a_loss_of_its_own_name_is_no_headline_where_there_is_a_metric():
    judged = document({"margin": "MultiMarginLoss", "recall": "Recall"}, []).main

    assert headline({"test_margin": 0.1, "test_recall": 0.5}, judged) == "test recall 50.0 %"
    assert headline({"test_margin": 0.1}, judged) == "test margin 0.1000"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (24726.4, "24726"),
        (166_820.0, "166820"),
        (-9_999_999.0, "-9999999"),
        (1e7, "1.000e+07"),
        (2e-4, "2.000e-04"),
    ],
)
def test_prices_are_read_with_all_digits_before_the_point(value, words):
    assert number_words(value) == words
