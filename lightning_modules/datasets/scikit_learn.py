"""The small data sets that come with scikit-learn, read offline: digits, iris, wine, breast cancer, diabetes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from lightning_modules.dataset import Column, DataError, Inputs, Table, inputs, row, source
from lightning_modules.image_file import image_files, read_image
from lightning_modules.sheet import FIRST_ROW, read_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from graphs.layer import DataLayer

DIGIT_SIDE = 8  # pixels
MAX_INK = 16
PAPER = 0.5
"""An image whose edge is brighter than this is taken for dark ink on paper."""


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


@inputs("Digits")
def digit_images(layer: DataLayer, paths: tuple[Path, ...]) -> Inputs:  # noqa: ARG001 - the shape of a reader
    """Images of digits, made as small and as dark as those of the data set: light ink on a dark ground."""
    files = image_files(paths)
    images = np.stack([read_image(path, DIGIT_SIDE, DIGIT_SIDE, "grey") for path in files])
    edges = np.concatenate(
        [images[..., 0, :], images[..., -1, :], images[..., 0], images[..., -1]], axis=-1
    )
    on_paper = edges.mean(axis=(1, 2)) > PAPER
    images[on_paper] = 1 - images[on_paper]
    return Inputs(tuple(map(str, files)), {"image": Column((images * MAX_INK).astype(np.float32))})


def _rows(layer: DataLayer, paths: tuple[Path, ...]) -> Inputs:
    """Rows of numbers from tables whose columns stand in the order of the data set."""
    (port, spec) = next(iter(layer.columns().items()))
    width = int(spec.fixed(0, "the number of columns"))
    names: list[str] = []
    parts: list[np.ndarray] = []
    for path in paths:
        sheet = read_sheet(path)
        columns = list(sheet.frame.columns)
        if len(columns) < width:
            raise DataError(
                f"{sheet.name} has {len(columns)} columns, but {layer.info.title} has {width} features."
            )
        numbers = np.stack([sheet.numbers(column) for column in columns[:width]], axis=1)
        wrong = np.argwhere(np.isnan(numbers))
        if len(wrong):
            row, column = wrong[0]
            raise DataError(
                f'Row {row + FIRST_ROW} of {sheet.name} has no number in the column "{columns[column]}".'
            )
        parts.append(numbers.astype(np.float32))
        names += [f"{path.name} row {FIRST_ROW + index}" for index in range(len(numbers))]
    return Inputs(tuple(names), {port: Column(np.concatenate(parts))})


def _cells(layer: DataLayer, values: np.ndarray) -> tuple[tuple[str, str], ...]:
    names = _headings(layer.info.title.lower().replace(" ", "_"))
    return tuple((name, f"{value:.5g}") for name, value in zip(names, values.tolist(), strict=True))


for _type in ("Iris", "Wine", "BreastCancer", "Diabetes"):
    inputs(_type)(_rows)
    row(_type)(_cells)


@cache
def _headings(name: str) -> tuple[str, ...]:
    from sklearn import datasets

    return tuple(map(str, getattr(datasets, f"load_{name}")().feature_names))


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
