"""Runs in words: state, score, duration, and the settings in which they differ."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lightning_modules.run_settings import differing, title_in, value_in
from studio.run_progress import duration_words
from studio.value_words import number_words

if TYPE_CHECKING:
    from lightning_modules.run_settings import Settings
    from lightning_modules.run_summary import RunSummary, Score

STATES = {
    "running": "Running",
    "completed": "Finished",
    "stopped": "Stopped",
    "interrupted": "Interrupted",
    "failed": "Failed",
    "": "Unknown",
}
BASELINE = "baseline"


def state_words(run: RunSummary) -> str:
    """The state of a run, with its epoch while it goes on or where it ended early: "Stopped, epoch 3 of 20"."""
    words = STATES.get(run.state, run.state)
    if run.state in ("running", "stopped", "interrupted") and run.epochs:
        return f"{words}, epoch {run.epoch} of {run.epochs}"
    return words


def score_words(score: Score | None) -> str:
    """A score as people read it: "97.2 %" of an accuracy; a dash for none."""
    if score is None:
        return number_words(None)
    if score.percent and math.isfinite(score.value):
        return f"{100 * score.value:.1f} %"
    return number_words(score.value)


def seconds_words(seconds: float) -> str:
    """How long a run trained, short enough for a cell; a dash before that is known."""
    if 0 < seconds < 1:
        return "under 1 s"
    return duration_words(seconds) if seconds > 0 else number_words(None)


def unlike_most(runs: Sequence[Settings]) -> list[str]:
    """For each of these runs what most others have otherwise: "Learning rate 0.01, Seed 3"."""
    parts: list[list[str]] = [[] for _ in runs]
    for key in _without_wires(differing(runs)):
        values = [value_in(each, key) for each in runs]
        (usual, most), (_, next_most), *_ = Counter(values).most_common(2)
        title = title_in(runs, key)
        for run, value, told in zip(runs, values, parts, strict=True):
            if key in run and (value != usual or most == next_most):
                told.append(f"{title} {value}")
    return [", ".join(each) for each in parts]


def changes(run: Settings, baseline: Settings) -> str:
    """What is other in a run than in the baseline: "Learning rate 0.01, without Dropout"."""
    parts = []
    keys = _without_wires(differing([baseline, run]))
    alone = {key for key in keys if (key in run) != (key in baseline)}
    for key in keys:
        node = key.rpartition(".")[0]
        if node in alone:  # parameters of a layer that one of the two does not have
            continue
        title = title_in([run, baseline], key)
        if key in alone and "." not in key.rpartition("/")[2]:
            parts.append(f"{'with' if key in run else 'without'} {title}")
        else:
            parts.append(f"{title} {value_in(run, key)}")
    return ", ".join(parts)


def _without_wires(keys: Sequence[str]) -> list[str]:
    """The keys, those of wires only where nothing else differs: another layer always has other wires."""
    others = [key for key in keys if key.rpartition("/")[2] != "wires"]
    return others or list(keys)
