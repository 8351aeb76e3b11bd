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
    """How long a run trained; a dash before that is known."""
    return duration_words(seconds) if seconds > 0 else number_words(None)


def own_settings(run: Settings, keys: Sequence[str], all_runs: Sequence[Settings]) -> str:
    """What one run has other than most, of the settings in which runs differ: "Learning rate 0.01, Seed 3"."""
    return ", ".join(
        f"{title_in(all_runs, key)} {value_in(run, key)}"
        for key, usual in usual_values(tuple(keys), all_runs).items()
        if key in run and value_in(run, key) != usual
    )


def usual_values(keys: Sequence[str], all_runs: Sequence[Settings]) -> dict[str, str | None]:
    """The value that most runs have, by setting; None where no value is more frequent than all others."""
    found: dict[str, str | None] = {}
    for key in _without_wires(keys):
        counts = Counter(value_in(each, key) for each in all_runs).most_common(2)
        alone = len(counts) == 1 or counts[0][1] > counts[1][1]
        found[key] = counts[0][0] if alone else None
    return found


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
