"""A table file as texts: headings and rows of cells, whatever its encoding, delimiter and decimal sign."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lightning_modules.dataset import DataError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "?"})
"""What stands in a cell that has no value, in lower case."""

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 64 * 1024
"""Characters that are looked at to find out the delimiter, bytes to find out whether it is a text."""
FIRST_ROW = 2
"""The line of the first row, as an editor counts: the headings stand in line 1."""


@dataclass(frozen=True)
class Sheet:
    """A file as texts, stripped of blanks, with what was found out about how it is written."""

    name: str
    frame: pd.DataFrame
    decimal_comma: bool
    fingerprint: str
    _known: dict[str, np.ndarray] = field(default_factory=dict, compare=False)
    _gaps: dict[str, np.ndarray] = field(default_factory=dict, compare=False)

    def missing(self, column: str) -> np.ndarray:
        """Which cells of a column have no value."""
        if column not in self._gaps:
            cells = self.frame[column].str.lower()
            self._gaps[column] = cells.isin(MISSING).to_numpy(dtype=bool)
        return self._gaps[column]

    def numbers(self, column: str) -> np.ndarray:
        """The cells of a column as numbers, NaN where one is missing or something else."""
        if column not in self._known:
            self._known[column] = self._numbers(column)
        return self._known[column]

    def _numbers(self, column: str) -> np.ndarray:
        import pandas as pd

        cells = self.frame[column]
        texts = cells.str.replace(",", ".", regex=False) if self.decimal_comma else cells
        numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64, copy=True)
        numbers[~np.isfinite(numbers)] = np.nan
        numbers.setflags(write=False)
        return numbers

    def count_texts(self, column: str) -> int:
        """How many different values a column has."""
        return int(self.frame[column][~self.missing(column)].nunique())

    def texts(self, column: str) -> list[str]:
        """The different values of a column: numbers by size, then texts by alphabet."""
        cells = self.frame[column][~self.missing(column)]
        return sorted(cells.unique(), key=_natural)


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
    sign = _sniff(text) if delimiter == "auto" else {"tab": "\t"}.get(delimiter, delimiter)
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
        widths = [len(row) for row in csv.reader(lines, delimiter=sign, skipinitialspace=True)]
        if widths and len(set(widths)) == 1 and widths[0] > most:
            best, most = sign, widths[0]
    return best


def _frame(text: str, sign: str, name: str) -> pd.DataFrame:
    import pandas as pd  # a second to import; only who reads a table pays

    try:
        cells = pd.read_csv(
            io.StringIO(text),
            sep=sign,
            header=None,
            dtype=str,
            keep_default_na=False,  # what is missing is ours to say
            skipinitialspace=True,
        )
    except pd.errors.ParserError as error:
        raise DataError(_torn(str(error), name)) from error
    headings = [str(cell).strip() for cell in cells.iloc[0]]
    _check_headings(headings, name)
    frame = cells.iloc[1:].set_axis(headings, axis=1).reset_index(drop=True)
    _refuse_short_rows(text, sign, len(headings), name)
    for heading in headings:
        frame[heading] = frame[heading].str.strip()
    frame = frame[(frame != "").any(axis=1)].reset_index(drop=True)
    if len(frame) == 0:
        raise DataError(f"{name} has headings, but no row below them.")
    return frame


def _refuse_short_rows(text: str, sign: str, width: int, name: str) -> None:
    """The parser refuses rows that are too long, but fills up those that are too short."""
    if '"' in text:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=sign, skipinitialspace=True)
        found = ((len(row), rows.line_num, any(row)) for row in rows)
    else:
        lines = enumerate(text.split("\n"), start=1)
        found = ((line.count(sign) + 1, number, bool(line.strip())) for number, line in lines)
    for count, number, is_filled in found:
        if count < width and is_filled:
            raise DataError(_uneven(number, count, width, name))


def _torn(error: str, name: str) -> str:
    """The sentence for what the parser says."""
    uneven = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", error)
    if uneven:
        return _uneven(int(uneven[2]), int(uneven[3]), int(uneven[1]), name)
    if "EOF inside string" in error:
        return f'{name} has a quotation mark (") that is never closed. Close it or remove it.'
    return f"{name} is not a table that can be read: {' '.join(error.split())}"


def _uneven(row: int, count: int, headings: int, name: str) -> str:
    columns = "1 column" if count == 1 else f"{count} columns"
    words = "1 heading" if headings == 1 else f"{headings} headings"
    return f"Row {row} of {name} has {columns}, but there {'is' if headings == 1 else 'are'} {words}. Mend that row."


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


def _natural(text: str) -> tuple[int, float, str]:
    number = text.replace(",", ".")
    return (0, float(number), text) if _is_number(number) else (1, 0.0, text)
