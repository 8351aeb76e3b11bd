"""What simple models reach, as columns beside the values of a network and as lines for a file."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from studio.results.words import in_order
from studio.value_words import metric_title, name_of, number_words, value_words

if TYPE_CHECKING:
    from graphs.graph import Graph
    from lightning_modules.events import Baseline, Baselines, Evaluated

CHANCE = "chance"
HEADING_LETTERS = 10
"""Headings of columns are broken into lines of so many letters."""


def compared_columns(
    known: Baselines | None, result: Evaluated, graph: Graph
) -> list[tuple[str, list[str]]]:
    """Heading and cells of each simple model, in the order of the network's values; a dash where it has none."""
    return [
        (
            "\n".join(textwrap.wrap(each.title, HEADING_LETTERS, break_long_words=False)),
            _cells(each, result, graph),
        )
        for each in _measured(known, result)
    ]


def _cells(model: Baseline, result: Evaluated, graph: Graph) -> list[str]:
    return [
        value_words(name_of(name)[1], model.values[name], graph)
        if name in model.values
        else number_words(None)
        for name in in_order(result)
    ]


def fitted_words(known: Baselines | None, result: Evaluated) -> str:
    """The sentence that says so where the simple models learned from a part of the training samples only."""
    if known is None or known.rows >= known.of or not _measured(known, result):
        return ""
    return f"The simple models were fitted on {known.rows:,} of the {known.of:,} training samples only."


def compared_lines(known: Baselines | None, result: Evaluated, graph: Graph) -> list[list[str]]:
    """The values of the simple models as rows of text with all their digits, below an empty one."""
    lines = [
        [each.title, metric_title(name_of(name)[1], graph), repr(each.values[name])]
        for each in _measured(known, result)
        for name in result.values
        if name in each.values
    ]
    return [[], ["simple model", "name", "value"], *lines] if lines else []


def _measured(known: Baselines | None, result: Evaluated) -> list[Baseline]:
    """Those with values on this part; chance, which most networks beat, behind what is harder to beat."""
    models = known.models if known is not None else ()
    found = [each for each in models if set(each.values) & set(result.values)]
    return sorted(found, key=lambda each: each.kind == CHANCE)
