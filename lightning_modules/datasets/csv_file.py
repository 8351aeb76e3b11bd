"""Tables of one's own: a CSV file read with the roles of its columns, and what is found in one at first sight.

Missing numbers among the features stay missing here (NaN) and get the training part's mean later; a
missing text becomes zeros for all texts. What is to be predicted must be there in every row.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from graphs.layers.data_csv import FEATURES, CSVFile
from lightning_modules.dataset import Column, DataError, Schema, Table, look, resolve, source

if TYPE_CHECKING:
    import pandas as pd

    from graphs.layer import DataLayer
    from graphs.layers.data_csv import Column as TableColumn

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "?"})
"""What stands in a cell that has no value, in lower case."""

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
MAX_CLASSES = 100
"""A column of more different texts is no feature: it would become that many numbers."""
MAX_GUESSED_CLASSES = 20
"""A last column of at most so many different whole numbers is guessed to be a class."""
SAMPLE = 64 * 1024  # characters looked at to find out the delimiter
FIRST_ROW = 2
"""The line of the first row, as an editor counts: the headings stand in line 1."""


@dataclass(frozen=True)
class Sheet:
    """A file as texts: headings, and rows of cells, with what was found out about how it is written."""

    name: str
    frame: pd.DataFrame
    decimal_comma: bool
    fingerprint: str


@source("CSVFile")
def csv_file(layer: DataLayer, base: Path) -> Table:
    """The features as one row of numbers, and each column to predict by its port."""
    assert isinstance(layer, CSVFile)
    sheet = read_sheet(resolve(layer.path, base), layer.delimiter)
    for column in layer.table:
        if column.role != "ignore" and column.name not in sheet.frame.columns:
            raise DataError(
                f'{sheet.name} has no column "{column.name}". Choose the file again, so that its columns are read anew.'
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
    return Table(columns)


@look("CSVFile")
def schema(layer: DataLayer, base: Path) -> Schema:
    """What the file holds now; roles and kinds that a person has chosen are kept by heading."""
    assert isinstance(layer, CSVFile)
    chosen = {column.name: column for column in layer.table}
    found = inspect(resolve(layer.path, base), layer.delimiter)
    if set(chosen) & {entry["name"] for entry in found["columns"]}:
        for entry in found["columns"]:
            entry["role"] = chosen[entry["name"]].role if entry["name"] in chosen else "ignore"
            if entry["role"] == "class":
                entry["classes"] = found["values"].get(entry["name"], entry["classes"])
    del found["values"]
    return found


def inspect(path: Path, delimiter: str = "auto") -> Schema:
    """The schema of a file by guess: the last column is predicted, the others are features.

    A last column of texts, or of few different whole numbers, is a class. Texts of too many kinds, and
    numbers that only count the rows, are ignored. Beside the schema, `values` lists the different texts
    of every column that could be a class.

    Raises:
        DataError: it cannot be read.
    """
    sheet = read_sheet(path, delimiter)
    columns: list[dict[str, Any]] = []
    values: dict[str, list[str]] = {}
    names = list(sheet.frame.columns)
    for index, name in enumerate(names):
        cells = sheet.frame[name]
        numbers = _numbers(sheet, cells)
        different = sorted({each for each in cells if each.lower() not in MISSING}, key=_natural)
        if len(different) <= MAX_CLASSES:
            values[name] = different
        last = index == len(names) - 1 and len(names) > 1
        entry = {
            "name": name,
            "role": _guess(numbers, different, last=last),
            "dtype": "text" if numbers is None else "number",
        }
        is_named = entry["role"] == "class" or (
            entry["dtype"] == "text" and entry["role"] == "feature"
        )
        columns.append({**entry, "classes": different if is_named else []})
    return {
        "columns": columns,
        "rows": len(sheet.frame),
        "fingerprint": sheet.fingerprint,
        "values": values,
    }


def _guess(
    numbers: np.ndarray | None, different: list[str], *, last: bool
) -> Literal["feature", "target", "class", "ignore"]:
    if len(different) < 2:  # noqa: PLR2004 - a column that never changes says nothing
        return "ignore"
    if numbers is None:
        return "ignore" if len(different) > MAX_CLASSES else "class" if last else "feature"
    whole = np.all(np.isnan(numbers) | (numbers == np.round(numbers)))
    if last:
        return "class" if whole and len(different) <= MAX_GUESSED_CLASSES else "target"
    steps = np.diff(numbers)
    return "ignore" if whole and len(numbers) > 2 and np.all(steps == 1) else "feature"  # noqa: PLR2004 - two may be chance


def _natural(text: str) -> tuple[int, float, str]:
    """Numbers by size before texts by alphabet."""
    try:
        return 0, float(text.replace(",", ".")), text
    except ValueError:
        return 1, 0.0, text


def read_sheet(path: Path, delimiter: str = "auto") -> Sheet:
    """The file as texts.

    Raises:
        DataError: it is missing, empty, not a text, or its rows are of different lengths.
    """
    name = path.name
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"There is no file {path}. Choose the CSV file again.") from None
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {(error.strerror or str(error)).lower()}."
        ) from error
    text = _decode(data, name)
    if not text.strip():
        raise DataError(f"{name} is empty. It needs a line of headings and a line for each sample.")
    sign = {"tab": "\t"}.get(delimiter, delimiter)
    if sign == "auto":
        sign = _sniff(text)
    frame = _frame(text, sign, name)
    return Sheet(
        name,
        frame,
        sign != "," and _has_decimal_commas(frame),
        hashlib.sha256(data).hexdigest()[:16],
    )


def _decode(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data[:SAMPLE]:
        raise DataError(
            f"{name} is not a text file. Save the table as CSV, for instance from your spreadsheet program."
        )
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]  # the last reads anything
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataError(f"{name} is not a text that can be read. Save it as CSV in UTF-8.")


def _sniff(text: str) -> str:
    """The sign that cuts the first lines into the most columns, of the same number in each."""
    lines = [line for line in text[:SAMPLE].splitlines()[:-1] or [text[:SAMPLE]] if line.strip()][
        :50
    ]
    best, most = ",", 1
    for sign in DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=sign)]
        if widths and len(set(widths)) == 1 and widths[0] > most:
            best, most = sign, widths[0]
    return best


def _frame(text: str, sign: str, name: str) -> pd.DataFrame:
    import pandas as pd  # a second to import; only who reads a table pays

    rows = [
        row
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign)
        if any(cell.strip() for cell in row)
    ]
    if not rows:
        raise DataError(f"{name} is empty. It needs a line of headings and a line for each sample.")
    headings = [cell.strip() for cell in rows[0]]
    _check_headings(headings, name)
    if len(rows) == 1:
        raise DataError(f"{name} has headings, but no row below them.")
    for index, row in enumerate(rows[1:], start=FIRST_ROW):
        if len(row) != len(headings):
            columns = "1 column" if len(row) == 1 else f"{len(row)} columns"
            raise DataError(
                f"Row {index} of {name} has {columns}, but there are {len(headings)} headings. Mend that row."
            )
    return pd.DataFrame(
        [[cell.strip() for cell in row] for row in rows[1:]], columns=headings, dtype=str
    )


def _check_headings(headings: list[str], name: str) -> None:
    for index, heading in enumerate(headings, start=1):
        if not heading:
            raise DataError(
                f"Column {index} of {name} has no heading. The first line must name every column."
            )
        if heading in headings[: index - 1]:
            raise DataError(
                f'Two columns of {name} are called "{heading}". Give one another heading.'
            )


def _has_decimal_commas(frame: pd.DataFrame) -> bool:
    """Whether numbers are written 3,14: some cell is one with a comma, and none needs a point."""
    cells = frame.to_numpy().ravel()[:20_000]
    commas = [cell for cell in cells if "," in cell and _is_number(cell.replace(",", "."))]
    return bool(commas) and not any("." in cell and _is_number(cell) for cell in cells)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _numbers(sheet: Sheet, cells: pd.Series) -> np.ndarray | None:
    """The cells as numbers, NaN where missing; None if one is something else or all are missing."""
    numbers = _convert(sheet, cells)
    wrong = np.isnan(numbers) & ~_missing(cells)
    return None if wrong.any() or np.isnan(numbers).all() else numbers


def _convert(sheet: Sheet, cells: pd.Series) -> np.ndarray:
    import pandas as pd

    texts = cells.str.replace(",", ".", regex=False) if sheet.decimal_comma else cells
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64, copy=True)
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers


def _missing(cells: pd.Series) -> np.ndarray:
    return cells.str.lower().isin(MISSING).to_numpy()


def _features(sheet: Sheet, columns: list[TableColumn]) -> Column:
    """All features side by side; the places of those that stand for texts are left as they are."""
    parts: list[np.ndarray] = []
    texts: list[int] = []
    width = 0
    for column in columns:
        if column.dtype == "text":
            part = _one_hot(sheet, column)
            texts += range(width, width + part.shape[1])
        else:
            part = _checked_numbers(sheet, column.name)[:, None]
        width += part.shape[1]
        parts.append(part.astype(np.float32))
    return Column(np.concatenate(parts, axis=1), as_they_are=tuple(texts))


def _one_hot(sheet: Sheet, column: TableColumn) -> np.ndarray:
    codes = _codes(sheet, column)
    return (codes[:, None] == np.arange(len(column.classes))).astype(np.float32)


def _labels(sheet: Sheet, column: TableColumn) -> Column:
    codes = _codes(sheet, column)
    _refuse_missing(sheet, column.name)
    if len(np.unique(codes)) < 2:  # noqa: PLR2004 - nothing to choose from
        only = column.classes[codes[0]]
        raise DataError(
            f'The column "{column.name}" of {sheet.name} holds one class only, {only}. A classifier needs two or more.'
        )
    return Column(codes, classes=column.classes)


def _target(sheet: Sheet, name: str) -> Column:
    numbers = _checked_numbers(sheet, name)
    _refuse_missing(sheet, name)
    return Column(numbers.astype(np.float32)[:, None])


def _checked_numbers(sheet: Sheet, name: str) -> np.ndarray:
    cells = sheet.frame[name]
    numbers = _convert(sheet, cells)
    wrong = np.flatnonzero(np.isnan(numbers) & ~_missing(cells))
    if len(wrong):
        cell = str(cells.iloc[wrong[0]])[:40]
        raise DataError(
            f'Row {wrong[0] + FIRST_ROW} of {sheet.name} holds "{cell}" in the column "{name}", which must be a number. '
            "Mend that cell, or choose the file again to use the column as text."
        )
    if np.isnan(numbers).all():
        raise DataError(
            f'The column "{name}" of {sheet.name} holds no number at all. Ignore that column.'
        )
    return numbers


def _codes(sheet: Sheet, column: TableColumn) -> np.ndarray:
    """The place of each text among the classes, -1 where it is missing."""
    cells = sheet.frame[column.name]
    codes = (
        cells.map({text: index for index, text in enumerate(column.classes)})
        .fillna(-1)
        .to_numpy(dtype=np.int64)
    )
    new = np.flatnonzero((codes < 0) & ~_missing(cells))
    if len(new):
        cell = str(cells.iloc[new[0]])[:40]
        raise DataError(
            f'Row {new[0] + FIRST_ROW} of {sheet.name} holds "{cell}" in the column "{column.name}", which is none of the '
            f"{len(column.classes)} values that were there when the file was read. Choose the file again."
        )
    return codes


def _refuse_missing(sheet: Sheet, name: str) -> None:
    missing = np.flatnonzero(_missing(sheet.frame[name]))
    if len(missing):
        raise DataError(
            f'Row {missing[0] + FIRST_ROW} of {sheet.name} has no value in the column "{name}", which is to be predicted. '
            "Fill it in or remove the row."
        )
