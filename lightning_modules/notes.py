"""Notes on a run in plain words: what went wrong with the learning, seen from the run's own events.

A note needs evidence beyond chance: thresholds are named below, each with its reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from graphs.expansion import top
from lightning_modules.beaten import beaten
from lightning_modules.events import (
    Baselines,
    EpochEnded,
    Evaluated,
    Event,
    Noted,
    Started,
    Steps,
    Watched,
)

if TYPE_CHECKING:
    from graphs.content import Document

OVERFIT_RISE = 0.1
"""Prechelt 1998 ("Early stopping, but when?") ends runs at a loss 5 % above the best; twice that is no chance."""

OVERFIT_EPOCHS = 5
"""The rise must have lasted: the mean of the last three of so many epochs since the best is above it."""

NOISE = 2.0
"""What rose or fell by twice the usual change from epoch to epoch did not do so by chance."""

OVERFIT_PART = 0.05
"""The rise is a twentieth of what had been gained, at least: 10 % of a loss near zero may be noise."""

DIVERGED = 2.0
"""An epoch twice as bad as the network was before its first step has learned the opposite of the data."""

JUMP, JUMPS = 1.5, 3
"""A training loss half as high again as in the epoch before, three times: one may be a hard batch."""

MOVED_LITTLE = 0.1
"""A run that ends within 10 % of where it began has hardly moved."""

STEADY = 0.75
"""If it fell in three of four epochs, it knew the way, and the steps were too short."""

LEAST_EPOCHS = 4
"""Of fewer epochs nobody can tell a trend."""

DEAD = 0.6
"""CS231n calls 40 % dead units of a ReLU layer a sign of a learning rate that is too high; a half is usual in networks
with few features, so a note waits for more."""

VANISHED = 1e-3
"""The slope of a sigmoid is at most 1/4: after five of them less than 1e-3 of a gradient is left."""

EXPLODED = 1e3
"""A thousandth of a change of all weights would change the loss by its own size: no step is short enough."""

UNLEARNED = 0.5
"""Gradients are only blamed while the loss is above half of what it was: what learns needs no blame."""

STILL_FALLING = 0.1
"""The last quarter of a run brought 10 % of the loss, and as much of all that was gained."""

Judge = Callable[["History"], "Iterator[Noted]"]


@dataclass
class History:
    """What the events told so far. Only runs with one objective are judged by their loss: others fight over theirs."""

    document: Document
    began: float = math.nan  # the loss of the first step
    epochs: list[EpochEnded] = field(default_factory=list)
    watched: list[Watched] = field(default_factory=list)
    started: Started | None = None
    baselines: Baselines | None = None

    @property
    def epoch(self) -> int:
        """The last epoch that ended."""
        return self.epochs[-1].epoch if self.epochs else 0

    def row(self, name: str) -> list[float]:
        """A value at all epochs; nothing if one has none, or it was no number."""
        found = [each.values.get(name, math.nan) for each in self.epochs]
        return found if all(map(math.isfinite, found)) else []

    @property
    def train(self) -> list[float]:
        """The training loss of all epochs."""
        return self.row("train_loss")

    @property
    def one_objective(self) -> bool:
        """Whether there is one loss to go by."""
        return len(self.document.objectives) == 1

    @property
    def unlearned(self) -> bool:
        """Whether the loss is still near where it began."""
        return bool(self.train) and self.began > 0 and self.train[-1] > UNLEARNED * self.began

    def name(self, path: str) -> str:
        """A node as the screen calls it; of what is inside a block, the block."""
        return self.document.main.nodes[top(path)].phrase


class Doctor:
    """Hears the events of one run and says what there is to note; every code once."""

    def __init__(self, document: Document) -> None:
        self._history = History(document)
        self._told: set[str] = set()

    def take(self, event: Event) -> list[Noted]:
        """The notes that an event gives reason to."""
        history = self._history
        if isinstance(event, Started):
            history.started = event
        elif isinstance(event, Steps):
            if math.isnan(history.began) and event.first == 1:
                history.began = event.losses[0]
        elif isinstance(event, EpochEnded):
            history.epochs.append(event)
            return self._new(WHILE_LEARNING)
        elif isinstance(event, Watched):
            history.watched.append(event)
            return self._new(AT_LOOKS) if event.weights or event.dead else []
        elif isinstance(event, Baselines):
            history.baselines = event
        elif isinstance(event, Evaluated) and history.baselines is not None:
            note = beaten(event, history.baselines, history.document, history.epoch)
            return self._fresh([note] if note is not None else [])
        return []

    def end(self, *, whole: bool) -> list[Noted]:
        """What can be said once the learning is over; `whole` if it made all its epochs."""
        return self._new(AT_END) if whole else []

    def failed(self) -> list[Noted]:
        """What can be said of a run that ended with a loss that is no finite number."""
        note = Noted("diverged", NO_NUMBER, epoch=self._history.epoch, remedies=SHORTER)
        return [] if self._told & {"diverged", "exploding"} else self._fresh([note])

    def _new(self, judges: Sequence[Judge]) -> list[Noted]:
        found: list[Noted] = []
        for judge in judges:
            if not self._told & EXPLAINED.get(judge, set()):
                found += self._fresh(judge(self._history))
        return found

    def _fresh(self, notes: Iterator[Noted] | list[Noted]) -> list[Noted]:
        found = []
        for each in notes:
            if each.code not in self._told:
                self._told.add(each.code)
                found.append(each)
        return found


SHORTER = ("lr_tenth", "clip")

NO_NUMBER = (
    "The loss became too large for a number: the steps are too long. A smaller learning rate, "
    "or a limit on the gradient, keeps them short."
)


def _overfitting(history: History) -> Iterator[Noted]:
    val, train = history.row("val_loss"), history.train
    if not (history.one_objective and val and train):
        return
    best = min(range(len(val)), key=val.__getitem__)
    if len(val) - 1 - best < OVERFIT_EPOCHS:
        return
    rise, gained = _change(val, best), max(val[0], history.began)
    enough = max(OVERFIT_RISE * abs(val[best]), OVERFIT_PART * abs(gained - val[best]))
    falls = _change(train, best) < 0 and train[-1] < val[best]
    if rise <= enough or not falls:
        return
    first, now = history.epochs[best].epoch, history.epoch
    message = (
        f"Overfitting since epoch {first}: the validation loss rose from {val[best]:.4g} to {val[-1]:.4g} "
        f"(epoch {now}), while the training loss fell from {train[best]:.4g} to {train[-1]:.4g}. The network "
        "learns its samples by heart; the best epoch is kept."
    )
    evidence = {
        "best_epoch": float(first),
        "val_loss_best": val[best],
        "val_loss": val[-1],
        "train_loss_best": train[best],
        "train_loss": train[-1],
    }
    yield Noted("overfitting", message, (), now, evidence, ("dropout", "early_stopping"))


def _change(row: list[float], since: int) -> float:
    """How far the last three epochs lie from those around another; 0 where it may be noise."""
    change = median(row[-3:]) - median(row[max(0, since - 1) : since + 2])
    usual = median(abs(after - before) for before, after in pairwise(row[since:]))
    return change if abs(change) > NOISE * usual else 0.0


def _diverged(history: History) -> Iterator[Noted]:
    train, began = history.train, history.began
    if not (history.one_objective and train and began > 0):
        return
    rate = history.watched[-1].learning_rate if history.watched else math.nan
    evidence = {"loss_at_first": began, "train_loss": train[-1], "learning_rate": rate}
    if train[-1] > DIVERGED * began:
        message = (
            f"The learning rate is too high: before the first step the loss was {began:.4g}, "
            f"in epoch {history.epoch} it is {train[-1]:.4g}. Take shorter steps."
        )
        yield Noted("diverged", message, (), history.epoch, evidence, SHORTER)
        return
    jumps = [
        each.epoch
        for each, before, after in zip(history.epochs[1:], train, train[1:], strict=False)
        if after > JUMP * before and after > JUMP * min(train) and after > 0.1 * began
    ]
    if len(jumps) >= JUMPS:
        listed = ", ".join(map(str, jumps[:-1])) + f" and {jumps[-1]}"
        message = (
            f"The learning rate is too high: the training loss jumped up in epochs {listed}, "
            f"in the last of them to {train[-1]:.4g}. Take shorter steps."
        )
        yield Noted("diverged", message, (), history.epoch, evidence, SHORTER)


def _dead(history: History) -> Iterator[Noted]:
    look = history.watched[-1]
    worst = [node for node, share in look.dead.items() if share >= DEAD]
    if not worst or look.epoch < 2:
        return
    node = max(worst, key=look.dead.__getitem__)
    more = len(worst) - 1
    others = f" (and of {more} more {'node' if more == 1 else 'nodes'})" if more else ""
    message = (
        f"Dead units: {100 * look.dead[node]:.0f} % of the outputs of {history.name(node)}{others} are 0 for "
        "all validation samples that were looked at, and learn nothing any more. "
        "LeakyReLU lets them recover; shorter steps kill fewer."
    )
    nodes = tuple(dict.fromkeys(map(top, worst)))
    evidence = {each: look.dead[each] for each in worst}
    yield Noted("dead_units", message, nodes, look.epoch, evidence, ("leaky_relu", "lr_tenth"))


def _vanishing(history: History) -> Iterator[Noted]:
    looks = [each for each in history.watched if len(each.gradients) > 2][-2:]
    if len(looks) < 2 or not history.unlearned:
        return
    for look in looks:
        found = _relative(look)
        if len(found) < 3:
            return
        first, last = next(iter(found)), next(reversed(found))
        if not found[first] < VANISHED * found[last]:
            return
    norms = looks[-1].gradients
    message = (
        f"Vanishing gradients: what {history.name(first)} gets to learn from is {norms[first]:.2g}, beside "
        f"{norms[last]:.2g} at {history.name(last)} (norms of the gradient in epoch {looks[-1].epoch}). The first "
        "layers stand still. ReLU instead of Sigmoid or Tanh, or normalization between the layers, lets it through."
    )
    yield Noted(
        "vanishing",
        message,
        (top(first),),
        looks[-1].epoch,
        {first: norms[first], last: norms[last]},
        ("relu", "normalise"),
    )


def _exploding(history: History) -> Iterator[Noted]:
    look, train = history.watched[-1], history.train
    if not (look.gradients and look.weights and history.one_objective and history.unlearned):
        return
    weights = math.hypot(*look.weights.values())
    if not look.gradient_norm * weights > EXPLODED * abs(train[-1]):
        return
    if train[-1] < (1 - MOVED_LITTLE) * history.began:
        return  # it learns, whatever its gradients are
    node = max(look.gradients, key=look.gradients.__getitem__)
    message = (
        f"Exploding gradients: the norm of the gradient is {look.gradient_norm:.3g} in epoch {look.epoch}, most of "
        f"it at {history.name(node)}, so that the smallest step throws the network off: the training loss was "
        f"{history.began:.4g} before the first step and is {train[-1]:.4g} now. Limit the gradient, or take shorter "
        "steps."
    )
    evidence = {
        "gradient_norm": look.gradient_norm,
        "weights": weights,
        "loss_at_first": history.began,
        "train_loss": train[-1],
    }
    yield Noted(
        "exploding", message, (top(node),), look.epoch, evidence, ("clip", "lr_tenth", "normalise")
    )


def _relative(look: Watched) -> dict[str, float]:
    """How large each node's gradient is beside its weights."""
    return {
        node: value / look.weights[node]
        for node, value in look.gradients.items()
        if look.weights.get(node, 0) > 0
    }


