"""Metrics of torchmetrics for numbers, over all numbers of all samples unless said."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torchmetrics import (
    ExplainedVariance,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    Metric,
    PearsonCorrCoef,
)
from torchmetrics.functional import spearman_corrcoef
from torchmetrics.utilities import dim_zero_cat


def _flat(preds: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    return preds.reshape(-1), target.reshape(-1).to(preds.dtype)


class FlatMeanSquaredError(MeanSquaredError):
    """Mean squared error, or its root."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Count one batch."""
        super().update(*_flat(preds, target))


class FlatPercentageError(MeanAbsolutePercentageError):
    """Mean absolute error as a share of the target."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Count one batch."""
        super().update(*_flat(preds, target))


class RowExplainedVariance(ExplainedVariance):
    """Explained variance of predictions (B, ...): for each number of a sample, then their mean."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Count one batch."""
        rows = preds.shape[0]
        super().update(preds.reshape(rows, -1), target.reshape(rows, -1).to(preds.dtype))


class FlatPearson(PearsonCorrCoef):
    """Pearson's correlation."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Count one batch."""
        super().update(*_flat(preds, target))


class FlatSpearman(Metric):
    """Spearman's rank correlation; torchmetrics' own class warns each time that it keeps all numbers."""

    full_state_update = False
    preds: list[Tensor]
    target: list[Tensor]

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.add_state("preds", default=[], dist_reduce_fx="cat")
        self.add_state("target", default=[], dist_reduce_fx="cat")

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Keep one batch."""
        one, two = _flat(preds, target)
        self.preds.append(one)
        self.target.append(two)

    def compute(self) -> Tensor:
        """The correlation of both orders; not a number for fewer than two numbers."""
        preds, target = dim_zero_cat(self.preds), dim_zero_cat(self.target)
        if len(preds) < 2:
            return torch.tensor(torch.nan, device=preds.device)
        return spearman_corrcoef(preds, target)
