"""Tables of one's own: a CSV file read with the roles of its columns, and what is found in one at first sight.

Missing numbers among the features stay missing here (NaN) and get the training part's mean later; a
missing text becomes zeros for all texts. What is to be predicted must be there in every row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from graphs.layers.data_csv import FEATURES, CSVFile
from lightning_modules.dataset import (
    Column,
    DataError,
    Inputs,
    Schema,
    Table,
    inputs,
    look,
    resolve,
    row,
    source,
)
from lightning_modules.sheet import FIRST_ROW, Sheet, read_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graphs.layer import DataLayer
    from graphs.layers.data_csv import Column as TableColumn
    from graphs.layers.data_csv import Role

MOST_TEXTS = 100
"""A column of more different texts is guessed to be no feature: it would become that many numbers."""
MOST_NUMBERS = 20
"""A last column of at most so many different whole numbers is guessed to be a class."""
MOST_WRONG = 0.1
"""A column of numbers may hold so large a share of other cells, each a different one, and still is one of numbers."""
FEWEST_BY_SLIP = 3
"""Beside so few numbers another cell is no slip."""
MOST_CHOSEN = 1000
"""A person may make a column of up to so many different values a class or a feature of texts."""

MOST_TOLD = 10
"""So many texts that a network knows are named in a message."""

LARGEST = float(np.finfo(np.float32).max)
"""What is larger would become infinite."""


@source("CSVFile")
def csv_file(layer: DataLayer, base: Path) -> Table:
    """The features as one row of numbers, and each column to predict by its port."""
    assert isinstance(layer, CSVFile)
    sheet = read_sheet(resolve(layer.path, base), layer.delimiter)
    for column in layer.table:
        if column.role != "ignore" and column.name not in sheet.frame.columns:
            raise DataError(
                f'{sheet.name} has no column "{column.name}" any more. Read the file again.'
            )
    columns: dict[str, Column] = {}
    if FEATURES in layer.columns():
        columns[FEATURES] = _features(
            sheet, [each for each in layer.table if each.role == "feature"]
        )
    for port, column in layer.predicted.items():
        columns[port] = (
            _labels(sheet, column) if column.role == "class" else _target(sheet, column.name)
        )
    key = layer.key
    return Table(columns, _keys(sheet, key) if key else None)


@inputs("CSVFile")
def rows(layer: DataLayer, paths: tuple[Path, ...]) -> Inputs:
    """Rows of tables that have the feature columns; others are not looked at."""
    assert isinstance(layer, CSVFile)
    features = [column for column in layer.table if column.role == "feature"]
    if not features:
        return Inputs((), {})  # a table of nothing but what is to be predicted, joined by its key
    names: list[str] = []
    parts: list[np.ndarray] = []
    for path in paths:
        sheet = read_sheet(path, layer.delimiter)
        lacking = [column.name for column in features if column.name not in sheet.frame.columns]
        if lacking:
            raise DataError(
                f'{sheet.name} has no column "{lacking[0]}", which the network was trained on.'
            )
        part = _features(sheet, features, trained=True)
        parts.append(part.values)
        names += [f"{path.name} row {FIRST_ROW + index}" for index in range(len(part.values))]
    return Inputs(tuple(names), {FEATURES: Column(np.concatenate(parts))})


@row("CSVFile")
def cells(layer: DataLayer, values: np.ndarray) -> tuple[tuple[str, str], ...]:
    """A row as it stands in the table: numbers, and in place of ones and zeros the text that they stand for."""
    assert isinstance(layer, CSVFile)
    found: list[tuple[str, str]] = []
    place = 0
    for column in layer.table:
        if column.role != "feature":
            continue
        part = values[place : place + column.width]
        place += column.width
        if column.dtype == "text":
            words = column.classes[int(part.argmax())] if part.any() else ""
        else:
            words = f"{float(part[0]):.5g}"
        found.append((column.name, words))
    return tuple(found)


@look("CSVFile")
def schema(layer: DataLayer, base: Path) -> Schema:
    """What the file holds now; roles that a person has chosen are kept by heading."""
    assert isinstance(layer, CSVFile)
    roles = {column.name: column.role for column in layer.table}
    return inspect(resolve(layer.path, base), layer.delimiter, roles)


def inspect(path: Path, delimiter: str = "auto", roles: Mapping[str, Role] | None = None) -> Schema:
    """The schema of a file, with these roles, or, where none of them fits its headings, by guess.

    By guess the last column is predicted and the others are features. A last column of texts, or of few
    different whole numbers, is a class. Texts of too many kinds, numbers that only count the rows, and
    columns that never change are ignored. A column of numbers with a few slips of the pen stays one; its
    entry has a note that says where the first is.

    Raises:
        DataError: the file cannot be read, or a column has too many different values for its role.
    """
    sheet = read_sheet(path, delimiter)
    names = list(sheet.frame.columns)
    known = {name: role for name, role in (roles or {}).items() if name in names}
    columns = []
    for index, name in enumerate(names):
        is_last = index == len(names) - 1 and len(names) > 1
        role = known.get(name, "ignore") if known else _guess(sheet, name, is_last=is_last)
        columns.append(_entry(sheet, name, role))
    return {"columns": columns, "rows": len(sheet.frame), "fingerprint": sheet.fingerprint}


def _guess(sheet: Sheet, name: str, *, is_last: bool) -> Role:
    count = sheet.count_texts(name)
    if count < 2:
        return "ignore"
    if _dtype(sheet, name) == "text":
        return "ignore" if count > MOST_TEXTS else "class" if is_last else "feature"
    numbers = sheet.numbers(name)
    known = numbers[~np.isnan(numbers)]
    is_whole = bool(np.all(known == np.round(known)))
    if is_last:
        return "class" if is_whole and count <= MOST_NUMBERS else "target"
    is_counter = is_whole and count > 2 and bool(np.all(np.diff(numbers) == 1))
    return "ignore" if is_counter else "feature"


def _entry(sheet: Sheet, name: str, role: Role) -> dict[str, Any]:
    dtype = _dtype(sheet, name)
    classes: list[str] = []
    if role == "class" or (role == "feature" and dtype == "text"):
        count = sheet.count_texts(name)
        if count > MOST_CHOSEN:
            words = "a class" if role == "class" else "a feature of texts"
            raise DataError(
                f'The column "{name}" of {sheet.name} has {count:,} different values, and {words} may have '
                f"{MOST_CHOSEN:,} at most. Ignore that column."
            )
        classes = sheet.texts(name)
    entry = {"name": name, "role": role, "dtype": dtype, "classes": classes}
    slips = _slips(sheet, name) if role in ("feature", "target") else np.empty(0)
    return {**entry, "note": _note(sheet, name, slips)} if len(slips) else entry


def _dtype(sheet: Sheet, name: str) -> Literal["number", "text"]:
    """Numbers, if every cell that is there is one, but for a few slips, and not all are missing."""
    unknown = np.isnan(sheet.numbers(name))
    if unknown.all():
        return "text"
    wrong = (unknown & ~sheet.missing(name)).any()
    return "text" if wrong and not len(_slips(sheet, name)) else "number"


def _slips(sheet: Sheet, name: str) -> np.ndarray:
    """The rows of a column of numbers that hold something else: few, and no two the same. Else none."""
    numbers = ~np.isnan(sheet.numbers(name))
    wrong = np.flatnonzero(~numbers & ~sheet.missing(name))
    few = len(wrong) <= max(1, MOST_WRONG * numbers.sum()) and numbers.sum() > FEWEST_BY_SLIP
    return wrong if few and sheet.frame[name].iloc[wrong].is_unique else wrong[:0]


def _note(sheet: Sheet, name: str, slips: np.ndarray) -> str:
    text = str(sheet.frame[name].iloc[slips[0]])[:40]
    others = len(slips) - 1
    more = "; neither is 1 more cell" if others == 1 else f"; neither are {others:,} more cells"
    return f'row {slips[0] + FIRST_ROW} holds "{text}", which is no number{more if others else ""}'


def _features(sheet: Sheet, columns: list[TableColumn], *, trained: bool = False) -> Column:
    """All features side by side; the places of those that stand for texts are left as they are.

    A `trained` network needs every column, and knows no other texts: then only the cells can be mended.
    """
    parts: list[np.ndarray] = []
    texts: list[int] = []
    width = 0
    for column in columns:
        if column.dtype == "text":
            codes = _codes(sheet, column, trained=trained)
            part = codes[:, None] == np.arange(len(column.classes))
            texts += range(width, width + part.shape[1])
        else:
            part = _numbers(sheet, column.name, trained=trained)[:, None]
        width += part.shape[1]
        parts.append(part.astype(np.float32))
    return Column(np.concatenate(parts, axis=1), as_they_are=tuple(texts))


def _keys(sheet: Sheet, name: str) -> tuple[str, ...]:
    """The key of each row as it stands in the table, empty where it has none."""
    cells = sheet.frame[name].mask(sheet.missing(name), "")
    return tuple(map(str, cells))


def _labels(sheet: Sheet, column: TableColumn) -> Column:
    codes = _codes(sheet, column)
    _refuse_missing(sheet, column.name)
    if len(np.unique(codes)) < 2:
        raise DataError(
            f'The column "{column.name}" of {sheet.name} holds one class only, "{column.classes[codes[0]]}". '
            "A classifier needs two or more."
        )
    return Column(codes, classes=column.classes)


def _target(sheet: Sheet, name: str) -> Column:
    numbers = _numbers(sheet, name)
    _refuse_missing(sheet, name)
    return Column(numbers.astype(np.float32)[:, None])


def _numbers(sheet: Sheet, name: str, *, trained: bool = False) -> np.ndarray:
    numbers = sheet.numbers(name)
    way_out = "Mend that cell." if trained else "Mend that cell, or ignore the column."
    wrong = np.flatnonzero(np.isnan(numbers) & ~sheet.missing(name))
    if len(wrong):
        raise DataError(f"{_cell(sheet, name, wrong[0])}, which must be a number. {way_out}")
    large = np.flatnonzero(np.abs(numbers) > LARGEST)
    if len(large):
        raise DataError(
            f"{_cell(sheet, name, large[0])}, which is infinite or too large a number. {way_out}"
        )
    if np.isnan(numbers).all():
        raise DataError(
            f'The column "{name}" of {sheet.name} holds no number at all. '
            f"{'The network needs one in it.' if trained else 'Ignore that column.'}"
        )
    return numbers


def _codes(sheet: Sheet, column: TableColumn, *, trained: bool = False) -> np.ndarray:
    """The place of each text among the classes, -1 where it is missing."""
    places = {text: index for index, text in enumerate(column.classes)}
    codes = sheet.frame[column.name].map(places).fillna(-1).to_numpy(dtype=np.int64)
    new = np.flatnonzero((codes < 0) & ~sheet.missing(column.name))
    if len(new) and trained:
        known = ", ".join(f'"{each}"' for each in column.classes[:MOST_TOLD])
        more = ", …" if len(column.classes) > MOST_TOLD else ""
        raise DataError(
            f"{_cell(sheet, column.name, new[0])}, which the network was not trained with. It knows {known}{more}."
        )
    if len(new):
        raise DataError(
            f"{_cell(sheet, column.name, new[0])}, which was not there when the file was read. Read the file again."
        )
    return codes


def _cell(sheet: Sheet, name: str, row: int) -> str:
    """The beginning of a sentence about one cell."""
    text = str(sheet.frame[name].iloc[row])[:40]
    return f'Row {row + FIRST_ROW} of {sheet.name} holds "{text}" in the column "{name}"'


def _refuse_missing(sheet: Sheet, name: str) -> None:
    missing = np.flatnonzero(sheet.missing(name))
    if len(missing):
        raise DataError(
            f'Row {missing[0] + FIRST_ROW} of {sheet.name} has no value in the column "{name}", which is to be '
            "predicted. Fill it in or remove the row."
        )
