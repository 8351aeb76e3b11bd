"""Tests of the examples: each is whole, says what it reaches, and reaches it."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

import pytest

from graphs.check import check
from graphs.document import dumps, load
from lightning_modules.events import Completed, Evaluated
from lightning_modules.job import Job
from lightning_modules.run import train
from resources.templates import EXAMPLES, FIRST, template, templates

NAMES = (
    "digits_mlp",
    "diabetes_regression",
    "gru_series",
    "iris_classifier",
    "lenet5_digits",
    "two_inputs",
)

REACHES = {
    # what the description says, the value it means, and the least that a run with another seed may reach
    "digits_mlp": ("Reaches about 97 % test accuracy.", "test_accuracy", 0.95),
    "diabetes_regression": ("Reaches an R2 of about 0.5 on the test part.", "test_r2_score", 0.3),
    "gru_series": ("Reaches about 99 % test accuracy.", "test_accuracy", 0.95),
    "iris_classifier": ("Reaches about 95 % test accuracy.", "test_accuracy", 0.86),
    "lenet5_digits": ("Reaches about 97 % test accuracy.", "test_accuracy", 0.93),
    "two_inputs": ("Reaches an R2 of about 0.8 on the test part.", "test_r2_score", 0.7),
}


def test_the_examples_are_these_with_that_of_the_first_start_in_front():
    assert tuple(each.name for each in templates()) == NAMES
    assert NAMES[0] == FIRST


@pytest.mark.parametrize("name", NAMES)
def test_an_example_can_be_trained_and_nothing_about_it_is_worth_a_warning(name):
    document = load(template(name).path)

    assert check(document).problems == ()
    assert document.read_only == ""


@pytest.mark.parametrize("name", NAMES)
def test_an_example_has_a_title_a_paragraph_and_a_stated_result(name):
    found = template(name)

    assert found.title
    assert len(found.description) > 200
    assert found.description.endswith(REACHES[name][0])


@pytest.mark.parametrize("name", NAMES)
def test_the_file_of_an_example_is_written_as_lamina_writes_it(name):
    path = template(name).path

    assert dumps(load(path)) == path.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_drawn_in_rows_from_left_to_right_without_overlaps(name):
    graph = load(template(name).path).main

    assert set(graph.positions) == set(graph.nodes)
    for (x1, y1), (x2, y2) in (
        (graph.positions[source.node], graph.positions[target.node])
        for source, target in graph.wires
    ):
        assert x1 + 168 < x2 or y1 + 80 < y2  # to the right, or in a row below
    for a, b in combinations(graph.positions.values(), 2):
        assert abs(a[0] - b[0]) >= 192 or abs(a[1] - b[1]) >= 60, (a, b)


def reached(name, seed, folder):
    """The values of an example's test part, trained with a seed."""
    document = load(template(name).path)
    document = replace(document, run=replace(document.run, seed=seed, device="cpu"))
    told = []

    outcome = train(Job(document, EXAMPLES, folder), told.append, lambda: False)

    assert isinstance(outcome, Completed)
    return next(each.values for each in told if isinstance(each, Evaluated))


@pytest.mark.parametrize("name", NAMES)
def test_an_example_reaches_what_it_says(name, tmp_path):
    words, value, least = REACHES[name]

    found = reached(name, 0, tmp_path / "run")[value]

    stated = float(re.search(r"about ([\d.]+)", words)[1])
    stated = stated / 100 if "%" in words else stated
    assert found >= least
    assert abs(found - stated) <= 0.08, found


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_an_example_reaches_it_with_other_seeds_too(name, seed, tmp_path):
    _, value, least = REACHES[name]

    assert reached(name, seed, tmp_path / "run")[value] >= least
