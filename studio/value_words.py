"""Values of a run in words: "test accuracy 97.2 %"."""

from __future__ import annotations

import math
from collections.abc import Mapping

from graphs.graph import Graph
from graphs.inner_ends import end_at, ends_of

SPLITS = {"train": "training", "val": "validation", "test": "test"}
"""How the parts of the data are called on screen."""


def number_words(value: float | None) -> str:
    """A number as curves and tables show it: five digits, all seven of a price, and a dash for none."""
    if value is None:
        return "\N{EN DASH}"
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "infinite"
    size = abs(value)
    if value and not 1e-3 <= size < 1e7:
        return f"{value:.3e}"
    if size >= 99_999.5:
        return f"{value:.0f}"
    return f"{value:.4f}" if size < 10 else f"{value:.5g}"


def name_of(value_name: str) -> tuple[str, str]:
    """Split and name of a value: `val_accuracy` is ("val", "accuracy"); without a split ("", all of it)."""
    split, _, name = value_name.partition("_")
    return (split, name) if split in SPLITS and name else ("", value_name)


def metric_title(name: str, graph: Graph) -> str:
    """The name of a loss or metric on screen."""
    found = end_at(graph, name) if name != "loss" else None
    return found[1] if found is not None else name.replace("_", " ").capitalize()


def titles_of(graph: Graph) -> dict[str, str]:
    """The names on screen of all nodes, and of losses and metrics inside blocks; "loss" is what is minimised."""
    found = {node.id: node.name for node in graph.nodes.values() if node.info is not None}
    inner = (*ends_of(graph, "loss"), *ends_of(graph, "metric"))
    found |= {path: metric_title(path, graph) for path in inner if path not in found}
    return {name: title for name, title in found.items() if name != "loss"}


def lowered(title: str) -> str:
    """A title inside a sentence: "accuracy", but "F1" and "MAE" as they are."""
    return title[0].lower() + title[1:] if len(title) > 1 and title[1].islower() else title


def value_words(name: str, value: float, graph: Graph) -> str:
    """A metric's value by its path: 0.972 of an accuracy is "97.2 %"."""
    found = end_at(graph, name)
    node = found[0] if found is not None else None
    percent = node is not None and node.info is not None and node.info.percent
    if percent and math.isfinite(value):
        return f"{100 * value:.1f} %"
    return number_words(value)


def is_metric(name: str, graph: Graph) -> bool:
    """Whether a value is that of a metric, not of a loss."""
    if name == "loss":
        return False
    found = end_at(graph, name)  # None for a node that is gone meanwhile: it counts for what it was
    return found is None or found[0].info is None or found[0].info.role != "loss"


def headline(values: Mapping[str, float], graph: Graph) -> str:
    """The most telling of some values: "test accuracy 97.2 %"; a loss only if there is no metric."""
    if not values:
        return ""
    full = next((name for name in values if is_metric(name_of(name)[1], graph)), next(iter(values)))
    split, name = name_of(full)
    words = f"{lowered(metric_title(name, graph))} {value_words(name, values[full], graph)}"
    return f"{SPLITS[split]} {words}" if split else words
