"""A GAN of two objectives over shared blocks learns all eight Gaussians of a ring."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from graphs.compile import build
from graphs.content import Document
from graphs.document import load
from lightning_modules.evaluation import load_network
from lightning_modules.events import Completed
from lightning_modules.job import Job
from lightning_modules.procedure import Wish, run_procedure
from lightning_modules.run import train

FILE = Path(__file__).parent / "files" / "gan_ring.lamina"
POINTS = 2000


def modes(points: np.ndarray) -> tuple[int, ...]:
    """How many points lie within 0.3 of each Gaussian of the ring of radius 2."""
    angles = 2 * np.pi * np.arange(8) / 8
    middles = 2.0 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    distances = np.linalg.norm(points[:, None] - middles[None], axis=-1)
    return tuple(int((distances[:, each] < 0.3).sum()) for each in range(8))


def fresh_weights(document: Document) -> dict[str, torch.Tensor]:
    """The weights that a run of the document's seed begins with."""
    torch.manual_seed(document.run.seed)
    return build(document).state_dict()


def test_each_objective_changes_what_it_updates_and_nothing_else(tmp_path):
    document = load(FILE)
    judge, make = document.objectives
    for objectives, moving in (((judge,), "discriminator"), ((make,), "generator")):
        run = tmp_path / moving
        alone = replace(document, objectives=objectives, run=replace(document.run, epochs=1))
        train(Job(alone, tmp_path, run), lambda _event: None, lambda: False)
        after = load_network(run, checkpoint="last").state_dict()
        start = fresh_weights(alone)
        changed = {key for key in after if not torch.equal(after[key], start[key])}

        assert changed == {key for key in after if key.startswith(f"{moving}.")}


@pytest.mark.slow
def test_it_covers_eight_of_eight_modes(tmp_path):
    document = load(FILE)

    outcome = train(Job(document, tmp_path, tmp_path / "run"), lambda _event: None, lambda: False)

    assert isinstance(outcome, Completed)
    torch.manual_seed(0)
    network = load_network(tmp_path / "run", checkpoint="last")
    found = modes(network({"point": torch.zeros(POINTS, 2)})["points"].detach().numpy())
    assert min(found) >= POINTS / 8 / 10, found
    sampled = run_procedure(tmp_path / "run", "sample", Wish(count=POINTS))
    assert min(modes(np.array(sampled.made))) >= POINTS / 8 / 10
