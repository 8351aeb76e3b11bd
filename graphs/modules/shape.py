"""Changes of shape as modules; axes are counted without the batch, which stays first."""

from __future__ import annotations

from torch import Tensor, nn


class Reshape(nn.Module):
    """(B, ...) -> (B, *shape)."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, input: Tensor) -> Tensor:
        """The same numbers in the same order."""
        return input.reshape(input.shape[0], *self.shape)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return str(self.shape)


class Permute(nn.Module):
    """(B, ...) -> (B, ...) with the other axes in the order `axes`."""

    def __init__(self, axes: tuple[int, ...]) -> None:
        super().__init__()
        self.axes = axes

    def forward(self, input: Tensor) -> Tensor:
        """A view of the same numbers."""
        return input.permute(0, *(axis + 1 for axis in self.axes))

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return str(self.axes)


class Select(nn.Module):
    """One place along an axis; `axis` counts without the batch, from 0, or from the end below 0."""

    def __init__(self, axis: int, index: int) -> None:
        super().__init__()
        self.axis, self.index = axis, index

    def forward(self, input: Tensor) -> Tensor:
        """The input without that axis."""
        return input.select(self.axis if self.axis < 0 else self.axis + 1, self.index)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"axis={self.axis}, index={self.index}"


class Squeeze(nn.Module):
    """(B, ..., 1, ...) -> (B, ...)."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, input: Tensor) -> Tensor:
        """The input without an axis of size 1."""
        return input.squeeze(self.axis if self.axis < 0 else self.axis + 1)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"axis={self.axis}"


class Unsqueeze(nn.Module):
    """(B, ...) -> (B, ..., 1, ...)."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, input: Tensor) -> Tensor:
        """The input with an axis of size 1 more."""
        return input.unsqueeze(self.axis if self.axis < 0 else self.axis + 1)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"axis={self.axis}"


class Slice(nn.Module):
    """A range of places along an axis, as Python slices them."""

    def __init__(self, axis: int, start: int, end: int | None, step: int) -> None:
        super().__init__()
        self.axis, self.range = axis, slice(start, end, step)

    def forward(self, input: Tensor) -> Tensor:
        """The places that are kept."""
        at = self.axis + input.dim() if self.axis < 0 else self.axis + 1
        return input[(*(slice(None),) * at, self.range)]

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        cut = self.range
        return f"axis={self.axis}, start={cut.start}, end={cut.stop}, step={cut.step}"
