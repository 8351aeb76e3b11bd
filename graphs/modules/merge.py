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


class Divide(nn.Module):
    """The first input over the second one plus `eps`."""

    def __init__(self, eps: float) -> None:
        super().__init__()
        self.eps = eps

    def forward(self, input: Tensor, other: Tensor) -> Tensor:
        """The quotient."""
        return input / (other + self.eps if self.eps else other)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"eps={self.eps:g}"


class Stack(nn.Module):
    """All inputs side by side along a new axis."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, *inputs: Tensor) -> Tensor:
        """One axis more."""
        return torch.stack(inputs, self.axis if self.axis < 0 else self.axis + 1)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"axis={self.axis}"


class MatMul(nn.Module):
    """(B, ..., M, K) and (B, ..., K, N), or (B, ..., N, K) transposed -> (B, ..., M, N)."""

    def __init__(self, *, transpose_other: bool) -> None:
        super().__init__()
        self.transpose_other = transpose_other

    def forward(self, input: Tensor, other: Tensor) -> Tensor:
        """The matrix products."""
        return input @ (other.mT if self.transpose_other else other)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"transpose_other={self.transpose_other}"


class Einsum(nn.Module):
    """A sum of products along named axes; the batch is the axis B that no equation can name."""

    def __init__(self, terms: tuple[str, ...], result: str) -> None:
        super().__init__()
        self.equation = ",".join(f"B{term}" for term in terms) + f"->B{result}"

    def forward(self, *inputs: Tensor) -> Tensor:
        """The sums."""
        return torch.einsum(self.equation, *inputs)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return self.equation
