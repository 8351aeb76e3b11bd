"""Metrics of torchmetrics by scores: made probabilities here, since torchmetrics would guess batch by batch."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torchmetrics.classification import (
    BinaryAUROC,
    BinaryAveragePrecision,
    BinaryCalibrationError,
    MulticlassAUROC,
    MulticlassAveragePrecision,
    MulticlassCalibrationError,
)
from torchmetrics.text import Perplexity


class Chances:
    """Mixed into a metric: scores (B, ..., K), or one for each label, become probabilities first.

    `classes` is 1 for one score for yes or no; of two classes, the probability of class 1 is what counts. `raw` scores
    are no probabilities yet.
    """

    def __init__(self, *settings: Any, classes: int = 1, raw: bool = True, **named: Any) -> None:
        super().__init__(*settings, **named)
        self.classes, self.raw = classes, raw

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
