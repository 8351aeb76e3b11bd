"""Masks of padding as modules. Axes: B batch, T steps, E features."""

from __future__ import annotations

from torch import Tensor, nn


class PaddingMask(nn.Module):
    """Tokens (B, ...) -> true where they are `padding_idx`."""

    def __init__(self, padding_idx: int) -> None:
        super().__init__()
        self.padding_idx = padding_idx

    def forward(self, input: Tensor) -> Tensor:
        """The mask."""
        return input == self.padding_idx

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"padding_idx={self.padding_idx}"


class MaskedMean(nn.Module):
    """(B, T, E), mask (B, T), true where a step does not count -> (B, E)."""

    def forward(self, input: Tensor, mask: Tensor) -> Tensor:
        """The mean of the steps that count; 0 where none does."""
        counts_BT1 = (~mask)[..., None].to(input.dtype)
        return (input * counts_BT1).sum(1) / counts_BT1.sum(1).clamp_min(1)
