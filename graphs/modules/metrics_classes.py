"""Metrics of torchmetrics by the answers given, for scores whose last axis is the classes, or one score per label."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from torch import Tensor
from torchmetrics import Metric
from torchmetrics.classification import (
    MulticlassCohenKappa,
    MulticlassConfusionMatrix,
    MulticlassJaccardIndex,
    MulticlassMatthewsCorrCoef,
    MulticlassPrecision,
    MulticlassRecall,
    MulticlassSpecificity,
)

Kind = Literal["precision", "recall", "specificity", "jaccard"]
AnyMetric = TypeVar("AnyMetric", bound=Metric)


class Answers:
    """Mixed into a metric of classes: what it is given, and which of its results counts.

    `cut` None means one score for each class; else one score for each label, a yes above the cut. `place` is
    the class that counts alone, None for all.
    """

    cut: float | None = None
    place: int | None = None

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Count one batch: scores (B, ..., K) or one for each label, labels (B, ...)."""
        if self.cut is None:
            given = preds.movedim(-1, 1), target
        else:
            given = (preds > self.cut).long().reshape(-1), target.long().reshape(-1)
        super().update(*given)  # type: ignore[misc]

    def compute(self) -> Tensor:
        """One number."""
        found: Tensor = super().compute()  # type: ignore[misc]
        return (found if self.place is None else found[self.place]).float()


class ClassPrecision(Answers, MulticlassPrecision):
    """Precision of each class."""


class ClassRecall(Answers, MulticlassRecall):
    """Recall of each class."""


class ClassSpecificity(Answers, MulticlassSpecificity):
    """Specificity of each class."""


class ClassJaccard(Answers, MulticlassJaccardIndex):
    """Overlap of each class."""


class ClassKappa(Answers, MulticlassCohenKappa):
    """Agreement beyond chance."""


class ClassConfusion(Answers, MulticlassConfusionMatrix):
    """How many answers are wrong; `confmat` holds the matrix, a row for each true class."""

    def compute(self) -> Tensor:
        """What stands beside the diagonal."""
        return (self.confmat.sum() - self.confmat.trace()).float()


class ClassMatthews(Answers, MulticlassMatthewsCorrCoef):
    """Correlation of answers and classes."""


KINDS: dict[Kind, Any] = {
    "precision": ClassPrecision,
    "recall": ClassRecall,
    "specificity": ClassSpecificity,
    "jaccard": ClassJaccard,
}


def averaged(kind: Kind, classes: int, average: str, cut: float | None = None) -> Metric:
    """A metric that each class has for itself, with their mean, or that of class 1 alone ("positive")."""
    alone = average == "positive"
    metric: Metric = KINDS[kind](classes, average=None if alone else average)
    return settled(metric, cut, 1 if alone else None)


def settled(metric: AnyMetric, cut: float | None = None, place: int | None = None) -> AnyMetric:
    """The metric with what `Answers` says of it."""
    metric.cut, metric.place = cut, place
    return metric
