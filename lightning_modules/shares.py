"""A member's share of every batch of a team: the same batches as one process would cut, each divided among all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lightning_modules.team import share_of

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from lightning_modules.batches import Batch, Batches
    from lightning_modules.team import Team


class Shares:
    """Batches of the whole team, of which this member gets its rows.

    Where a last batch has fewer samples than the team has members, some get one of it that does not count.
    """

    def __init__(self, whole: Batches, team: Team) -> None:
        self._whole, self._team = whole, team
        self.device, self.steps = whole.device, whole.steps
        self.total, self.count = whole.total, whole.count

    def cut(self, order: Tensor | None, first: int, steps: int) -> Iterator[Batch]:
        """This member's rows of batches `first` to `first + steps`, counted from 0."""
        for index in range(first, min(first + steps, self.steps)):
            begin, end = self._whole.span(index)
            own = share_of(end - begin, self._team.rank, self._team.size)
            low, high = own if own[0] < own[1] else (0, 1)
            yield self._whole.rows(order, begin + low, begin + high)

    def counts(self, index: int) -> list[int]:
        """How many samples of a batch each member has."""
        begin, end = self._whole.span(index)
        size = self._team.size
        spans = [share_of(end - begin, rank, size) for rank in range(size)]
        return [high - low for low, high in spans]

    def whole(self, order: Tensor | None, index: int) -> Batch:
        """A batch with the samples of all members."""
        return self._whole.rows(order, *self._whole.span(index))

    def first(self, count: int) -> Batch:
        """One batch of the first samples, all of them here."""
        return self._whole.first(count)

    def order_on_device(self, order: torch.Tensor) -> torch.Tensor:
        """The order, where the columns are."""
        return self._whole.order_on_device(order)
