"""Numbers drawn together along axes, as modules; axes are counted without the batch."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

How = Literal["mean", "sum", "amax", "amin", "norm"]


class Reduction(nn.Module):
    """The mean, sum, largest or smallest value, or length, along `axes` (0 is behind the batch)."""

    def __init__(self, how: How, axes: tuple[int, ...], *, keepdim: bool) -> None:
        super().__init__()
        self.how, self.axes, self.keepdim = how, axes, keepdim

    def forward(self, input: Tensor) -> Tensor:
        """The input without these axes, or with 1 in their place."""
        dims = [axis + 1 for axis in self.axes]
        if not dims:
            return input.abs() if self.how == "norm" else input
        if self.how == "mean":
            return input.mean(dims, keepdim=self.keepdim)
        if self.how == "sum":
            return input.sum(dims, keepdim=self.keepdim)
        if self.how == "norm":
            return torch.linalg.vector_norm(input, dim=dims, keepdim=self.keepdim)
        find = input.amax if self.how == "amax" else input.amin
        return find(dims, keepdim=self.keepdim)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"{self.how}, axes={self.axes}, keepdim={self.keepdim}"


class Normalize(nn.Module):
    """Each row along `dim` (counted as in torch) divided by its norm."""

    def __init__(self, p: float, dim: int, eps: float) -> None:
        super().__init__()
        self.p, self.dim, self.eps = p, dim, eps

    def forward(self, input: Tensor) -> Tensor:
        """The rows with length 1."""
        return nn.functional.normalize(input, self.p, self.dim, self.eps)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"p={self.p:g}, dim={self.dim}"
