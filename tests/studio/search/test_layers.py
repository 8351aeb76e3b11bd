"""Finding layers by what people type."""

from __future__ import annotations

import pytest

import graphs.layers  # noqa: F401 - registers all layer types
from graphs.layer import LAYERS
from studio.search.layers import rank


def titles(query: str) -> list[str]:
    return [info.title for info in rank(query, [cls.info for cls in LAYERS.values()])]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("dense", "Linear"),
        ("fully connected", "Linear"),
        ("fc", "Linear"),
        ("linear", "Linear"),
        ("nn.Linear"[3:], "Linear"),
        ("relu", "ReLU"),
        ("conv2d", "Conv 2D"),
        ("conv 2d", "Conv 2D"),
        ("crossent", "Cross entropy"),
    ],
)
def test_the_first_answer_is_the_layer_that_people_mean(query, title):
    assert titles(query)[0] == title


def test_an_exact_title_comes_before_layers_that_only_contain_it():
    found = titles("ReLU")

    assert found[0] == "ReLU"
    assert "LeakyReLU" in [each.replace(" ", "") for each in found]


def test_letters_in_order_find_a_layer_too():
    assert "Conv 2D" in titles("cnv")


def test_nothing_answers_nonsense():
    assert titles("qqqzzz") == []


def test_an_empty_query_keeps_every_layer_in_order():
    assert len(titles("  ")) == len(LAYERS)
