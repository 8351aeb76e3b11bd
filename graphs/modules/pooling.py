"""Pooling over all places of a channel, as a module."""

from __future__ import annotations

from torch import Tensor, nn


class GlobalAveragePool(nn.Module):
    """(B, C, ...) -> (B, C)."""

    def forward(self, input: Tensor) -> Tensor:
        """The mean of each channel."""
        return input.flatten(2).mean(-1)


class GlobalMaxPool(nn.Module):
    """(B, C, ...) -> (B, C)."""

    def forward(self, input: Tensor) -> Tensor:
        """The largest value of each channel."""
        return input.flatten(2).amax(-1)
