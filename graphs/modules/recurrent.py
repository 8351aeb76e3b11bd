"""Recurrent layers of torch with the batch first everywhere and one flat row of outputs.

Axes: B batch, T steps, E features in, H features out, L states (layers times directions).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def _layers_first(state: Tensor) -> Tensor:
    """(B, L, H) as torch takes it: (L, B, H)."""
    return state.transpose(0, 1).contiguous()


def _batch_first(state: Tensor) -> Tensor:
    return state.transpose(0, 1)


class RNN(nn.RNN):
    """input (B, T, E), h (B, L, H) -> output (B, T, H), h (B, L, H)."""

    def __init__(self, *sizes: int, **settings: Any) -> None:
        super().__init__(*sizes, batch_first=True, **settings)

    def forward(  # type: ignore[override]
        self, input: Tensor, h: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """The output of every step, and the state after the last."""
        output, state = super().forward(input, None if h is None else _layers_first(h))
        return output, _batch_first(state)


class GRU(nn.GRU):
    """input (B, T, E), h (B, L, H) -> output (B, T, H), h (B, L, H)."""

    def __init__(self, *sizes: int, **settings: Any) -> None:
        super().__init__(*sizes, batch_first=True, **settings)

    def forward(  # type: ignore[override]
        self, input: Tensor, h: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """The output of every step, and the state after the last."""
        output, state = super().forward(input, None if h is None else _layers_first(h))
        return output, _batch_first(state)


class LSTM(nn.LSTM):
    """input (B, T, E), h (B, L, P), c (B, L, H) -> output (B, T, P), h (B, L, P), c (B, L, H).

    P is H, or the size of the projection. One of h and c alone starts the other at 0.
    """

    def __init__(self, *sizes: int, **settings: Any) -> None:
        super().__init__(*sizes, batch_first=True, **settings)

    def forward(  # type: ignore[override]
        self, input: Tensor, h: Tensor | None = None, c: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The output of every step, and the state after the last."""
        given = None
        if h is not None or c is not None:
            given = (
                self._state(input, h, self.proj_size or self.hidden_size),
                self._state(input, c, self.hidden_size),
            )
        output, (hidden, cell) = super().forward(input, given)
        return output, _batch_first(hidden), _batch_first(cell)

    def _state(self, input: Tensor, state: Tensor | None, size: int) -> Tensor:
        if state is not None:
            return _layers_first(state)
        count = self.num_layers * (2 if self.bidirectional else 1)
        return torch.zeros(count, input.shape[0], size, dtype=input.dtype, device=input.device)
