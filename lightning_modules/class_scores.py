"""How well each class is found: precision, recall, F1, curves of one class against the rest, and calibration.

Letters of axes: N places, K classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

BINS = 10
"""Of confidence: 0 to 10 %, 10 to 20 % and so on."""
MOST_POINTS = 200


@dataclass(frozen=True)
class ClassScore:
    """How well one class is found, as scikit-learn defines it; None where there is nothing to divide by.

    `support` is how often the class is the truth.
    """

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int

    def to_json(self) -> dict[str, Any]:
        """Itself as plain values."""
        return {
            "class": self.name,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "support": self.support,
        }


@dataclass(frozen=True)
class Curve:
    """A curve of one class against the rest, at most 200 points of it, and its area (exact, from all points).

    ROC: x is the share of others taken for the class, y the share of the class that is found. Precision and
    recall: x is recall, y precision, and the area the average precision. `base` is what guessing reaches.
    """

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    area: float
    base: float


@dataclass(frozen=True)
class Bin:
    """Answers of about one confidence: how sure they were on average, the share that was right, and how many."""

    confidence: float
    accuracy: float
    count: int

    def to_json(self) -> dict[str, Any]:
        """Itself as plain values."""
        return {"confidence": self.confidence, "accuracy": self.accuracy, "count": self.count}


def table_of(target: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """The confusion matrix (K, K) of labels (N,) and answers (N,): rows are true classes."""
    cells = target * classes + predicted.clip(0, classes - 1)
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def class_scores(confusion: np.ndarray, names: Sequence[str]) -> tuple[ClassScore, ...]:
    """The scores of all classes that occur, in truth or answer, from a confusion matrix (K, K)."""
    right = np.diag(confusion)
    answered, true = confusion.sum(axis=0), confusion.sum(axis=1)
    found = []
    for index in np.flatnonzero(answered + true).tolist():
        hits = int(right[index])
        found.append(
            ClassScore(
                names[index] if index < len(names) else str(index),
                _share(hits, int(answered[index])),
                _share(hits, int(true[index])),
                _share(2 * hits, int(answered[index] + true[index])),
                int(true[index]),
            )
        )
    return tuple(found)


def averages(confusion: np.ndarray, by_class: Sequence[ClassScore]) -> dict[str, float]:
    """Accuracy, and precision, recall and F1 averaged over classes; a class without a value counts as 0.

    "macro" lets each class count the same, "weighted" each by its support; balanced accuracy is the mean recall of
    the classes that are in the data.
    """
    total = int(confusion.sum())
    if total == 0:
        return {}
    support = np.array([each.support for each in by_class], dtype=np.float64)
    values = {"accuracy": float(np.trace(confusion)) / total}
    recalls = [each.recall for each in by_class if each.recall is not None]
    values["balanced_accuracy"] = float(np.mean(recalls))
    for name in ("precision", "recall", "f1"):
        column = np.array([getattr(each, name) or 0.0 for each in by_class])
        values[f"macro_{name}"] = float(column.mean())
        values[f"weighted_{name}"] = float((column * support).sum() / support.sum())
    return values


def one_against_rest(
    target: np.ndarray, chances: np.ndarray, names: Sequence[str]
) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    """ROC curves, and curves of precision and recall, of every class that has places and others beside it."""
    from sklearn.metrics import (  # a second to import; only who asks for curves pays
        auc,
        average_precision_score,
        precision_recall_curve,
        roc_curve,
    )

    roc, precise = [], []
    for index in range(chances.shape[1]):
        truth = target == index
        score = chances[:, index]
        if not truth.any() or truth.all() or not np.isfinite(score).all():
            continue
        share = float(truth.mean())
        false, true, _ = roc_curve(truth, score)
        roc.append(Curve(names[index], *_thinned(false, true), float(auc(false, true)), 0.5))
        precision, recall, _ = precision_recall_curve(truth, score)
        area = float(average_precision_score(truth, score))
        precise.append(Curve(names[index], *_thinned(recall[::-1], precision[::-1]), area, share))
    return tuple(roc), tuple(precise)


def calibration(target: np.ndarray, chances: np.ndarray) -> tuple[Bin, ...]:
    """Answers by how sure they were, in ten steps of confidence; steps without an answer are left out."""
    known = np.isfinite(chances).all(axis=1)
    target, chances = target[known], chances[known]
    if not len(target):
        return ()
    sure = chances.max(axis=1).astype(np.float64)
    right = chances.argmax(axis=1) == target
    place = np.minimum((sure * BINS).astype(np.int64), BINS - 1)
    return tuple(
        Bin(float(sure[inside].mean()), float(right[inside].mean()), int(inside.sum()))
        for index in range(BINS)
        if (inside := place == index).any()
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """By how much confidence and share of right answers differ, averaged over answers (ECE); NaN of none."""
    total = sum(each.count for each in bins)
    if not total:
        return float("nan")
    return sum(each.count * abs(each.confidence - each.accuracy) for each in bins) / total


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _thinned(x: np.ndarray, y: np.ndarray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """At most 200 points, evenly along the way, the first and the last among them."""
    if len(x) > MOST_POINTS:
        way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
        places = np.searchsorted(way, np.linspace(0, way[-1], MOST_POINTS))
        places[0], places[-1] = 0, len(x) - 1
        x, y = x[np.unique(places)], y[np.unique(places)]
    return tuple(x.tolist()), tuple(y.tolist())
