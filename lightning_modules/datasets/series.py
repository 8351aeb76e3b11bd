"""Generated waves, the same for the same seed: sine, square and sawtooth of random period, phase and height."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphs.layers.data_series import SHAPES, SyntheticSeries
from lightning_modules.dataset import Column, Table, source

if TYPE_CHECKING:
    from pathlib import Path

    from graphs.layer import DataLayer

SHORTEST, LONGEST = 6.0, 24.0
"""Steps of one period: never so short that a wave looks like noise."""
LOWEST, HIGHEST = 0.7, 1.3
"""Heights of waves."""


@source("SyntheticSeries")
def series(layer: DataLayer, base: Path) -> Table:  # noqa: ARG001 - the shape of a source
    """Waves of one step more than is seen; the last one is the target."""
    assert isinstance(layer, SyntheticSeries)
    random = np.random.default_rng(layer.seed)
    count = layer.samples
    if layer.kind == "mixed":
        labels = random.permutation(np.arange(count) % len(SHAPES))
    else:
        labels = np.full(count, SHAPES.index(layer.kind))
    period = random.uniform(SHORTEST, LONGEST, (count, 1))
    phase = random.uniform(0, 1, (count, 1))
    height = random.uniform(LOWEST, HIGHEST, (count, 1))
    turns = np.arange(layer.length + 1) / period + phase
    shapes = (np.sin(2 * np.pi * turns), np.where(turns % 1 < 0.5, 1.0, -1.0), 2 * (turns % 1) - 1)
    waves = height * np.choose(labels[:, None], shapes) + random.normal(0, layer.noise, turns.shape)
    waves = waves.astype(np.float32)
    return Table(
        {
            "sequence": Column(waves[:, :-1, None]),
            "target": Column(waves[:, -1:]),
            "label": Column(labels.astype(np.int64), classes=SHAPES),
        }
    )
