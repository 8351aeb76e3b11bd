"""Networks of many kinds that learn as they should are told of no illness that they do not have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from graphs.check import check
from graphs.document import load
from lightning_modules.events import (
    Baseline,
    Baselines,
    Completed,
    EpochEnded,
    Evaluated,
    Noted,
    Started,
    Steps,
    Watched,
)
from lightning_modules.notes import Doctor
from lightning_modules.remedies import remedies
from tests.documents import digits_mlp

PROOFS = Path(__file__).parents[1] / "proofs" / "files"


@pytest.mark.parametrize(
    ("name", "epochs", "may"),
    [
        ("vae", 3, set()),
        ("gan_ring", 5, set()),
        pytest.param("gpt", 2, set(), marks=pytest.mark.slow),
        # It learns its few pictures by heart within epochs, and says no more than chance of others.
        pytest.param("resnet18_small", 4, {"overfitting", "not_better"}, marks=pytest.mark.slow),
        # Each epoch draws its noise anew, so its losses go up and down.
        pytest.param("diffusion_ring", 60, set(), marks=pytest.mark.slow),
    ],
)
def test_a_proof_gets_no_note_that_is_not_so(run, name, epochs, may):
    document = load(PROOFS / f"{name}.lamina")
    document = replace(document, run=replace(document.run, epochs=epochs, device="cpu"))

    told = run(document)

    notes = told.of(Noted)
    fixes = [each for noted in notes for each in remedies(noted, document)]
    assert isinstance(told.outcome, Completed), told.outcome
    assert {each.code for each in notes} <= may, [each.message for each in notes]
    assert not any(check(each.apply(document)).problems for each in fixes)


def hear(rows, *others, epochs=12):
    """The codes that a doctor notes of (training, validation) losses of each epoch, and of events behind them."""
    doctor = Doctor(digits_mlp(epochs=epochs))
    events = [Started("", "", "cpu", epochs, 1, 0, 1, {}, 0, 1), Steps("1", 1, (2.3,), 0.1, 1.0)]
    events += [
        EpochEnded(place, place, {"train_loss": train, "val_loss": val}, False, 1.0)
        for place, (train, val) in enumerate(rows, 1)
    ]
    return [noted for each in (*events, *others) for noted in doctor.take(each)]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([(1.5 / e, 0.9 + 0.05 * abs(e - 4)) for e in range(1, 11)], ["overfitting"]),
        # The validation loss of one epoch was low by chance.
        ([(1.5 / e, 0.3 if e == 3 else 0.9) for e in range(1, 13)], []),
        # It goes up and down by more than it rose.
        ([(1.5 / e, 1.0 + 0.3 * (-1) ** e + 0.01 * e) for e in range(1, 13)], []),
        # The training loss does not get better any more, so nothing is learned by heart.
        ([(max(1.5 / e, 0.7), 0.9 + 0.05 * abs(e - 4)) for e in range(1, 11)], []),
    ],
)
def test_overfitting_is_a_rise_beyond_what_goes_up_and_down(rows, codes):
    notes = hear(rows)

    assert [each.code for each in notes] == codes


def test_large_gradients_of_a_network_that_learns_are_no_illness():
    look = Watched(
        "1", 1, 1, 0.1, 1e6, 1.0, 1.0, gradients={"hidden": 1e6}, weights={"hidden": 9.0}
    )

    learning, stuck = hear([(1.4, 1.4)], look), hear([(2.29, 2.29)], look)

    assert [each.code for each in learning] == []
    assert [each.code for each in stuck] == ["exploding"]


def test_a_network_that_is_no_better_than_chance_is_told_so():
    known = Baselines(
        (Baseline("chance", "Most frequent class", {"test_accuracy": 0.111}),), 9, 9, ("accuracy",)
    )

    (noted,) = hear([(1.4, 1.4)], known, Evaluated("test", {"test_accuracy": 0.111}))

    assert noted.message == (
        "The network is no better than chance: on the test part most frequent class reaches 11.1 % (accuracy), the "
        "network 11.1 %. What it learned does not hold for other samples."
    )
