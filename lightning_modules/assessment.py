"""How good a run's answers are, in full: scores of classes, curves, calibration, errors of numbers, worst mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lightning_modules.class_scores import (
    Bin,
    ClassScore,
    Curve,
    averages,
    calibration,
    calibration_error,
    class_scores,
    one_against_rest,
    table_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lightning_modules.compared import Compared

MOST_CLASSES = 200
"""Of more classes there is no table of which is taken for which, and no curve."""
MOST_PAIRS = 2000
MOST_MISTAKES = 60


@dataclass(frozen=True)
class Mistake:
    """One sample that was answered wrongly: truth and answer in words, and how bad it is.

    `sample` is its place in the part, counted from 0. For classes `score` is the probability that the answer was
    given, for numbers the error (answer minus truth) in the unit of the data.
    """

    sample: int
    truth: str
    predicted: str
    score: float


@dataclass(frozen=True)
class Assessment:
    """All that is measured on one part: single numbers by name, and scores of the classes that occur.

    `confusion[t][p]` counts places of class t answered as p; curves are one class against the rest. `target` and
    `predicted` are at most 2,000 pairs of numbers, evenly taken. Mistakes are the worst 60, the worst first.
    """

    split: str
    kind: Literal["class", "number"]
    samples: int
    values: Mapping[str, float]
    classes: tuple[str, ...] = ()
    by_class: tuple[ClassScore, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    roc: tuple[Curve, ...] = ()
    precision_recall: tuple[Curve, ...] = ()
    calibration: tuple[Bin, ...] = ()
    target: tuple[float, ...] = ()
    predicted: tuple[float, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Itself as plain values, without the points of curves and pairs."""
        found: dict[str, Any] = {
            "samples": self.samples,
            "measures": {name: _finite(value) for name, value in self.values.items()},
        }
        if self.kind == "class":
            areas = {each.name: each.area for each in self.roc}
            precise = {each.name: each.area for each in self.precision_recall}
            found["by_class"] = [
                each.to_json()
                | {
                    "roc_auc": areas.get(each.name),
                    "average_precision": precise.get(each.name),
                }
                for each in self.by_class
            ]
            found["calibration"] = [each.to_json() for each in self.calibration]
        found["worst"] = [
            {
                "sample": each.sample + 1,
                "truth": each.truth,
                "predicted": each.predicted,
                "score": _finite(each.score),
            }
            for each in self.mistakes
        ]
        return found


def assess(compared: Compared, split: str) -> Assessment:
    """Measure answers that stand beside the truth."""
    return (
        _of_classes(compared, split) if compared.kind == "class" else _of_numbers(compared, split)
    )


def _of_classes(compared: Compared, split: str) -> Assessment:
    names = compared.classes
    count = len(names)
    assert compared.chances is not None
    counted = table_of(compared.target, compared.predicted, count)
    by_class = class_scores(counted, names)
    values = averages(counted, by_class)
    roc: tuple[Curve, ...] = ()
    precise: tuple[Curve, ...] = ()
    labels = compared.target[:: compared.every]
    if count <= MOST_CLASSES:
        roc, precise = one_against_rest(labels, compared.chances, names)
    if roc:
        values["roc_auc"] = float(np.mean([each.area for each in roc]))
    if precise:
        values["average_precision"] = float(np.mean([each.area for each in precise]))
    bins = calibration(labels, compared.chances)
    values["calibration_error"] = calibration_error(bins)
    if compared.likely is not None and len(compared.likely):
        least = np.finfo(np.float32).tiny
        values["log_loss"] = float(-np.log(np.maximum(compared.likely, least)).mean())
    return Assessment(
        split,
        "class",
        compared.samples,
        values,
        names,
        by_class,
        tuple(tuple(row) for row in counted.tolist()) if count <= MOST_CLASSES else (),
        roc,
        precise,
        bins,
        mistakes=_wrong_classes(compared),
    )


def _wrong_classes(compared: Compared) -> tuple[Mistake, ...]:
    """Of each sample how likely its truth seemed; the least likely first, those answered right left out."""
    assert compared.likely is not None
    assert compared.sure is not None
    places = np.bincount(compared.sample, minlength=compared.samples)
    wrong = compared.predicted != compared.target
    wrong_places = np.bincount(compared.sample[wrong], minlength=compared.samples)
    summed = np.bincount(compared.sample, compared.likely, minlength=compared.samples)
    likely = summed / np.maximum(places, 1)
    bad = np.flatnonzero(wrong_places)
    worst = bad[np.argsort(likely[bad], kind="stable")][:MOST_MISTAKES]
    found = []
    for sample in worst.tolist():
        rows = np.flatnonzero(compared.sample == sample)
        sure = float(compared.sure[rows].mean())
        if len(rows) == 1:
            truth, answer = (
                compared.classes[int(side[rows[0]])]
                for side in (compared.target, compared.predicted)
            )
        else:
            truth = f"{len(rows)} labels"
            answer = f"{int(wrong_places[sample])} of them wrong"
        found.append(Mistake(sample, truth, answer, sure))
    return tuple(found)


def _of_numbers(compared: Compared, split: str) -> Assessment:
    target, predicted = compared.target.astype(np.float64), compared.predicted.astype(np.float64)
    known = np.isfinite(target) & np.isfinite(predicted)
    target, predicted, sample = target[known], predicted[known], compared.sample[known]
    every = max(1, -(-len(target) // MOST_PAIRS))
    return Assessment(
        split,
        "number",
        compared.samples,
        _errors(target, predicted),
        target=tuple(target[::every].tolist()),
        predicted=tuple(predicted[::every].tolist()),
        mistakes=_wrong_numbers(target, predicted, sample, compared.samples),
    )


def _errors(target: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    if not len(target):
        return {}
    error = predicted - target
    spread = float(((target - target.mean()) ** 2).sum())
    values = {
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "median_error": float(np.median(np.abs(error))),
        "largest_error": float(np.abs(error).max()),
        "bias": float(error.mean()),
    }
    if spread > 0:
        values["r2"] = 1 - float((error**2).sum()) / spread
    return values


def _wrong_numbers(
    target: np.ndarray, predicted: np.ndarray, sample: np.ndarray, samples: int
) -> tuple[Mistake, ...]:
    """Of each sample its largest error; the largest of all first."""
    error = predicted - target
    order = np.lexsort((-np.abs(error), sample))
    first = np.unique(sample[order], return_index=True)[1]
    largest = order[first]  # of every sample the place of its largest error
    assert len(largest) <= samples
    worst = largest[np.argsort(-np.abs(error[largest]), kind="stable")][:MOST_MISTAKES]
    return tuple(
        Mistake(
            int(sample[place]),
            f"{target[place]:.5g}",
            f"{predicted[place]:.5g}",
            float(error[place]),
        )
        for place in worst.tolist()
        if error[place] != 0
    )


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
