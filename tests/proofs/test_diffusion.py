"""A network that knows the noise in a point makes points on the ring of noise, as a plain loop with it does."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from graphs.document import load
from lightning_modules.data_record import read_record
from lightning_modules.evaluation import load_network
from lightning_modules.job import Job
from lightning_modules.procedure import Wish, run_procedure
from lightning_modules.run import train
from tests.proofs import by_hand

FILE = Path(__file__).parent / "files" / "diffusion_ring.lamina"
TIMES = 1000


def run_of(folder: Path, **settings) -> Path:
    document = load(FILE)
    document = replace(document, run=replace(document.run, **settings))
    train(Job(document, folder, folder / "run"), lambda _event: None, lambda: False)
    return folder / "run"


def the_same_by_hand(run: Path) -> by_hand.Diffusion:
    """The module written by hand with the weights of a run."""
    theirs = by_hand.Diffusion().eval()
    learned = load_network(run).state_dict().values()
    theirs.load_state_dict(dict(zip(theirs.state_dict(), learned, strict=True)))
    return theirs


def linear() -> Tensor:
    return torch.cumprod(1 - torch.linspace(1e-4, 0.02, TIMES, dtype=torch.float64), 0)


def cosine() -> Tensor:
    def f(t: float) -> float:
        return math.cos((t / TIMES + 0.008) / 1.008 * math.pi / 2) ** 2

    betas = [min(1 - f(t + 1) / f(t), 0.999) for t in range(TIMES)]
    return torch.cumprod(1 - torch.tensor(betas, dtype=torch.float64), 0)


@torch.no_grad()
def ancestral(network: by_hand.Diffusion, x: Tensor, random: torch.Generator) -> Tensor:
    """Algorithm 2 of Ho, Jain and Abbeel 2020 over every fourth time, with the lower variance."""
    left = linear()
    for t in range(TIMES, 0, -4):
        now, before = left[t - 1], left[t - 5] if t > 4 else torch.tensor(1.0, dtype=torch.float64)
        alpha = now / before
        level = (1 - now).sqrt().float().expand(len(x), 1)
        noise = network.noise(x, level)
        mean = (x - (1 - alpha) / (1 - now).sqrt() * noise) / alpha.sqrt()
        x = mean.float()
        if t > 4:
            variance = (1 - before) / (1 - now) * (1 - alpha)
            x = x + variance.sqrt().float() * torch.randn(x.shape, generator=random)
    return x


@torch.no_grad()
def implicit(network: by_hand.Diffusion, x: Tensor) -> Tensor:
    """Song, Meng and Ermon 2021 without fresh noise, 50 steps, x0 kept within 3."""
    left = cosine()
    for t in range(TIMES, 0, -20):
        now, before = (
            left[t - 1],
            left[t - 21] if t > 20 else torch.tensor(1.0, dtype=torch.float64),
        )
        level = (1 - now).sqrt().float()
        noise = network.noise(x, level.expand(len(x), 1))
        x0 = ((x - level * noise) / now.sqrt().float()).clamp(-3, 3)
        noise = (x - now.sqrt().float() * x0) / level
        x = (before.sqrt() * x0 + (1 - before).sqrt() * noise).float()
    return x


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return run_of(tmp_path_factory.mktemp("diffusion"), epochs=3)


@pytest.mark.parametrize("name", ["wander", "sample"])
def test_it_makes_the_points_that_a_plain_loop_makes(run, name):
    network, random = the_same_by_hand(run), torch.Generator().manual_seed(5)
    noise = torch.randn(20, 2, generator=random)
    points = ancestral(network, noise, random) if name == "wander" else implicit(network, noise)
    record = read_record(run)
    assert record is not None

    made = run_procedure(run, name, Wish(count=20, seed=5))

    wanted = record.scales["ring.point"].undo(points)
    torch.testing.assert_close(torch.tensor(made.made), wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_its_points_lie_on_the_ring(tmp_path):
    run = run_of(tmp_path)
    angles = 2 * np.pi * np.arange(8) / 8
    middles = 2.0 * np.stack([np.cos(angles), np.sin(angles)], axis=1)

    for name in ("sample", "wander"):
        points = np.array(run_procedure(run, name, Wish(count=1000)).made)

        near = np.linalg.norm(points[:, None] - middles[None], axis=-1) < 0.3
        assert near.any(1).mean() > 0.9
        assert near.sum(0).min() > 1000 / 8 / 2
