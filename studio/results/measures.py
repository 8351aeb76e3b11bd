"""The measures of an assessment in words, as rows of text, and as a whole table for a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from studio.results.words import table
from studio.value_words import number_words

if TYPE_CHECKING:
    from graphs.graph import Graph
    from lightning_modules.assessment import Assessment, Mistake
    from lightning_modules.events import Evaluated

TITLES: Mapping[str, str] = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "macro_precision": "Precision (mean of classes)",
    "macro_recall": "Recall (mean of classes)",
    "macro_f1": "F1 (mean of classes)",
    "weighted_precision": "Precision (by samples)",
    "weighted_recall": "Recall (by samples)",
    "weighted_f1": "F1 (by samples)",
    "roc_auc": "Area under ROC",
    "average_precision": "Average precision",
    "calibration_error": "Calibration error (ECE)",
    "log_loss": "Log loss",
    "mae": "Mean absolute error (MAE)",
    "rmse": "Root mean squared error (RMSE)",
    "median_error": "Median absolute error",
    "largest_error": "Largest error",
    "bias": "Bias (mean of answer minus truth)",
    "r2": "R2",
}
"""What each measure of an assessment is called, in the order in which they stand."""

PERCENT = frozenset({"accuracy", "balanced_accuracy"})
CLASS_COLUMNS = ("Class", "Precision", "Recall", "F1", "ROC area", "Avg. precision", "Samples")


def measure_rows(found: Assessment) -> list[tuple[str, str]]:
    """Title and value of every measure."""
    return [
        (
            title,
            f"{100 * found.values[name]:.1f} %"
            if name in PERCENT
            else number_words(found.values[name]),
        )
        for name, title in TITLES.items()
        if name in found.values
    ]


def class_cells(found: Assessment) -> list[tuple[str | float | int | None, ...]]:
    """The values under `CLASS_COLUMNS`, one row for each class that occurs; None where there is none."""
    roc = {each.name: each.area for each in found.roc}
    precise = {each.name: each.area for each in found.precision_recall}
    return [
        (
            each.name,
            each.precision,
            each.recall,
            each.f1,
            roc.get(each.name),
            precise.get(each.name),
            each.support,
        )
        for each in found.by_class
    ]


def cell_text(value: str | float | None) -> str:
    """A cell under `CLASS_COLUMNS` as people read it."""
    if isinstance(value, float):
        return f"{value:.3f}"
    if value is None:
        return "\N{EN DASH}"
    return value if isinstance(value, str) else f"{value:,}"


def mistake_words(mistake: Mistake, kind: str) -> str:
    """One mistake in a line."""
    if kind == "number":
        return (
            f"{mistake.predicted} instead of {mistake.truth} (off by {number_words(mistake.score)})"
        )
    return f"{mistake.predicted} instead of {mistake.truth} ({100 * mistake.score:.1f} % sure)"


def full_table(result: Evaluated, found: Assessment | None, graph: Graph) -> list[list[str]]:
    """All numbers of a part as rows of text with all their digits: values, matrix, measures, classes, mistakes."""
    lines = table(result, graph)
    if found is None:
        return lines
    more = [[], ["measure", "value"]]
    more += [[TITLES[name], repr(value)] for name, value in found.values.items()]
    if found.by_class:
        more += [[], [name.lower() for name in CLASS_COLUMNS]]
        more += [["" if each is None else str(each) for each in row] for row in class_cells(found)]
    if found.calibration:
        more += [[], ["confidence", "share right", "answers"]]
        more += [
            [repr(each.confidence), repr(each.accuracy), str(each.count)]
            for each in found.calibration
        ]
    if found.mistakes:
        score = "error" if found.kind == "number" else "probability"
        more += [[], ["worst sample", "truth", "answer", score]]
        more += [
            [str(each.sample + 1), each.truth, each.predicted, repr(each.score)]
            for each in found.mistakes
        ]
    return [*lines, *more]