def _too_slow(history: History) -> Iterator[Noted]:
    train, began = history.train, history.began
    if not (history.one_objective and len(train) >= LEAST_EPOCHS and began > 0):
        return
    falls = sum(after < before for before, after in pairwise(train))
    if train[-1] < (1 - MOVED_LITTLE) * began or falls < STEADY * (len(train) - 1):
        return
    rate = history.watched[-1].learning_rate if history.watched else math.nan
    first, when = (
        (began, "before the first step")
        if train[-1] < began
        else (train[0], "in the first of them")
    )  # the first batch may have been easier than most
    message = (
        f"The learning rate is too low: after {len(train)} epochs the training loss is {train[-1]:.4g}, and it "
        f"was {first:.4g} {when}. It falls steadily, but barely moves. Take longer steps."
    )
    evidence = {"loss_at_first": began, "train_loss": train[-1], "learning_rate": rate}
    yield Noted("too_slow", message, (), history.epoch, evidence, ("lr_times_ten",))


def _unfinished(history: History) -> Iterator[Noted]:
    name = "val_loss" if history.row("val_loss") else "train_loss"
    row = history.row(name)
    if not (history.one_objective and len(row) >= LEAST_EPOCHS):
        return
    before = row[-1 - max(1, len(row) // 4)]
    fell, gained = before - row[-1], max(row[0], history.began) - row[-1]
    best = min(range(len(row)), key=row.__getitem__)
    enough = fell > STILL_FALLING * abs(before) and fell > STILL_FALLING * gained
    if not enough or best < len(row) - 1:
        return
    which = "validation" if name == "val_loss" else "training"
    since = history.epochs[-1 - max(1, len(row) // 4)].epoch
    message = (
        f"Under-trained: the {which} loss was still falling when the run ended, from {before:.4g} in epoch {since} "
        f"to {row[-1]:.4g} in epoch {history.epoch}. More epochs would bring more."
    )
    evidence = {f"{name}_before": before, name: row[-1]}
    yield Noted("unfinished", message, (), history.epoch, evidence, ("more_epochs",))


WHILE_LEARNING: tuple[Judge, ...] = (_diverged, _overfitting)
AT_LOOKS: tuple[Judge, ...] = (_exploding, _dead, _vanishing)
AT_END: tuple[Judge, ...] = (_too_slow, _unfinished)

EXPLAINED: dict[Judge, set[str]] = {
    _too_slow: {"diverged", "exploding", "vanishing", "dead_units"},
    _unfinished: {"too_slow", "vanishing"},
    _diverged: {"exploding"},
    _exploding: {"diverged"},
}
"""What need not be noted where one of these has been: it would be the same illness by another name."""
