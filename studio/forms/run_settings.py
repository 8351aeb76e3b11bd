"""The settings of a run as a form reads and writes them: each a Param, where it stands, and how it is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphs.content import Document, EarlyStopping, Objective, RunSettings, Typed
from graphs.inner_ends import ends_of
from graphs.optimizers import OPTIMIZERS, RUN_PARAMS, SCHEDULERS, Choice, faults
from graphs.param import Param

Write = Callable[[Document, Any], Document]

_STOPPING = EarlyStopping()
_CLIP = Param(
    "clip",
    "float",
    None,
    "The largest gradient norm; larger ones are scaled down.",
    gt=0,
    optional=True,
    advanced=True,
)
_PATIENCE = Param(
    "patience",
    "int",
    _STOPPING.patience,
    "How many epochs without improvement to wait.",
    ge=1,
    unit="epochs",
)
_MIN_DELTA = Param(
    "min_delta",
    "float",
    _STOPPING.min_delta,
    "The smallest change that counts as improvement.",
    ge=0,
    advanced=True,
)


LABELS = {
    "lr": "Learning rate",
    "eps": "Epsilon",
    "eta_min": "Lowest rate",
    "min_lr": "Lowest rate",
    "max_lr": "Peak rate",
    "pct_start": "Share going up",
    "T_max": "Epochs to the lowest",
    "T_0": "First wave",
    "T_mult": "Growth of waves",
    "lambd": "Decay of steps",
    "t0": "Averaging from step",
    "total_iters": "Length",
    "clip": "Gradient clipping",
    "min_delta": "Smallest change",
    "early_stopping": "Stop early",
}
"""What people read where torch's own name is no word."""


@dataclass(frozen=True)
class Setting:
    """One setting: what it is, its value now, and the document with another. `write` of None resets it.

    `hint` is a sentence about the value chosen, "" for none.
    """

    param: Param
    value: Any
    write: Write
    hint: str = ""

    def __post_init__(self) -> None:
        if self.param.name in LABELS:
            object.__setattr__(self, "param", replace(self.param, label=LABELS[self.param.name]))

    @property
    def words(self) -> str:
        """What the undo menu says: "Set batch size"."""
        return f"Set {self.param.title.lower()}"


@dataclass(frozen=True)
class Section:
    """Settings that stand together under a title."""

    title: str
    settings: tuple[Setting, ...]


def sections(document: Document, objective: int = 0) -> tuple[Section, ...]:
    """All settings of a document, for one of its objectives."""
    index = min(objective, len(document.objectives) - 1)
    stopping = document.run.early_stopping
    found = [
        Section("Run", tuple(_run_setting(document.run, param) for param in RUN_PARAMS.values()))
    ]
    if index >= 0:
        learns = document.objectives[index]
        found.append(Section("Optimizer", _optimizer_settings(learns, index)))
        found.append(Section("Learning rate schedule", _scheduler_settings(learns, index)))
    found.append(Section("Early stopping", _stopping_settings(document, stopping)))
    return tuple(found)


def _run_setting(run: RunSettings, param: Param) -> Setting:
    def write(document: Document, value: Any) -> Document:
        kept = param.default if value is None else value
        return replace(document, run=replace(document.run, **{param.name: kept}))

    return Setting(param, getattr(run, param.name), write)


def _optimizer_settings(objective: Objective, index: int) -> tuple[Setting, ...]:
    typed = objective.optimizer
    choice = OPTIMIZERS.get(typed.type)

    def choose(document: Document, value: Any) -> Document:
        return _with_objective(
            document, index, optimizer=_changed_type(typed, value or "AdamW", OPTIMIZERS)
        )

    def clip(document: Document, value: Any) -> Document:
        return _with_objective(document, index, clip=value)

    which = Param(
        "optimizer",
        "choice",
        "AdamW",
        "The rule by which weights are changed.",
        choices=tuple(OPTIMIZERS),
    )
    inner = _typed_settings(typed, choice, index, "optimizer")
    return (
        Setting(which, typed.type, choose, choice.doc if choice else ""),
        *inner,
        Setting(_CLIP, objective.clip, clip),
    )


