"""Which samples train, validate and test: a function of seed, shares and classes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from lightning_modules.dataset import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Split: TypeAlias = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")
STREAM = 0x5917
"""Beside the seed, so that nothing else draws the same numbers."""
SPLIT_WORDS: Mapping[Split, str] = {"train": "training", "val": "validation", "test": "test"}


def split(
    count: int,
    shares: Sequence[float],
    seed: int,
    labels: np.ndarray | None = None,
    *,
    shuffle: bool = True,
) -> dict[Split, np.ndarray]:
    """Row numbers of every part, ascending, by shares that are scaled to sum to one.

    With `labels` (one class per row) each class is spread over the parts by the same shares, less than two
    samples off, and every class has a sample in the training part. Without `shuffle` the first rows train
    and the last ones test, whatever their classes.

    Raises:
        DataError: a part with a share above zero would be empty.
    """
    if len(shares) != len(SPLITS) or min(shares) < 0 or shares[0] <= 0:
        listed = ", ".join(f"{share:g}" for share in shares)
        message = f"The split must be three shares (training, validation, test) with training above 0, but is {listed}."
        raise DataError(message)
    total = sum(shares)
    counts = _sizes(count, [share / total for share in shares])
    for part, size, share in zip(SPLITS, counts, shares, strict=True):
        if share > 0 and size == 0:
            rows = "1 row is" if count == 1 else f"{count} rows are"
            message = f"{rows} too few for this split: the {SPLIT_WORDS[part]} part would be empty."
            raise DataError(message)
    order = _spread(count, seed, labels) if shuffle else np.arange(count)
    if shuffle and labels is not None:
        order = _every_class_trains(order, labels, counts[0])
    cuts = np.cumsum(counts)[:-1]
    parts = np.split(order, cuts)
    return {name: np.sort(part) for name, part in zip(SPLITS, parts, strict=True)}


def _sizes(count: int, shares: Sequence[float]) -> list[int]:
    """Whole numbers that sum to `count`, nearest to the shares (largest remainders)."""
    exact = [count * share for share in shares]
    sizes = [int(each) for each in exact]
    by_rest = sorted(range(len(shares)), key=lambda part: sizes[part] - exact[part])
    for part in by_rest[: count - sum(sizes)]:
        sizes[part] += 1
    return sizes


def _spread(count: int, seed: int, labels: np.ndarray | None) -> np.ndarray:
    """All rows in random order, such that every stretch of it holds each class in its share."""
    random = np.random.default_rng([seed, STREAM])
    shuffled = random.permutation(count)
    if labels is None:
        return shuffled
    place = np.empty(count)
    for each in np.unique(labels):
        rows = shuffled[labels[shuffled] == each]
        place[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
    return shuffled[np.argsort(place[shuffled], kind="stable")]


def _every_class_trains(order: np.ndarray, labels: np.ndarray, trained: int) -> np.ndarray:
    """The same order with one sample of each class among the first `trained`, where there is room."""
    order = order.copy()
    missing = np.setdiff1d(labels, labels[order[:trained]])
    for each in missing:
        inside, counts = np.unique(labels[order[:trained]], return_counts=True)
        spare = inside[np.argmax(counts)]
        if counts.max() < 2:
            return order
        give = np.flatnonzero(labels[order[:trained]] == spare)[-1]
        take = trained + np.flatnonzero(labels[order[trained:]] == each)[0]
        order[[give, take]] = order[[take, give]]
    return order
