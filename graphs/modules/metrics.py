"""Metrics of torchmetrics for scores whose last axis is the classes, and for labels as data nodes give them."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torchmetrics import MeanAbsoluteError, R2Score
from torchmetrics.classification import MulticlassAccuracy, MulticlassF1Score

Average = Literal["micro", "macro", "weighted"]


def _class_second(preds: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Scores (B, ..., K) as torchmetrics wants them, (B, K, ...); labels stay."""
    return preds.movedim(-1, 1), target


def _yes_or_no(preds: Tensor, target: Tensor, cut: float) -> tuple[Tensor, Tensor]:
    """Answers 0 and 1 on both sides, in one row.

    torchmetrics would take scores that happen to lie between 0 and 1 for probabilities, batch by
    batch; here the layer says where a yes begins.
    """
    return (preds > cut).long().reshape(-1), target.long().reshape(-1)


class ClassAccuracy(MulticlassAccuracy):
    """Accuracy of scores (B, ..., K) against labels (B, ...)."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Count one batch."""
        super().update(*_class_second(preds, target))


class ClassF1Score(MulticlassF1Score):
    """F1 of scores (B, ..., K) against labels (B, ...)."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Count one batch."""
        super().update(*_class_second(preds, target))


class YesNoAccuracy(MulticlassAccuracy):
    """Accuracy of scores against labels 0 and 1; a score above `cut` means 1.

    Counted as a choice of two classes, so that it agrees with a network that has a score for each.
    """

    def __init__(self, cut: float, average: Average) -> None:
        super().__init__(2, average=average)
        self.cut = cut

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Count one batch."""
        super().update(*_yes_or_no(preds, target, self.cut))


class YesNoF1Score(MulticlassF1Score):
    """F1 of scores against labels 0 and 1; a score above `cut` means 1.

    Counted as a choice of two classes, so that it agrees with a network that has a score for each.
    """

    def __init__(self, cut: float, average: Average) -> None:
        super().__init__(2, average=average)
        self.cut = cut

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Count one batch."""
        super().update(*_yes_or_no(preds, target, self.cut))


class FlatMeanAbsoluteError(MeanAbsoluteError):
    """Mean absolute error over all numbers of all samples."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Count one batch."""
        super().update(preds.reshape(-1), target.reshape(-1).to(preds.dtype))


class RowR2Score(R2Score):
    """R2 of predictions (B, ...) against targets (B, ...): for each number of a sample, then their mean."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Count one batch."""
        rows = preds.shape[0]
        preds, target = preds.reshape(rows, -1), target.reshape(rows, -1).to(preds.dtype)
        if preds.shape[1] == 1:
            preds, target = preds[:, 0], target[:, 0]
        super().update(preds, target)

    def compute(self) -> Tensor:
        """R2; not a number for fewer than two samples, which have no variance to explain."""
        return (
            super().compute()
            if self.total > 1
            else torch.tensor(torch.nan, device=self.total.device)
        )
