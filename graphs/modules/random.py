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


class RandomHorizontalFlip(nn.Module):
    """Mirrors each image (C, H, W) of a batch with probability `p` while training."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, input: Tensor) -> Tensor:
        """The images, some of them mirrored."""
        if not self.training:
            return input
        mirrored = torch.rand(len(input), 1, 1, 1, device=input.device) < self.p
        return torch.where(mirrored, input.flip(-1), input)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"p={self.p:g}"


class RandomCrop(nn.Module):
    """Moves each image (C, H, W) by up to `padding` pixels (down, right) while training."""

    def __init__(self, padding: tuple[int, int]) -> None:
        super().__init__()
        self.padding = tuple(padding)

    def forward(self, input: Tensor) -> Tensor:
        """The images, moved; zeros stand where there was nothing."""
        if not self.training:
            return input
        down, right = self.padding
        count, channels, height, width = input.shape
        padded = nn.functional.pad(input, (right, right, down, down))
        device = input.device
        top = torch.randint(0, 2 * down + 1, (count, 1), device=device)
        left = torch.randint(0, 2 * right + 1, (count, 1), device=device)
        rows = (top + torch.arange(height, device=device))[:, None, :, None]
        columns = (left + torch.arange(width, device=device))[:, None, None, :]
        image = torch.arange(count, device=device)[:, None, None, None]
        channel = torch.arange(channels, device=device)[None, :, None, None]
        return padded[image, channel, rows, columns]

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"padding={self.padding}"


class NoiseLike(nn.Module):
    """Fresh normal numbers (B, *size) at every call; no size means that of the input."""

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
    """A sample of normal numbers, through which gradients flow to their mean and log variance."""

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
