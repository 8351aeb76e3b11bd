"""What a parameter of a layer is: type, range, unit and words; and how a value from a file is read."""

from __future__ import annotations

import math
import types
from collections.abc import Collection
from dataclasses import MISSING, dataclass, field
from difflib import get_close_matches
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin

Pair: TypeAlias = tuple[int, int]
"""Height and width; one number in a file means both."""

ParamKind = Literal[
    "int", "float", "bool", "str", "choice", "pair", "ints", "floats", "path", "json"
]

MAX_INT = 2**31 - 1
MAX_TEXT = 10_000
MAX_ITEMS = 64
NEAR = 0.7
"""How alike two names are of which one may be the other misspelt: "size" is not "stride"."""


class Path(str):
    """A file or folder, relative to the document's folder unless absolute."""

    __slots__ = ()


class Json(dict[str, Any]):
    """A small JSON object that only its layer reads, such as the schema of a table."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(sorted(self.items(), key=str)))


@dataclass(frozen=True)
class Param:
    """One parameter: what may stand there, and the words for it."""

    name: str
    kind: ParamKind
    default: Any
    doc: str
    unit: str = ""
    label: str = ""  # words for a form, where the name alone says too little
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    choices: tuple[Any, ...] = ()
    optional: bool = False  # None is allowed, and means "none" or "as torch decides"
    advanced: bool = False  # folded away in the inspector
    hidden: bool = False  # not in the inspector at all

    @property
    def title(self) -> str:
        """The name as the inspector shows it: `out_features` is "Out features"."""
        return self.label or self.name.replace("_", " ").capitalize()

    @property
    def range_words(self) -> str:
        """The allowed range in words, or nothing."""
        low = (
            f"at least {_bound(self.ge)}"
            if self.ge is not None
            else f"more than {_bound(self.gt)}"
            if self.gt is not None
            else ""
        )
        high = (
            f"at most {_bound(self.le)}"
            if self.le is not None
            else f"less than {_bound(self.lt)}"
            if self.lt is not None
            else ""
        )
        return " and ".join(part for part in (low, high) if part)

    @property
    def _has_low(self) -> bool:
        return self.ge is not None or self.gt is not None

    def read(self, value: Any) -> Any:
        """The value in its Python form (lists become tuples).

        Raises:
            ValueError: it is not one of this parameter's values; the sentence says what may stand there.
        """
        if value is None and self.optional:
            return None
        result = getattr(self, f"_read_{self.kind}")(value)
        for number in result if isinstance(result, tuple) else (result,):
            if isinstance(number, (int, float)) and not isinstance(number, bool):
                self._check_range(number)
        return result

    def _check_range(self, number: float) -> None:
        low = (self.ge is not None and number < self.ge) or (
            self.gt is not None and number <= self.gt
        )
        high = (self.le is not None and number > self.le) or (
            self.lt is not None and number >= self.lt
        )
        if low or high:
            raise ValueError(f"{self.title} must be {self.range_words}, but is {_shown(number)}.")

    def _wrong(self, wanted: str, value: Any) -> ValueError:
        return ValueError(f"{self.title} must be {wanted}, but is {_shown(value)}.")

    def _read_int(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong("a whole number", value)
        if abs(value) > MAX_INT:
            low = self.range_words.partition(" and ")[0] if self._has_low else ""
            span = (
                f"{low} and at most {MAX_INT:,}" if low else f"between {-MAX_INT:,} and {MAX_INT:,}"
            )
            raise self._wrong(span, value)
        return value

    def _read_float(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._wrong("a number", value)
        if isinstance(value, int) and abs(value) > 2**53:
            raise self._wrong("a number of ordinary size", value)
        if not math.isfinite(value):
            raise self._wrong("a finite number", value)
        return float(value)

    def _read_bool(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self._wrong("true or false", value)
        return value

    def _read_str(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > MAX_TEXT:
            raise self._wrong("a text", value)
        return value

    def _read_path(self, value: Any) -> Path:
        return Path(self._read_str(value))

    def _read_json(self, value: Any) -> Json:
        if not isinstance(value, dict):
            raise self._wrong("an object", value)
        return Json(value)

    def _read_choice(self, value: Any) -> Any:
        for choice in self.choices:
            if type(choice) is type(value) and choice == value:
                return choice
        listed = ", ".join(map(str, self.choices))
        raise self._wrong(f"one of {listed}", value)

    def _read_pair(self, value: Any) -> Pair:
        if isinstance(value, int):
            value = (value, value)
        if not isinstance(value, (list, tuple)) or len(value) != 2:
            raise self._wrong("one or two whole numbers", value)
        return self._read_int(value[0]), self._read_int(value[1])

    def _read_ints(self, value: Any) -> tuple[int, ...]:
        if isinstance(value, int) and not isinstance(value, bool):
            return (self._read_int(value),)  # as torch takes one number for all sides
        if not isinstance(value, (list, tuple)) or len(value) > MAX_ITEMS:
            raise self._wrong("a short list of whole numbers", value)
        return tuple(self._read_int(each) for each in value)

    def _read_floats(self, value: Any) -> tuple[float, ...]:
        if not isinstance(value, (list, tuple)) or len(value) > MAX_ITEMS:
            raise self._wrong("a short list of numbers", value)
        return tuple(self._read_float(each) for each in value)


def param(
    default: Any = MISSING,
    *,
    doc: str,
    unit: str = "",
    label: str = "",
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    advanced: bool = False,
    hidden: bool = False,
) -> Any:
    """Declare a parameter of a layer; its type is the annotation, its words are shown to people."""
    words = {
        "doc": doc,
        "unit": unit,
        "label": label,
        "ge": ge,
        "gt": gt,
        "le": le,
        "lt": lt,
        "advanced": advanced,
        "hidden": hidden,
    }
    if isinstance(default, dict):
        return field(default_factory=lambda: Json(default), metadata={"param": words})
    return field(default=default, metadata={"param": words})


def kind_of(annotation: Any) -> tuple[ParamKind, tuple[Any, ...], bool]:
    """Kind, choices and whether None is allowed, from a parameter's annotation.

    Raises:
        TypeError: no kind of parameter has this annotation.
    """
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [each for each in get_args(annotation) if each is not type(None)]
        kind, choices, _ = kind_of(inner[0])
        return kind, choices, True
    if get_origin(annotation) is Literal:
        return "choice", get_args(annotation), False
    kinds: dict[Any, ParamKind] = {
        int: "int",
        float: "float",
        bool: "bool",
        str: "str",
        Path: "path",
        Json: "json",
        Pair: "pair",
        tuple[int, ...]: "ints",
        tuple[float, ...]: "floats",
    }
    if annotation not in kinds:
        raise TypeError(f"No kind of parameter is written {annotation!r}.")
    return kinds[annotation], (), False


def near_parameter(name: str, known: Collection[str]) -> str:
    """The parameter that is meant by a misspelt name; "" if none is near."""
    return next(iter(get_close_matches(name, known, n=1, cutoff=NEAR)), "")


def unknown_parameter(name: str, known: Collection[str]) -> str:
    """The sentence for a parameter that is none of those known."""
    near = near_parameter(name, known)
    hint = f" Did you mean {near}?" if near else ""
    listed = ", ".join(known) or "none"
    return f"It has no parameter called {name[:80]}; its parameters are: {listed}.{hint}"


def _bound(limit: float) -> str:
    """A limit as a person writes it: 1,000,000, not 1e+06."""
    whole = abs(limit) >= 1e6 and limit == int(limit) and abs(limit) < 1e15
    return f"{limit:,.0f}" if whole else f"{limit:g}"


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value) if not _huge(value) else "a huge number"
    if isinstance(value, (list, tuple)):
        text = (
            "["
            + ", ".join(_shown(each) for each in value[:5])
            + (", ...]" if len(value) > 5 else "]")
        )
    if isinstance(value, bool) or value is None:
        text = {True: "true", False: "false", None: "nothing"}[value]
    return f'"{text[:60]}"' if isinstance(value, str) else text[:80]


def _huge(value: Any) -> bool:
    return isinstance(value, int) and abs(value) > 10**30
