"""Gradients that stop or turn round, choices by mode, and states to start from, as modules."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class Detach(nn.Module):
    """The same numbers without a way back for gradients."""

    def forward(self, input: Tensor) -> Tensor:
        """The numbers."""
        return input.detach()


class Switch(nn.Module):
    """One of its inputs: the only one that is given, or else the one for the mode that it is in."""

    def forward(
        self,
        train: Tensor | None = None,
        evaluate: Tensor | None = None,
        predict: Tensor | None = None,
    ) -> Tensor:
        """The input of the mode, else the next that is there."""
        # A module knows two modes of three: outside training, that of evaluation goes first.
        row = (train, evaluate, predict) if self.training else (evaluate, predict, train)
        return next(each for each in row if each is not None)


class InitialState(nn.Module):
    """(B, ...) -> (B, *size): the same numbers for every sample."""

    state: Tensor

    def __init__(self, size: tuple[int, ...], value: float, *, learned: bool) -> None:
        super().__init__()
        start = torch.full(size, value)
        if learned:
            self.state = nn.Parameter(start if value else torch.randn(size) * 0.02)
        else:
            self.register_buffer("state", start, persistent=False)

    def forward(self, input: Tensor) -> Tensor:
        """The state, once for each sample of the input."""
        return self.state.expand(input.shape[0], *self.state.shape)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return str(tuple(self.state.shape))


class GradientReversal(nn.Module):
    """The same numbers; on the way back the gradient times -alpha."""

    def __init__(self, alpha: float) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, input: Tensor) -> Tensor:
        """The numbers."""
        turned: Tensor = _Reversal.apply(input, self.alpha)
        return turned

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"alpha={self.alpha:g}"


class _Reversal(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, input: Tensor, alpha: float) -> Tensor:
        ctx.alpha = alpha
        return input.view_as(input)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return -ctx.alpha * gradients[0], None
