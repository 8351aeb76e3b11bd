"""Several runs as one set of curves: of each the validation, or where there is none the training, per epoch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lightning_modules.events import Event
from studio.curves.data import Series
from studio.curves.run import Key, RunCurves


@dataclass(frozen=True)
class NamedRun:
    """A recorded run: its name on screen, its events, and the names on screen of its metrics by id."""

    name: str
    events: tuple[Event, ...]
    titles: tuple[tuple[str, str], ...] = ()


def several(runs: Iterable[NamedRun]) -> RunCurves:
    """Their curves over each other, for the curves panel; two of one name get numbers."""
    merged: dict[Key, Series] = {}
    titles: dict[str, str] = {}
    paces: dict[str, int] = {}
    started = None
    for each in runs:
        curves = RunCurves(dict(each.titles)).take_all(each.events)
        name = _free(each.name, paces)
        paces[name] = curves.steps_per_epoch
        started = started or curves.started
        titles = {**dict(each.titles), **titles}
        for plot in curves.names:
            keys = [Key(plot, split, "epoch") for split in ("val", "train", "")]
            key = next((key for key in keys if key in curves.curves), None)
            if key is not None:
                merged[replace(key, run=name)] = curves.curves[key]
    return RunCurves(titles, curves=merged, started=started, paces=paces)


def _free(name: str, taken: Iterable[str]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free
