"""Generated points and numbers, the same for the same seed: a ring of Gaussians, two moons, noise, any tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphs.layers.data_points import RING, GaussianRing, Moons, Noise, RandomTensors
from lightning_modules.dataset import Column, Table, source

if TYPE_CHECKING:
    from pathlib import Path

    from graphs.layer import DataLayer


@source("GaussianRing")
def gaussian_ring(layer: DataLayer, base: Path) -> Table:  # noqa: ARG001 - the shape of a source
    """As many points from each of eight Gaussians, mixed."""
    assert isinstance(layer, GaussianRing)
    random = np.random.default_rng(layer.seed)
    labels = random.permutation(np.arange(layer.samples) % RING)
    angle = 2 * np.pi * labels / RING
    middles = layer.radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = middles + random.normal(0, layer.std, middles.shape)
    return Table({"point": _numbers(points), "label": _labels(layer, labels)})


@source("Moons")
def moons(layer: DataLayer, base: Path) -> Table:  # noqa: ARG001 - the shape of a source
    """Half circles: the upper one of radius 1 around (0, 0), the lower one around (1, 0.5)."""
    assert isinstance(layer, Moons)
    random = np.random.default_rng(layer.seed)
    labels = random.permutation(np.arange(layer.samples) % 2)
    angle = random.uniform(0, np.pi, layer.samples)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    points = np.where(labels[:, None] == 0, upper, lower)
    points = points + random.normal(0, layer.noise, points.shape)
    return Table({"point": _numbers(points), "label": _labels(layer, labels)})


@source("Noise")
def noise(layer: DataLayer, base: Path) -> Table:  # noqa: ARG001 - the shape of a source
    """Standard normal numbers."""
    assert isinstance(layer, Noise)
    random = np.random.default_rng(layer.seed)
    shape = (layer.samples, *layer.size)
    return Table({"noise": Column(random.standard_normal(shape, dtype=np.float32))})


@source("RandomTensors")
def random_tensors(layer: DataLayer, base: Path) -> Table:  # noqa: ARG001 - the shape of a source
    """Normal numbers, tokens, or true and false; and a target that has nothing to do with them."""
    assert isinstance(layer, RandomTensors)
    random = np.random.default_rng(layer.seed)
    shape = (layer.samples, *layer.size)
    value: np.ndarray
    if layer.kind == "tokens":
        value = random.integers(0, layer.vocabulary, shape)
    elif layer.kind == "mask":
        value = random.random(shape, dtype=np.float32) < 0.5
    else:
        value = random.standard_normal(shape, dtype=np.float32)
    columns = {"value": Column(value)}
    if layer.target == "class":
        columns["label"] = _labels(layer, random.integers(0, layer.classes, layer.samples))
    elif layer.target == "number":
        columns["target"] = _numbers(random.standard_normal((layer.samples, 1)))
    return Table(columns)


def _numbers(values: np.ndarray) -> Column:
    return Column(values.astype(np.float32))


def _labels(layer: DataLayer, labels: np.ndarray) -> Column:
    return Column(labels.astype(np.int64), classes=layer.columns()["label"].names)
