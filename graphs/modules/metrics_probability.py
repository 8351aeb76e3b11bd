"""Metrics of torchmetrics by scores: made probabilities here, since torchmetrics would guess batch by batch."""

from __future__ import annotations

from typing import Any, TypeVar

from torch import Tensor
from torchmetrics import Metric
from torchmetrics.classification import (
    BinaryAUROC,
    BinaryAveragePrecision,
    BinaryCalibrationError,
    MulticlassAUROC,
    MulticlassAveragePrecision,
    MulticlassCalibrationError,
)
from torchmetrics.text import Perplexity

AnyMetric = TypeVar("AnyMetric", bound=Metric)


class Chances:
    """Mixed into a metric: scores (B, ..., K), or one for each label, become probabilities first.

    `classes` is 1 for one score for yes or no; of two classes, the probability of class 1 is what counts.
    """

    classes = 1
    raw = True

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Count one batch."""
        if self.classes == 1:
            chances = preds.sigmoid() if self.raw else preds
            super().update(chances.reshape(-1), target.long().reshape(-1))  # type: ignore[misc]
            return
        chances = (preds.softmax(-1) if self.raw else preds).reshape(-1, self.classes)
        if self.classes == 2:
            chances = chances[:, 1]
        super().update(chances, target.reshape(-1))  # type: ignore[misc]


class YesAUROC(Chances, BinaryAUROC):
    """AUROC of two classes."""


class ClassAUROC(Chances, MulticlassAUROC):
    """AUROC of each class, and their mean."""


class YesAveragePrecision(Chances, BinaryAveragePrecision):
    """Average precision of two classes."""


class ClassAveragePrecision(Chances, MulticlassAveragePrecision):
    """Average precision of each class, and their mean."""


class YesCalibration(Chances, BinaryCalibrationError):  # noqa: N818 - it is a metric
    """Calibration of two classes."""


class ClassCalibration(Chances, MulticlassCalibrationError):  # noqa: N818 - it is a metric
    """Calibration of the likeliest class."""


class TokenPerplexity(Perplexity):
    """Perplexity of scores (B, ..., V) for tokens (B, ...)."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Count one batch."""
        super().update(preds.reshape(1, -1, preds.shape[-1]), target.reshape(1, -1))


def auroc(classes: int, raw: bool) -> Metric:  # noqa: FBT001 - a pair that a layer says
    """AUROC for scores of so many classes, 1 for one score for yes or no; `raw` ones are no probabilities."""
    return _settled(YesAUROC() if classes <= 2 else ClassAUROC(classes), classes, raw=raw)


def average_precision(classes: int, raw: bool) -> Metric:  # noqa: FBT001 - a pair that a layer says
    """Average precision for scores of so many classes."""
    metric: Any = YesAveragePrecision() if classes <= 2 else ClassAveragePrecision(classes)
    return _settled(metric, classes, raw=raw)


def calibration_error(classes: int, raw: bool, bins: int) -> Metric:  # noqa: FBT001 - a pair that a layer says
    """Calibration error for scores of so many classes, sorted into `bins` ranges of confidence."""
    metric: Any = YesCalibration(bins) if classes <= 2 else ClassCalibration(classes, bins)
    return _settled(metric, classes, raw=raw)


def _settled(metric: AnyMetric, classes: int, *, raw: bool) -> AnyMetric:
    metric.classes, metric.raw = classes, raw
    return metric
