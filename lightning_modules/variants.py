"""Variants of a document for a queue: every combination of some epochs, learning rates, batch sizes and seeds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from graphs.optimizers import OPTIMIZERS, RUN_PARAMS
from lightning_modules.run_settings import words

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.param import Param

MOST_VARIANTS = 1_000
LR = "lr"
TITLES = {
    "epochs": "Epochs",
    LR: "Learning rate",
    "batch_size": "Batch size",
    "seed": "Seed",
}
"""What a grid can vary, in the order in which it is counted through, with its words."""


class BadGrid(ValueError):  # noqa: N818 - it is a fact about what was written
    """Values that cannot stand where they were written; the message is a sentence for people."""


@dataclass(frozen=True)
class Variant:
    """A document, and what of it was chosen: "learning rate 0.01, seed 3", "" where nothing varies."""

    document: Document
    words: str


def rates_of(document: Document) -> tuple[float, ...]:
    """The learning rates of its objectives, each once."""
    return tuple(dict.fromkeys(_rate(each.optimizer) for each in document.objectives))


def read_values(name: str, text: str) -> tuple[Any, ...]:
    """The values of one row of a grid, written with commas, and whole numbers also as a range: 1, 5, 10-12.

    Raises:
        BadGrid: a value cannot stand there.
    """
    found: list[Any] = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        first, dash, last = part.partition("-")
        if name != LR and dash and first.isdecimal() and last.isdecimal():
            if int(last) - int(first) >= MOST_VARIANTS:
                raise BadGrid(
                    f"{TITLES[name]}: {part} are too many values; {MOST_VARIANTS:,} are the most."
                )
            found.extend(_value(name, str(each)) for each in range(int(first), int(last) + 1))
        else:
            found.append(_value(name, part))
    return tuple(dict.fromkeys(found))


def variants(document: Document, rows: dict[str, Sequence[Any]]) -> tuple[Variant, ...]:
    """The document with every combination of these values; a row without values stays as the document has it.

    A learning rate is that of all objectives.

    Raises:
        BadGrid: they are too many.
    """
    chosen = {name: rows[name] for name in TITLES if rows.get(name)}
    count = 1
    for values in chosen.values():
        count *= len(values)
    if count > MOST_VARIANTS:
        raise BadGrid(f"These are {count:,} runs; {MOST_VARIANTS:,} at once are the most.")
    several = [
        name
        for name, values in chosen.items()
        if len(values) > 1 or _is_new(document, name, values[0])
    ]
    found = []
    for values in itertools.product(*chosen.values()):
        picked = dict(zip(chosen, values, strict=True))
        told = ", ".join(f"{TITLES[name].lower()} {words(picked[name])}" for name in several)
        found.append(Variant(_with(document, picked), told))
    return tuple(found)


def _value(name: str, text: str) -> Any:
    param = _param(name)
    try:
        number: Any = float(text) if name == LR else int(text)
    except ValueError as error:
        kind = "a number" if name == LR else "a whole number"
        raise BadGrid(f"{TITLES[name]} must be {kind}, but is {text[:40]}.") from error
    try:
        return param.read(number)
    except ValueError as error:
        raise BadGrid(str(error).replace(param.title, TITLES[name], 1)) from error


def _param(name: str) -> Param:
    return RUN_PARAMS[name] if name != LR else OPTIMIZERS["AdamW"].params[LR]


def _is_new(document: Document, name: str, value: Any) -> bool:
    now = rates_of(document) if name == LR else (getattr(document.run, name),)
    return now != (value,)


def _with(document: Document, picked: dict[str, Any]) -> Document:
    run = {name: value for name, value in picked.items() if name != LR}
    changed = replace(document, run=replace(document.run, **run))
    if LR not in picked:
        return changed
    objectives = (
        replace(
            each,
            optimizer=replace(each.optimizer, params={**each.optimizer.params, LR: picked[LR]}),
        )
        for each in changed.objectives
    )
    return replace(changed, objectives=tuple(objectives))


def _rate(typed: Any) -> float:
    choice = OPTIMIZERS.get(typed.type)
    default = choice.params[LR].default if choice is not None and LR in choice.params else 0.0
    return float(typed.params.get(LR, default))
