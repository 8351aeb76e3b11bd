"""Gates as modules: one half of an axis opens or closes the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from torch import Tensor, nn

Gate = Literal["silu", "gelu", "relu"]

OPENS: dict[Gate, Callable[[Tensor], Tensor]] = {
    "silu": nn.functional.silu,
    "gelu": nn.functional.gelu,
    "relu": nn.functional.relu,
}


class GatedLinearUnit(nn.Module):
    """(..., 2*E) -> (..., E): the first half times the gated second one, as in torch's GLU."""

    def __init__(self, dim: int, gate: Gate) -> None:
        super().__init__()
        self.dim, self.gate = dim, gate
        self.opens = OPENS[gate]

    def forward(self, input: Tensor) -> Tensor:
        """Half as many numbers."""
        value, gate = input.chunk(2, self.dim)
        return value * self.opens(gate)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"dim={self.dim}, gate={self.gate}"
