"""Losses of torch for scores whose last axis is the classes, and for labels as data nodes give them."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ClassLastCrossEntropy(nn.CrossEntropyLoss):
    """Cross entropy of logits (B, ..., K), where torch wants (B, K, ...).

    The target is classes (B, ...) or probabilities (B, ..., K).
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The mean over all places, in nats."""
        if target.dim() == input.dim():
            target = target.movedim(-1, 1)
        return super().forward(input.movedim(-1, 1), target)


class LabelBCEWithLogits(nn.BCEWithLogitsLoss):
    """Binary cross entropy whose target may be class labels 0 and 1, and may lack a last axis of 1."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The mean over all places, in nats."""
        return super().forward(input, target.to(input.dtype).reshape(input.shape))


def weight_tensor(weight: tuple[float, ...] | None) -> Tensor | None:
    """Class weights as torch takes them."""
    return None if weight is None else torch.tensor(weight, dtype=torch.float32)
