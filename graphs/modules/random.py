"""Modules that draw random numbers from torch's global generator."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GaussianNoise(nn.Module):
    """Adds normal numbers of the deviation `std` while training."""

    def __init__(self, std: float) -> None:
        super().__init__()
        self.std = std

    def forward(self, input: Tensor) -> Tensor:
        """The input with its noise."""
        return input + self.std * torch.randn_like(input) if self.training else input

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"std={self.std:g}"


class NoiseLike(nn.Module):
    """Fresh normal numbers (B, *size) at every call, also in evaluation; no size means that of the input."""

    def __init__(self, size: tuple[int, ...], mean: float, std: float) -> None:
        super().__init__()
        self.size, self.mean, self.std = size, mean, std

    def forward(self, input: Tensor) -> Tensor:
        """The noise, on the device of the input."""
        shape = (input.shape[0], *self.size) if self.size else input.shape
        dtype = input.dtype if input.is_floating_point() else torch.float32
        return self.mean + self.std * torch.randn(shape, dtype=dtype, device=input.device)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"size={self.size}, mean={self.mean:g}, std={self.std:g}"


class Reparameterize(nn.Module):
    """A sample of normal numbers with this mean and logarithm of the variance, through which gradients flow."""

    def __init__(self, *, always: bool) -> None:
        super().__init__()
        self.always = always

    def forward(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """The sample; in evaluation the mean itself, unless it is asked for always."""
        if not (self.training or self.always):
            return mean
        return mean + torch.randn_like(mean) * (0.5 * log_variance).exp()

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"always={self.always}"
