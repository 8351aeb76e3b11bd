"""Interpolation to given sides as a module."""

from __future__ import annotations

from torch import Tensor, nn


class Interpolate(nn.Module):
    """(B, C, ...) -> (B, C, *size), or with the sides of another input."""

    def __init__(self, size: tuple[int, ...], mode: str, *, align_corners: bool | None) -> None:
        super().__init__()
        self.size, self.mode, self.align_corners = size, mode, align_corners

    def forward(self, input: Tensor, like: Tensor | None = None) -> Tensor:
        """The input with its new sides."""
        size = self.size if like is None else tuple(like.shape[2:])
        return nn.functional.interpolate(
            input, size=size, mode=self.mode, align_corners=self.align_corners
        )

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"size={self.size}, mode={self.mode}"
