"""Draws within a chance of one's own leave torch's global generator as it was, whatever draws."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from graphs.compile import build
from graphs.document import load
from lightning_modules.explain import explain
from lightning_modules.own_chance import ForeignChanceError, OwnChance

PROOFS = Path(__file__).resolve().parents[1] / "proofs" / "files"
ONES = torch.ones(4, 3)

DRAWS = {
    "rand": lambda: torch.rand(5),
    "randn": lambda: torch.randn(2, 3),
    "randint": lambda: torch.randint(9, (5,)),
    "randint from": lambda: torch.randint(1, 9, (5,)),
    "randperm": lambda: torch.randperm(9),
    "rand_like": lambda: torch.rand_like(ONES),
    "randn_like": lambda: torch.randn_like(ONES),
    "randint_like": lambda: torch.randint_like(ONES, 9),
    "bernoulli": lambda: torch.bernoulli(ONES / 2),
    "multinomial": lambda: torch.multinomial(ONES, 2),
    "normal": lambda: torch.normal(ONES, ONES),
    "in place": lambda: torch.empty(5).uniform_(),
    "distribution": lambda: torch.distributions.Normal(0.0, 1.0).sample((3,)),
    "weights": lambda: nn.Linear(3, 4).weight,
    "channels": lambda: nn.Dropout2d()(torch.ones(2, 8, 2, 2)),
}
QUIET = {
    "dropout": (nn.Dropout(), ONES),
    "rrelu": (nn.RReLU(), ONES),
    "lstm": (nn.LSTM(3, 4, 2, dropout=0.5), torch.ones(2, 4, 3)),
    "encoder": (nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), torch.ones(2, 3, 4)),
}


@pytest.fixture
def state():
    """What the global generator was like before."""
    return torch.get_rng_state()


@pytest.mark.parametrize("name", DRAWS)
def test_a_draw_differs_each_time_and_takes_nothing_from_the_others(name, state):
    with OwnChance():
        drawn = [DRAWS[name]() for _ in range(8)]

    assert any(not torch.equal(each, drawn[0]) for each in drawn[1:])
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("name", QUIET)
def test_layers_in_evaluation_answer_as_ever(name, state):
    module, given = QUIET[name]
    module.eval()

    with torch.inference_mode():
        wanted = module(given)
        with OwnChance():
            found = module(given)

    first = (each[0] if isinstance(each, tuple) else each for each in (found, wanted))
    assert torch.equal(*first)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("file", sorted(PROOFS.glob("*.lamina")), ids=lambda file: file.stem)
def test_every_network_is_built_without_the_others_noticing(file, state):
    with OwnChance():
        build(load(file))

    assert torch.equal(torch.get_rng_state(), state)


def test_what_cannot_be_told_a_generator_is_refused_in_a_sentence(state):
    with pytest.raises(ForeignChanceError) as refused, torch.inference_mode(), OwnChance():
        nn.Dropout()(ONES)

    assert explain(refused.value) == (
        "This network draws random numbers (aten.native_dropout.default) in the way that training does, so the "
        "window does not ask it. Use lamina predict in its place."
    )
    assert torch.equal(torch.get_rng_state(), state)


def test_draws_outside_are_as_ever():
    with OwnChance():
        torch.manual_seed(3)
        torch.randn(4)
    found = torch.randn(4)

    torch.manual_seed(3)
    assert torch.equal(found, torch.randn(4))
