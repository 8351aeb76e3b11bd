"""Losses of pairs and margins whose targets may be 1 and -1, or labels 1 and 0. Axes: B batch, E features."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def _signs(target: Tensor, like: Tensor, *, labels: bool) -> Tensor:
    """1 for a yes and -1 for a no, in the shape of `like`."""
    signs = target.to(like.dtype).reshape(like.shape)
    return signs * 2 - 1 if labels else signs


class SignedHinge(nn.HingeEmbeddingLoss):
    """Hinge loss of distances."""

    def __init__(self, *, margin: float, labels: bool) -> None:
        super().__init__(margin)
        self.labels = labels

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The mean over all places."""
        return super().forward(input, _signs(target, input, labels=self.labels))


class SignedSoftMargin(nn.SoftMarginLoss):
    """Logistic loss of scores."""

    def __init__(self, *, labels: bool) -> None:
        super().__init__()
        self.labels = labels

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The mean over all places."""
        return super().forward(input, _signs(target, input, labels=self.labels))


class SignedRanking(nn.MarginRankingLoss):
    """Which of two scores is higher."""

    def __init__(self, *, margin: float, labels: bool) -> None:
        super().__init__(margin)
        self.labels = labels

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """The mean over all places."""
        return super().forward(input1, input2, _signs(target, input1, labels=self.labels))


class SignedCosine(nn.CosineEmbeddingLoss):
    """Angles of pairs (B, ..., E)."""

    def __init__(self, *, margin: float, labels: bool) -> None:
        super().__init__(margin)
        self.labels = labels

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """The mean over all pairs."""
        one, two = (each.reshape(-1, each.shape[-1]) for each in (input1, input2))
        return super().forward(one, two, _signs(target, one[:, 0], labels=self.labels))


class Contrastive(nn.Module):
    """Half the squared distance of pairs (B, ..., E) that belong together, else the shortfall."""

    def __init__(self, *, margin: float, labels: bool) -> None:
        super().__init__()
        self.margin, self.labels = margin, labels

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """The mean over all pairs."""
        apart = nn.functional.pairwise_distance(input1, input2)
        together = _signs(target, apart, labels=self.labels) > 0
        short = (self.margin - apart).relu()
        return 0.5 * torch.where(together, apart, short).square().mean()

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"margin={self.margin:g}"


class RowMultiMargin(nn.Module):
    """Margin of the right class's score, for scores (B, ..., K) and classes (B, ...)."""

    def __init__(self, *, p: int, margin: float) -> None:
        super().__init__()
        self.p, self.margin = p, margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The mean over all places."""
        return nn.functional.multi_margin_loss(
            input.reshape(-1, input.shape[-1]), target.reshape(-1), p=self.p, margin=self.margin
        )


class InfoNCE(nn.Module):
    """Cross entropy of finding the partner by cosine, both ways: two rows (B, E)."""

    def __init__(self, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """The mean over samples and both ways, in nats."""
        one, two = nn.functional.normalize(input1, dim=-1), nn.functional.normalize(input2, dim=-1)
        likeness_BB = one @ two.mT / self.temperature
        right = torch.arange(len(one), device=one.device)
        there = nn.functional.cross_entropy(likeness_BB, right)
        return 0.5 * (there + nn.functional.cross_entropy(likeness_BB.mT, right))

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"temperature={self.temperature:g}"
