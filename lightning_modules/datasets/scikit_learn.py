"""The small data sets that come with scikit-learn, read offline: digits, iris, wine, breast cancer, diabetes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from lightning_modules.dataset import Column, Table, source

if TYPE_CHECKING:
    from pathlib import Path

    from graphs.layer import DataLayer

DIGIT_SIDE = 8  # pixels


@source("Digits")
def digits(layer: DataLayer, base: Path) -> Table:  # noqa: ARG001 - the shape of a source
    """1,797 handwritten digits of 8x8 pixels, 0 to 16, and which digit it is."""
    data, target = _load("digits")
    images = data.reshape(-1, 1, DIGIT_SIDE, DIGIT_SIDE)
    return _table(layer, images, target)


@source("Iris")
def iris(layer: DataLayer, base: Path) -> Table:  # noqa: ARG001 - the shape of a source
    """150 irises: four measures in cm and the species."""
    return _table(layer, *_load("iris"))


@source("Wine")
def wine(layer: DataLayer, base: Path) -> Table:  # noqa: ARG001 - the shape of a source
    """178 wines: thirteen measures and the grower."""
    return _table(layer, *_load("wine"))


@source("BreastCancer")
def breast_cancer(layer: DataLayer, base: Path) -> Table:  # noqa: ARG001 - the shape of a source
    """569 tumours: thirty measures of cell nuclei and whether it was malignant."""
    return _table(layer, *_load("breast_cancer"))


@source("Diabetes")
def diabetes(layer: DataLayer, base: Path) -> Table:  # noqa: ARG001 - the shape of a source
    """442 patients: ten measures and how far the disease went on in a year."""
    return _table(layer, *_load("diabetes"))


@cache
def _load(name: str) -> tuple[np.ndarray, np.ndarray]:
    from sklearn import datasets  # a second to import; only who reads such data pays

    plain = (
        {"scaled": False} if name == "diabetes" else {}
    )  # else scaled by statistics of all rows: a leak
    bunch: Any = getattr(datasets, f"load_{name}")(**plain)
    return bunch.data.astype(np.float32), bunch.target


def _table(layer: DataLayer, inputs: np.ndarray, target: np.ndarray) -> Table:
    """The layer's columns: labels where it declares a class, the target as a row of one, else the inputs."""
    columns: dict[str, Column] = {}
    for port, spec in layer.columns().items():
        if spec.kind == "class":
            columns[port] = Column(target.astype(np.int64), classes=spec.names)
        elif port == "target":
            columns[port] = Column(target.astype(np.float32)[:, None])
        else:
            columns[port] = Column(inputs)
    return Table(columns)
