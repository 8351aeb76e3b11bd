"""A VAE makes digits of noise, and walks from one digit to another; both through procedures over its decoder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from graphs.document import load
from lightning_modules.data import prepare
from lightning_modules.data_record import read_record
from lightning_modules.evaluation import load_network
from lightning_modules.job import Job
from lightning_modules.procedure import Wish, run_procedure
from lightning_modules.run import train
from tests.proofs import by_hand

FILE = Path(__file__).parent / "files" / "vae.lamina"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vae")
    document = load(FILE)
    short = replace(document, run=replace(document.run, epochs=1))
    train(Job(short, folder, folder / "run"), lambda _event: None, lambda: False)
    return folder / "run"


@pytest.fixture(scope="module")
def written(run):
    """The module written by hand with the weights of the run."""
    module = by_hand.Vae().eval()
    learned = load_network(run).state_dict().values()
    module.load_state_dict(dict(zip(module.state_dict(), learned, strict=True)))
    return module


def in_unit(run: Path, images: torch.Tensor) -> torch.Tensor:
    """Images as the data have them."""
    return read_record(run).scales["digits.image"].undo(images.detach().reshape(-1, 1, 8, 8))


def test_its_samples_are_what_the_decoder_makes_of_noise(run, written):
    noise = torch.randn(6, 2, generator=torch.Generator().manual_seed(3))

    made = run_procedure(run, "sample", Wish(count=6, seed=3))

    assert made.shape == "images"
    wanted = in_unit(run, written.decoder(noise))
    torch.testing.assert_close(torch.tensor(made.made), wanted, rtol=1e-4, atol=1e-4)


def test_it_walks_from_one_digit_to_another(run, written):
    test = prepare(load(FILE), run).splits["test"]["digits.image"]
    rows = torch.randperm(len(test), generator=torch.Generator().manual_seed(4))[:2]
    hidden = torch.relu(written.hidden(test[rows].flatten(1)))
    one, other = written.mean(hidden)
    way = torch.stack([one + (other - one) * step / 4 for step in range(5)])

    made = run_procedure(run, "walk", Wish(count=1, steps=5, seed=4))

    assert made.across == 5
    wanted = in_unit(run, written.decoder(way))
    torch.testing.assert_close(torch.tensor(made.made), wanted, rtol=1e-4, atol=1e-4)
