"""What chance and simple models reach, as lines of the terminal below the test of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from studio.value_words import lowered, metric_title, name_of, value_words

if TYPE_CHECKING:
    from graphs.graph import Graph
    from lightning_modules.events import Baselines


def baseline_lines(known: Baselines, split: str, graph: Graph) -> list[str]:
    """A line for each model with its values on a part; nothing where none was measured there.

    For example "  Logistic regression: accuracy 97.4 %, loss 0.1138".
    """
    rows = []
    for each in known.models:
        words = values_words(each.values, split, graph)
        if words:
            rows.append(f"  {each.title}: {words}")
    if not rows:
        return []
    part = (
        f", fitted on {known.rows:,} of {known.of:,} training samples"
        if known.rows < known.of
        else ""
    )
    return [f"For comparison{part}:", *rows]


def values_words(values: Mapping[str, float], split: str, graph: Graph) -> str:
    """The values of one part, the loss last: "accuracy 97.4 %, loss 0.1138"."""
    mine = [
        (name_of(full)[1], value) for full, value in values.items() if name_of(full)[0] == split
    ]
    mine.sort(key=lambda pair: pair[0] == "loss")
    return ", ".join(
        f"{lowered(metric_title(name, graph))} {value_words(name, value, graph)}"
        for name, value in mine
    )
