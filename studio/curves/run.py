"""The curves of one run, gathered from its events."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from lightning_modules.events import (
    Baselines,
    Completed,
    EpochEnded,
    Event,
    Failed,
    Outcome,
    Started,
    Steps,
    Stopped,
    Watched,
)
from studio.curves.data import Series
from studio.curves.level import Level
from studio.value_words import SPLITS, lowered, name_of


@dataclass(frozen=True)
class Key:
    """Which curve: `name` is the plot that it belongs to ("loss", or a metric's node id)."""

    name: str
    split: str
    per: Literal["step", "epoch"]
    objective: str = ""  # of curves per step
    run: str = ""  # where several runs are compared: which one


@dataclass(frozen=True)
class Best:
    """The best epoch so far and its last step."""

    epoch: int
    step: int


WATCHED = {
    "learning_rate": "Learning rate",
    "gradient_norm": "Gradient norm",
    "samples_per_s": "Samples per second",
    "memory_bytes": "Memory (MiB)",
}
"""What is watched besides the values, by its name in the event, with the title of its plot."""

MIB = 2**20


@dataclass(eq=False)
class RunCurves:
    """Grows with `take`; `titles` are the names on screen of metric nodes, by id.

    `expected` are plots that will be needed, so that they stand before the first step.
    """

    titles: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[str, ...] = ()
    curves: dict[Key, Series] = field(default_factory=dict)
    started: Started | None = None
    best: Best | None = None
    outcome: Outcome | None = None
    epochs: int = 0
    watched: dict[Key, Series] = field(default_factory=dict)  # of `Watched`, shown if asked for
    levels: dict[str, list[Level]] = field(default_factory=dict)  # by plot
    paces: Mapping[str, int] = field(default_factory=dict)  # steps per epoch, by `Key.run`

    def take(self, event: Event) -> None:
        """Add what one event tells."""
        if isinstance(event, Started):
            self.started = event
        elif isinstance(event, Steps):
            key = Key("loss", "train", "step", event.objective)
            self._series(key).extend(
                range(event.first, event.first + len(event.losses)), event.losses
            )
        elif isinstance(event, EpochEnded):
            for name, value in event.values.items():
                self._series(key_of(name)).extend((event.step,), (value,))
            self.epochs = event.epoch
            if event.best:
                self.best = Best(event.epoch, event.step)
        elif isinstance(event, Watched):
            self._watch(event)
        elif isinstance(event, Baselines):
            for model in event.models:
                for name, value in model.values.items():
                    split, plot = name_of(name)
                    if split == "val":
                        self.levels.setdefault(plot, []).append(Level(model.title, value))
        elif isinstance(event, (Completed, Stopped, Failed)):
            self.outcome = event

    def _watch(self, event: Watched) -> None:
        for name in WATCHED:
            value = getattr(event, name)
            if math.isfinite(value):
                series = self.watched.setdefault(Key(name, "", "epoch", event.objective), Series())
                series.extend((event.step,), (value / MIB if name == "memory_bytes" else value,))

    def take_all(self, events: Iterable[Event]) -> RunCurves:
        """Add what these events tell, and return itself."""
        for event in events:
            self.take(event)
        return self

    def _series(self, key: Key) -> Series:
        return self.curves.setdefault(key, Series())

    @property
    def live(self) -> bool:
        """Whether more is to come."""
        return self.started is not None and self.outcome is None and not self.paces

    @property
    def empty(self) -> bool:
        """Whether there is no point to draw."""
        return not any(len(series) or series.not_finite for series in self.curves.values())

    @property
    def steps_per_epoch(self) -> int:
        """How many steps make an epoch; 1 before it is known."""
        return max(self.started.steps_per_epoch, 1) if self.started else 1

    def pace(self, key: Key) -> int:
        """How many steps make an epoch of the run that this curve is of."""
        return self.paces.get(key.run, self.steps_per_epoch)

    @property
    def ordered(self) -> list[Key]:
        """Its curves as the legend lists them: the loss first, training before validation."""
        splits = ("train", "val", "test", "")
        return sorted(
            self.curves,
            key=lambda key: (key.name != "loss", key.name, key.per, splits.index(key.split)),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The plots that it needs, the loss first."""
        return tuple(
            sorted(
                {key.name for key in self.curves} | {*self.expected},
                key=lambda name: (name != "loss", name),
            )
        )

    @property
    def as_watched(self) -> RunCurves:
        """The same run by what is watched besides its values: learning rate, gradient, speed and memory."""
        return RunCurves(
            WATCHED,
            curves=self.watched,
            started=self.started,
            best=self.best,
            outcome=self.outcome,
            epochs=self.epochs,
        )

    @property
    def level_titles(self) -> tuple[str, ...]:
        """The names of all levels, in the order in which plots have them."""
        every = (level for name in self.names for level in self.levels.get(name, ()))
        return tuple(dict.fromkeys(level.title for level in every))

    def first_not_finite(self, name: str) -> float | None:
        """The step of the first value of this plot that was no finite number."""
        steps = [
            min(series.not_finite)
            for key, series in self.curves.items()
            if key.name == name and series.not_finite
        ]
        return min(steps, default=None)

    @property
    def any_not_finite(self) -> bool:
        """Whether a value of any curve was no finite number."""
        return any(series.not_finite for series in self.curves.values())

    @property
    def failed_step(self) -> int | None:
        """The step at which the run failed; None if it did not, or before its first one."""
        if isinstance(self.outcome, Failed) and self.started is not None:
            return self.outcome.steps + 1
        return None

    def plot_title(self, name: str) -> str:
        """What stands above a plot: "Loss", or the metric's name on the canvas."""
        return self.titles.get(name) or name.replace("_", " ").capitalize()

    def title(self, key: Key) -> str:
        """A curve's name: "Training loss", "Validation accuracy", "Training loss, each step"."""
        what = self.plot_title(key.name)
        words = f"{SPLITS[key.split].capitalize()} {lowered(what)}" if key.split else what
        if key.run:
            return f"{key.run}, {lowered(what)}"
        several = len({each.objective for each in self.curves if each.per == "step"}) > 1
        who = f" of {key.objective}" if several and key.per == "step" else ""
        return f"{words}{who}, each step" if key.per == "step" else words


def key_of(value_name: str) -> Key:
    """The curve of a value in `EpochEnded`: `val_accuracy` is `accuracy` on the validation part."""
    split, name = name_of(value_name)
    return Key(name, split, "epoch")
