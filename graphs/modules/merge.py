"""Ways to make one tensor of several, as modules; axes are counted without the batch."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Add(nn.Module):
    """The sum of all inputs, added in order."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """The sum."""
        total = inputs[0]
        for each in inputs[1:]:
            total = total + each
        return total


class Multiply(nn.Module):
    """The product of all inputs, number by number, multiplied in order."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """The product."""
        total = inputs[0]
        for each in inputs[1:]:
            total = total * each
        return total


class Subtract(nn.Module):
    """The first input less the second."""

    def forward(self, input: Tensor, other: Tensor) -> Tensor:
        """The difference."""
        return input - other


class Concatenate(nn.Module):
    """All inputs in a row along one axis."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, *inputs: Tensor) -> Tensor:
        """The row."""
        return torch.cat(inputs, self.axis if self.axis < 0 else self.axis + 1)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"axis={self.axis}"
