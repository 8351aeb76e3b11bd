"""Metrics of torchmetrics for scores whose last axis is the classes, and for labels as data nodes give them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torchmetrics import MeanAbsoluteError, R2Score
from torchmetrics.classification import MulticlassAccuracy, MulticlassF1Score


class Answers:
    """Mixed into a metric of classes: what it is given, and which of its results counts.

    `cut` None means one score for each class, (B, ..., K) against labels (B, ...); else there is one score for each
    label, a yes above the cut, counted as a choice of two classes. torchmetrics would take scores that happen to lie
    between 0 and 1 for probabilities, batch by batch; here the layer says where a yes begins. `place` is the class
    that counts alone, None for all.
    """

    def __init__(
        self, *settings: Any, cut: float | None = None, place: int | None = None, **named: Any
    ) -> None:
        super().__init__(*settings, **named)
        self.cut, self.place = cut, place

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Count one batch."""
        if self.cut is None:
            given = preds.movedim(-1, 1), target
        else:
            given = (preds > self.cut).long().reshape(-1), target.long().reshape(-1)
        super().update(*given)  # type: ignore[misc]

    def compute(self) -> Tensor:
        """One number."""
        found: Tensor = super().compute()  # type: ignore[misc]
        return (found if self.place is None else found[self.place]).float()


class ClassAccuracy(Answers, MulticlassAccuracy):
    """The share of right answers."""


class ClassF1Score(Answers, MulticlassF1Score):
    """The balance of precision and recall."""


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