def _scheduler_settings(objective: Objective, index: int) -> tuple[Setting, ...]:
    typed = objective.scheduler
    which = Param(
        "schedule",
        "choice",
        None,
        "How the learning rate changes during the run.",
        choices=tuple(SCHEDULERS),
        optional=True,
    )

    def choose(document: Document, value: Any) -> Document:
        made = None if value is None else _changed_type(typed or Typed(""), value, SCHEDULERS)
        return _with_objective(document, index, scheduler=made)

    choice = SCHEDULERS.get(typed.type) if typed else None
    inner = _typed_settings(typed, choice, index, "scheduler") if typed else ()
    return (
        Setting(which, typed.type if typed else None, choose, choice.doc if choice else ""),
        *inner,
    )


def _typed_settings(
    typed: Typed, choice: Choice | None, index: int, field: str
) -> tuple[Setting, ...]:
    return tuple(
        Setting(
            param,
            typed.params.get(param.name, param.default),
            _typed_write(typed, param, index, field),
        )
        for param in (choice.params.values() if choice else ())
    )


def _typed_write(typed: Typed, param: Param, index: int, field: str) -> Write:
    table, what = (OPTIMIZERS, "optimizer") if field == "optimizer" else (SCHEDULERS, "schedule")

    def write(document: Document, value: Any) -> Document:
        params = {name: each for name, each in typed.params.items() if name != param.name}
        if value is not None:
            params = {**typed.params, param.name: value}
        made = Typed(typed.type, params)
        if found := faults(made, table, what):
            raise ValueError(found[0])
        return _with_objective(document, index, **{field: made})

    return write


def _stopping_settings(document: Document, stopping: EarlyStopping | None) -> tuple[Setting, ...]:
    def switch(before: Document, value: Any) -> Document:
        return replace(
            before, run=replace(before.run, early_stopping=EarlyStopping() if value else None)
        )

    on = Param("early_stopping", "bool", False, "End the run when it no longer improves.")
    found = [Setting(on, stopping is not None, switch)]
    if stopping is not None:
        watched = Param(
            "monitor",
            "choice",
            "val_loss",
            "The value that has to improve.",
            choices=monitors(document),
        )
        found += [
            Setting(param, getattr(stopping, param.name), _stopping_write(param))
            for param in (watched, _PATIENCE, _MIN_DELTA)
        ]
    return tuple(found)


def _stopping_write(param: Param) -> Write:
    def write(before: Document, value: Any) -> Document:
        kept = param.default if value is None else value
        stopping = replace(before.run.early_stopping or EarlyStopping(), **{param.name: kept})
        return replace(before, run=replace(before.run, early_stopping=stopping))

    return write


def monitors(document: Document) -> tuple[str, ...]:
    """The values that early stopping can watch: the losses, and every metric on the validation part."""
    known = [
        "val_loss",
        *(f"val_{path}" for path in ends_of(document.main, "metric")),
        "train_loss",
    ]
    stopping = document.run.early_stopping
    if stopping is not None and stopping.monitor not in known:
        known.append(stopping.monitor)
    return tuple(known)


def _with_objective(document: Document, index: int, **changes: Any) -> Document:
    objectives = list(document.objectives)
    objectives[index] = replace(objectives[index], **changes)
    return replace(document, objectives=tuple(objectives))


def _changed_type(typed: Typed, name: str, table: Mapping[str, Choice]) -> Typed:
    """Another type with those parameters that a person has set and the new type knows as well."""
    if typed.type == name:
        return typed
    old = table.get(typed.type)
    set_ = {
        key: value
        for key, value in typed.params.items()
        if old and key in old.params and old.params[key].default != value
    }
    return Typed(name, {key: value for key, value in set_.items() if key in table[name].params})
