"""A table of one's own: which of its columns are features and which are to be predicted."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

from graphs.layer import DataLayer, layer
from graphs.param import Json, Path, param
from graphs.spec import Axis, Hint, Mismatch, Spec, counted

Role = Literal["feature", "target", "class", "key", "ignore"]
Dtype = Literal["number", "text"]

ROLES: tuple[Role, ...] = get_args(Role)
DTYPES: tuple[Dtype, ...] = get_args(Dtype)

FEATURES = "features"
LONGEST_PORT = 64

MOST_OFFERED = 3
"""For how many columns of a table a way out is offered."""


@dataclass(frozen=True)
class Column:
    """One column of the table: its heading, what it is for, and the texts that occur in it, if it holds texts.

    `role` "target" is a number to predict, "class" a class to predict, "key" what joins the rows to those of
    other data. A feature with `classes` is spread over as many numbers, of which one is 1.
    """

    name: str
    role: Role
    dtype: Dtype = "number"
    classes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many numbers it adds to the features."""
        return len(self.classes) if self.dtype == "text" else 1


@layer(
    "CSVFile",
    title="CSV file",
    category="Data",
    also=("table", "spreadsheet", "excel", "own data", "comma separated", "pandas", "tsv"),
    role="data",
)
class CSVFile(DataLayer):
    """Your own table: features (E), and one port for each column that is to be predicted.

    Choose a file with a heading line, then say for each column whether it is a feature, a target (a number
    to predict), a class (a label to predict), the key or ignored. Columns of text among the features become one
    number for each text that occurs. Beside other data with keys (a second table, or an image folder, whose keys
    are its files' paths) rows of equal keys are joined; rows of the first data layer without a partner are left out.
    """

    path: Path = param(Path(""), doc="The file; its first line names the columns.")
    delimiter: Literal["auto", ",", ";", "tab", "|"] = param(
        "auto", doc="What stands between two columns; auto finds it out.", advanced=True
    )
    schema: Json = param(
        {},
        doc='What the file holds: {"columns": [{"name": heading, "role": "feature" | "target" | "class" | "key" | '
        '"ignore", "dtype": "number" | "text", "classes": [texts in order]}], "rows": number, "fingerprint": text}.',
        hidden=True,
    )

    def columns(self) -> Mapping[str, Spec]:
        specs: dict[str, Spec] = {}
        width = sum(column.width for column in self.table if column.role == "feature")
        if width:
            specs[FEATURES] = Spec((Axis("E", width),))
        for port, column in self.predicted.items():
            if column.role == "class":
                specs[port] = Spec((), "int64", "class", len(column.classes), names=column.classes)
            else:
                specs[port] = Spec((Axis("E", 1),))
        return specs

    @cached_property
    def table(self) -> tuple[Column, ...]:
        """The columns as the schema has them, in order; entries that cannot be read are left out."""
        entries = self.schema.get("columns")
        if not isinstance(entries, list | tuple):
            return ()
        found = [_column(entry) for entry in entries]
        return tuple(column for column in found if column is not None)

    @property
    def key(self) -> str:
        return next((column.name for column in self.table if column.role == "key"), "")

    @property
    def is_aimless(self) -> bool:
        return bool(self.table) and not self.predicted

    @cached_property
    def predicted(self) -> Mapping[str, Column]:
        """The columns to predict by port; a port is called as the heading, in lower case without odd characters."""
        ports: dict[str, Column] = {}
        numbers: dict[str, int] = {}  # of each stem: a file may repeat a heading 100,000 times
        for column in self.table:
            if column.role in ("target", "class"):
                ports[_port(column.name, ports, numbers)] = column
        return ports

    def infer(self) -> tuple[Spec, ...]:
        if not self.path:
            raise Mismatch(
                "has no file yet. Choose one whose first line names the columns.", code="G207"
            )
        if not self.table:
            raise Mismatch(
                f"has not read {self.path} yet. Select it in the window and press Read the file in the inspector.",
                code="G207",
            )
        has_features = any(column.role == "feature" and column.width for column in self.table)
        if not has_features and not (self.key and self.predicted):
            able = [column for column in self.table if column.role == "ignore" and column.width]
            raise Mismatch(
                "has no features. Make at least one column a feature.",
                code="G207",
                hints=self._turned('Make "{}" a feature', "feature", able),
            )
        keys = [column for column in self.table if column.role == "key"]
        if len(keys) > 1:
            raise Mismatch(
                f'has the columns "{keys[0].name}" and "{keys[1].name}" as keys, but a table has one key at most. '
                "Ignore one of them.",
                code="G207",
                hints=tuple(
                    self._hint(f'Keep "{kept.name}" as the only key', "ignore", keys, but=kept)
                    for kept in keys[:MOST_OFFERED]
                ),
            )
        for column in self.table:
            if column.role == "class" and len(column.classes) < 2:
                raise Mismatch(
                    f'has the column "{column.name}" as a class, but knows {counted(len(column.classes), "value")} '
                    "there. A class needs two or more; make it a target or a feature.",
                    code="G207",
                    hints=self._turned('Make "{}" a feature', "feature", [column]),
                )
            if column.role == "target" and column.dtype == "text":
                raise Mismatch(
                    f'has the column "{column.name}" as a number to predict, but it holds text. Make it a class.',
                    code="G207",
                    hints=self._turned('Make "{}" a class', "class", [column]),
                )
        return super().infer()

    def _turned(self, title: str, role: Role, columns: Sequence[Column]) -> tuple[Hint, ...]:
        """For each column the way out to give it another role; `title` has a place for its heading."""
        return tuple(
            self._hint(title.format(each.name), role, [each]) for each in columns[:MOST_OFFERED]
        )

    def _hint(
        self, title: str, role: Role, columns: Collection[Column], but: Column | None = None
    ) -> Hint:
        changed = {column.name for column in columns if column is not but}
        entries = [
            {**entry, "role": role} if _names(entry, changed) else entry
            for entry in self.schema.get("columns", ())
        ]
        schema = Json({**self.schema, "columns": entries})
        return Hint("set", params=(("schema", schema),), title=title)


def _names(entry: Any, names: Collection[str]) -> bool:
    """Whether an entry of a schema is that of one of these columns."""
    name = entry.get("name") if isinstance(entry, Mapping) else None
    return isinstance(name, str) and name in names


def _column(entry: Any) -> Column | None:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
        return None
    role = next((each for each in ROLES if each == entry.get("role")), None)
    dtype = next((each for each in DTYPES if each == entry.get("dtype", "number")), None)
    classes = entry.get("classes", ())
    if role is None or dtype is None or not isinstance(classes, list | tuple):
        return None
    return Column(entry["name"], role, dtype, tuple(str(each) for each in classes))


def _port(heading: str, taken: Collection[str], numbers: dict[str, int]) -> str:
    """A port's name made of a heading: `Price (EUR)` is `price_eur`; a number at the end keeps two apart."""
    words = re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_")
    stem = (words if words[:1].isalpha() else f"column_{words}").rstrip("_")[: LONGEST_PORT - 5]
    port, number = stem, numbers.get(stem, 1)
    while port in taken or port == FEATURES:
        number += 1
        port = f"{stem}_{number}"
    numbers[stem] = number
    return port
