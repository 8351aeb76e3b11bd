"""Steps through a sequence with a cell: what it hands on, and what becomes of what it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

Run = Callable[..., tuple[Tensor, ...]]


class Step(nn.Module):
    """A scan in one mode: `run` is one step of the cell, whose weights stand in the Scan.

    For each input `cut` is the axis that is cut into steps, if any, and `carried` the output that is its value in
    the next step, if any. For each output `gathered` says "last", "stack" or "collect", and along which axis.
    """

    def __init__(
        self,
        run: Run,
        cut: Sequence[int | None],
        carried: Sequence[int | None],
        gathered: Sequence[tuple[str, int]],
    ) -> None:
        super().__init__()
        self._run, self._cut, self._carried = run, tuple(cut), tuple(carried)
        self._gathered = tuple(gathered)

    def forward(self, *inputs: Tensor) -> Tensor | tuple[Tensor, ...]:
        """The outputs after all steps, at least one."""
        state: list[Tensor] = list(inputs)
        sequences = {
            place: given.unbind(axis)
            for place, (given, axis) in enumerate(zip(inputs, self._cut, strict=True))
            if axis is not None
        }
        rows: list[list[Tensor]] = [[] for _ in self._gathered]
        found: tuple[Tensor, ...] = ()
        for now in zip(*sequences.values(), strict=True):
            for place, value in zip(sequences, now, strict=True):
                state[place] = value
            found = self._run(*state)
            for row, value, (how, _) in zip(rows, found, self._gathered, strict=True):
                if how != "last":
                    row.append(value)
            for place, output in enumerate(self._carried):
                if output is not None:
                    state[place] = found[output]
        outputs = tuple(
            _together(how, axis, row, last)
            for (how, axis), row, last in zip(self._gathered, rows, found, strict=True)
        )
        return outputs[0] if len(outputs) == 1 else outputs


class Scan(nn.Module):
    """The weights of a scanned cell, by node; `steps` is how it runs in each mode."""

    steps: Mapping[str, Step]  # a plain dict, which nn.Module does not look into

    def forward(self, *inputs: Tensor) -> Tensor | tuple[Tensor, ...]:
        """The outputs after all steps, as in training."""
        found: Tensor | tuple[Tensor, ...] = self.steps["train"](*inputs)
        return found


def _together(how: str, axis: int, row: list[Tensor], last: Tensor) -> Tensor:
    if how == "last":
        return last
    return torch.stack(row, axis) if how == "stack" else torch.cat(row, axis)
