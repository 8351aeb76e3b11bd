"""Positions of steps as modules. Axes: B batch, T steps, E features, N heads, P pairs of features."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class PositionalEmbedding(nn.Module):
    """(B, T, E) -> (B, T, E): a learned row for each place is added."""

    def __init__(self, max_length: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_length, features).normal_(std=0.02))

    def forward(self, input: Tensor) -> Tensor:
        """The input with its positions added."""
        return input + self.weight[: input.shape[1]]

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"max_length={self.weight.shape[0]}"


class RotaryEncoding(nn.Module):
    """(B, T, E) -> (B, T, E): features 2p and 2p+1 of each head are turned by T * base^(-2p/E)."""

    def __init__(self, base: float, num_heads: int) -> None:
        super().__init__()
        self.base, self.num_heads = base, num_heads

    def forward(self, input: Tensor) -> Tensor:
        """The turned features."""
        batch, steps, features = input.shape
        width = features // self.num_heads
        even_P = torch.arange(0, width, 2, dtype=torch.float32, device=input.device)
        place_T = torch.arange(steps, dtype=torch.float32, device=input.device)
        angle_TP = place_T[:, None] * self.base ** (-even_P / width)
        cos_TP = angle_TP.cos().to(input.dtype)[:, None]
        sin_TP = angle_TP.sin().to(input.dtype)[:, None]
        left, right = input.reshape(batch, steps, self.num_heads, -1, 2).unbind(-1)
        turned = (left * cos_TP - right * sin_TP, left * sin_TP + right * cos_TP)
        return torch.stack(turned, dim=-1).reshape(input.shape)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"base={self.base:g}, num_heads={self.num_heads}"
