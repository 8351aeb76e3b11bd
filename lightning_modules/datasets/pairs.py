"""Pairs of scikit-learn's digits, half of them the same: each part of the data has images of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphs.layers.data_pairs import DigitPairs
from lightning_modules.dataset import Column, Table, source
from lightning_modules.splits import SPLITS, split

if TYPE_CHECKING:
    from pathlib import Path

    from graphs.layer import DataLayer

STREAM = 0xD161


@source("DigitPairs")
def digit_pairs(layer: DataLayer, base: Path) -> Table:  # noqa: ARG001 - the shape of a source
    """Pairs in the order of the parts, so that without mixing no part shares an image with another."""
    assert isinstance(layer, DigitPairs)
    from sklearn.datasets import load_digits  # a second to import; only who reads such data pays

    bunch = load_digits()
    images = bunch.images.astype(np.float32)[:, None]
    random = np.random.default_rng([layer.seed, STREAM])
    whose = split(len(images), layer.split, layer.seed, bunch.target)
    rows = split(layer.samples, layer.split, layer.seed, shuffle=False)
    first, second, same = (
        np.concatenate(each)
        for each in zip(
            *(_pairs(bunch.target, whose[part], len(rows[part]), random) for part in SPLITS),
            strict=True,
        )
    )
    names = layer.columns()["label"].names
    return Table(
        {
            "image1": Column(images[first]),
            "image2": Column(images[second]),
            "label": Column(same.astype(np.int64), classes=names),
        }
    )


def _pairs(
    digits: np.ndarray, rows: np.ndarray, count: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of two images for each pair, and whether they are the same digit, which half of them are."""
    same = random.permutation(np.arange(count) % 2)
    first = random.choice(rows, count)
    second = np.empty_like(first)
    for digit in np.unique(digits[rows]):
        alike, unlike = rows[digits[rows] == digit], rows[digits[rows] != digit]
        here = digits[first] == digit
        for wanted, pool in ((1, alike), (0, unlike)):
            places = np.flatnonzero(here & (same == wanted))
            second[places] = random.choice(pool, len(places))
    return first, second, same
