"""A network that is fed with what it gave writes a text, or goes on with a series."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graphs.content import Feed, Procedure
from graphs.expression import Expression
from graphs.procedures import ProcedureError
from lightning_modules.job import Job
from lightning_modules.procedure import Wish, run_procedure
from lightning_modules.run import train
from tests.documents import series_gru, writer


def trained(described, folder):
    train(Job(described, folder, folder / "run"), lambda _event: None, lambda: False)
    return folder / "run"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return trained(writer(), tmp_path_factory.mktemp("write"))


def test_it_writes_as_many_characters_as_it_has_steps_the_same_for_a_seed(run):
    first, again, other = (run_procedure(run, "write", Wish(seed=seed)) for seed in (1, 1, 2))

    assert len(first.made[0]) == 40
    assert first == again
    assert first.made != other.made


def test_it_begins_with_a_start_and_makes_as_many_steps_as_are_asked_for(run):
    found = run_procedure(run, "write", Wish("once the fox", steps=5))

    assert found.text.startswith("once the fox")
    assert len(found.text) == len("once the fox") + 5


def test_at_temperature_0_it_takes_the_likeliest(tmp_path):
    folder = trained(writer(params={"temperature": 0}), tmp_path)

    one, other = (run_procedure(folder, "write", Wish(seed=seed)) for seed in (1, 2))

    assert one == other


def test_it_stops_where_its_condition_says_so(tmp_path):
    folder = trained(writer(stop=Expression("step >= 3")), tmp_path)

    assert len(run_procedure(folder, "write").made[0]) == 3


def test_it_goes_on_with_a_series_in_the_unit_of_the_data(tmp_path):
    feed = Feed("series.sequence", "input")
    described = replace(
        series_gru(), procedures=(Procedure("forecast", "autoregressive", feeds=(feed,), steps=7),)
    )
    folder = trained(described, tmp_path)

    found = run_procedure(folder, "forecast")

    assert len(found.made[0]) == 7
    assert len(found.start[0]) == 12
    assert found.text.count(",") == 6


@pytest.mark.parametrize(
    ("name", "start", "sentence"),
    [
        ("sing", None, 'There is no procedure called "sing"; there are: write.'),
        (
            "write",
            "Ä",
            "The start has “Ä”, which the network never saw; it knows: ,.?abcdefghiklmnoprstuvwxy.",
        ),
    ],
)
def test_what_cannot_be_run_is_said(run, name, start, sentence):
    with pytest.raises(ProcedureError) as refused:
        run_procedure(run, name, Wish(start))

    assert str(refused.value) == sentence
