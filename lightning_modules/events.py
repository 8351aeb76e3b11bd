"""What a run tells: frozen events, the same for the window, the progress bar and events.jsonl.

Names of values are `SPLIT_NAME`: `train_loss`, `val_loss`, and for every metric node its id: `val_accuracy`.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Started:
    """Training begins: once, before the first step."""

    run_dir: str
    title: str
    device: str  # "cpu", "cuda:0 (NVIDIA ...)"
    epochs: int
    steps_per_epoch: int
    start_step: int
    parameters: int
    samples: Mapping[str, int]  # by split: train, val, test
    seed: int
    threads: int


@dataclass(frozen=True)
class Steps:
    """Losses of all steps since the last such event, 12 events a second; nothing is left out."""

    objective: str
    first: int  # global step of losses[0], counted from 1
    losses: tuple[float, ...]
    learning_rate: float
    samples_per_s: float


@dataclass(frozen=True)
class EpochEnded:
    """An epoch's end with its values; `best` says whether the monitored value is the best so far.

    No epoch is the best where several objectives learn and no value is monitored: their losses name none.
    """

    epoch: int  # counted from 1
    step: int
    values: Mapping[str, float]
    best: bool
    seconds: float


@dataclass(frozen=True)
class LayerStart:
    """What a layer began with: its weights by their names in it, with their shapes (resized ones: before, now).

    A resized weight has the part that both sizes share; the rest of it, and what is new, was freshly drawn.
    """

    node: str  # path of the node ("hidden", "stage.0.conv2d"), or the name that its weights are shared by
    name: str  # as the screen calls it
    kept: Mapping[str, tuple[int, ...]]
    resized: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]
    new: Mapping[str, tuple[int, ...]]
    left_out: Mapping[str, tuple[int, ...]]  # that only the earlier run had


@dataclass(frozen=True)
class WarmStarted:
    """A new run began with weights of an earlier one; its optimizers began anew. Once, after `Started`."""

    source: str  # the folder of that run
    checkpoint: str  # "best" or "last"
    sha256: str  # of the file of its weights
    layers: tuple[LayerStart, ...]

    def __post_init__(self) -> None:
        """Make layers of what a line of JSON holds."""
        made = (
            each if isinstance(each, LayerStart) else LayerStart(**each) for each in self.layers
        )
        object.__setattr__(self, "layers", tuple(made))


@dataclass(frozen=True)
class Warned:
    """Something that a person should know, in one sentence."""

    message: str


@dataclass(frozen=True)
class Watched:
    """How the learning went in an epoch, besides its values. NaN stands for what cannot be told.

    The norms are those of the last step: of the gradient of all weights (before it is limited), and by node.
    `dead` is told in epochs 1, 2, 4, 8, ... and the last: for every node of ReLU the share of its outputs, channel
    by channel, that is 0 for all of a batch of validation samples.
    """

    objective: str
    epoch: int  # counted from 1
    step: int
    learning_rate: float
    gradient_norm: float
    samples_per_s: float  # while it learned, validation left out
    memory_bytes: float  # that the process, or the run on the card, holds
    gradients: Mapping[str, float] = field(default_factory=dict)  # norm by node
    weights: Mapping[str, float] = field(default_factory=dict)  # norm by node
    dead: Mapping[str, float] = field(default_factory=dict)  # share, 0 to 1, by node


@dataclass(frozen=True)
class Noted:
    """Something about the learning in plain words, with its evidence; each `code` at most once a run.

    `remedies` names edits of the document that may help (lightning_modules.remedies makes them).
    """

    code: str
    message: str
    nodes: tuple[str, ...] = ()
    epoch: int = 0  # at whose end it was noticed, counted from 1
    evidence: Mapping[str, float] = field(default_factory=dict)
    remedies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Baseline:
    """What a simple model reaches on parts of the data, by `SPLIT_NAME`, as the network's values are called."""

    kind: str  # "chance", "linear", "neighbours" or "last"
    title: str  # "Most frequent class", "Logistic regression", ...
    values: Mapping[str, float]


@dataclass(frozen=True)
class Baselines:
    """Simple models, fitted on `rows` of the `of` training samples; `higher` names values where more is better."""

    models: tuple[Baseline, ...]
    rows: int
    of: int
    higher: tuple[str, ...] = ()  # without their split

    def __post_init__(self) -> None:
        """Make models of what a line of JSON holds."""
        made = (each if isinstance(each, Baseline) else Baseline(**each) for each in self.models)
        object.__setattr__(self, "models", tuple(made))


@dataclass(frozen=True)
class Evaluated:
    """Values on one split (usually test) with the best weights, and what the plots after a run need.

    `confusion[t][p]` counts samples of class t predicted as p. For regression `target` and `predicted`
    hold up to 2,000 pairs.
    """

    split: str
    values: Mapping[str, float]
    classes: tuple[str, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    target: tuple[float, ...] = ()
    predicted: tuple[float, ...] = ()


@dataclass(frozen=True)
class Paused:
    """It rests after `step` steps, until it is told to go on; what it learned until then is kept."""

    step: int


@dataclass(frozen=True)
class WentOn:
    """It goes on after a pause of so many seconds."""

    step: int
    seconds: float


@dataclass(frozen=True)
class Completed:
    """All epochs ran, or early stopping ended them (`reason` says so)."""

    epochs: int
    steps: int
    best_epoch: int
    seconds: float
    reason: str = ""


@dataclass(frozen=True)
class Stopped:
    """A person stopped it; what was learned up to `steps` is kept."""

    epochs: int
    steps: int
    best_epoch: int
    seconds: float


@dataclass(frozen=True)
class Failed:
    """It could not go on. `reason` is one sentence for people, `details` a traceback for the fold."""

    reason: str
    details: str = ""
    nodes: tuple[str, ...] = field(default=())
    steps: int = 0
    batch_size: int = 0  # that was tried and fits, where memory ran out


Outcome: TypeAlias = "Completed | Stopped | Failed"
Told: TypeAlias = "Watched | Noted | Baselines | Warned | Evaluated | Paused | WentOn"
Event: TypeAlias = "Started | WarmStarted | Steps | EpochEnded | Told | Outcome"

_TYPES = {
    each.__name__: each
    for each in (
        Started,
        WarmStarted,
        Steps,
        EpochEnded,
        Watched,
        Noted,
        Baselines,
        Warned,
        Evaluated,
        Paused,
        WentOn,
        Completed,
        Stopped,
        Failed,
    )
}


def to_json(event: Event) -> str:
    """One line of events.jsonl; a number that is not finite is written as {"float": "nan"}."""
    return json.dumps(
        {"event": type(event).__name__, **_plain(dataclasses.asdict(event))}, allow_nan=False
    )


def from_json(line: str) -> Event:
    """The event of one line.

    Raises:
        ValueError: the line is not an event.
    """
    try:
        values = json.loads(line)
        cls = _TYPES[values.pop("event")]
        return cls(**{name: _read(value) for name, value in values.items()})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This line is not an event of a run: {line[:80]}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    return value


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        return (
            float(value["float"])
            if set(value) == {"float"}
            else {name: _read(each) for name, each in value.items()}
        )
    if isinstance(value, list):
        return tuple(_read(each) for each in value)
    return value
