"""A team: processes that train one network together, each on a device of its own with its share of every batch.

Every member makes the same steps in the same order, and what they tell each other are sums and rows of tensors. The
first member (rank 0) decides, tells and keeps; the others do as it says. A loss of the whole batch is the sum of the
members' parts, so gradients add up to those of one process with that batch. Axes: R members, B samples, C channels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.distributed import ProcessGroupGloo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch.distributed import Store  # type: ignore[attr-defined]

    from lightning_modules.devices import Device

PATIENCE = timedelta(days=30)
"""So long a member waits for another: the first may rest all night. One that dies is noticed at once."""

FIRST = 0

GOLDEN = 0x9E3779B1
"""Spreads seeds that follow each other."""


@dataclass
class Team:
    """Who this member is, and what it does with the others. Used by one thread.

    `counts` are the samples of each member in the step under way; empty between steps, when every member computes
    for itself alone.
    """

    rank: int
    size: int
    _words: Any
    """Torch's group for what is said, over the processors."""
    _numbers: Any
    """The same for what is computed, from card to card where there are cards."""
    counts: tuple[int, ...] = field(default=())

    @property
    def leads(self) -> bool:
        """Whether this member decides, tells and keeps."""
        return self.rank == FIRST

    @property
    def at_work(self) -> bool:
        """Whether a step is under way, in which all members take part."""
        return bool(self.counts)

    @property
    def own(self) -> int:
        """How many samples of the step are this member's; 0 where it only keeps the others company."""
        return self.counts[self.rank]

    @property
    def whole(self) -> int:
        """How many samples the step has."""
        return sum(self.counts)

    @property
    def weight(self) -> float:
        """The share of this member's samples in the step."""
        return self.own / self.whole

    @contextmanager
    def step(self, counts: Sequence[int]) -> Iterator[None]:
        """Make a step together, of so many samples of each member."""
        self.counts = tuple(counts)
        try:
            yield
        finally:
            self.counts = ()

    def seed_step(self, seed: int, step: int, index: int) -> None:
        """Seed torch's generators for one step of objective `index`: chance depends on nothing that was before.

        So a run goes on bit for bit without the random states of all members. Each member draws numbers of its own.
        """
        mixed = ((seed * GOLDEN + step) * GOLDEN + index) * GOLDEN + self.rank
        torch.manual_seed(mixed % 2**63)

    def agree(self, *, goes_on: bool, value: float = 0.0) -> tuple[bool, float]:
        """What the first member says here: whether to go on, and a number."""
        message = torch.tensor([float(goes_on), value], dtype=torch.float64)
        self._words.broadcast(message, FIRST).wait()
        return bool(message[0]), float(message[1])

    def add_up(self, tensors: Sequence[Tensor], tail: Tensor) -> Tensor:
        """Put in place of each tensor the sum of all members'; the sum of the tail, a row of numbers."""
        flat = torch.cat([*(each.reshape(-1) for each in tensors), tail])
        self._numbers.allreduce(flat).wait()
        *pieces, end = flat.split([*(each.numel() for each in tensors), len(tail)])
        if pieces:
            torch._foreach_copy_(
                list(tensors),
                [piece.view(each.shape) for piece, each in zip(pieces, tensors, strict=True)],
            )
        return end

    def sum_of_all(self, own: Tensor) -> Tensor:
        """The sum of all members' tensors of one shape."""
        total = own.clone()
        self._numbers.allreduce(total).wait()
        return total

    def stacked(self, own: Tensor) -> Tensor:
        """All members' tensors of one shape: (R, ...)."""
        found = [torch.empty_like(own) for _ in range(self.size)]
        self._numbers.allgather(found, own.contiguous()).wait()
        return torch.stack(found)

    def rows_of_all(self, own: Tensor) -> Tensor:
        """The rows of the step's samples, those of the first member first: (B, ...)."""
        most = max(self.counts)
        rows = own[: self.own].contiguous()
        if len(rows) < most:
            rows = torch.cat((rows, rows.new_zeros(most - len(rows), *rows.shape[1:])))
        found = [torch.empty_like(rows) for _ in range(self.size)]
        self._numbers.allgather(found, rows).wait()
        return torch.cat([each[:count] for each, count in zip(found, self.counts, strict=True)])

    def take_over(self, tensors: Mapping[str, Tensor]) -> None:
        """Put the first member's numbers into tensors that all members have."""
        for each in tensors.values():
            given = each.contiguous()
            self._numbers.broadcast(given, FIRST).wait()
            if given is not each:
                each.copy_(given)


def share_of(count: int, rank: int, size: int) -> tuple[int, int]:
    """Where the samples of a member begin and end in a batch of `count`: shares differ by one sample at most."""
    each, left = divmod(count, size)
    begin = rank * each + min(rank, left)
    return begin, begin + each + (rank < left)


def join(store: Store, rank: int, size: int, device: Device) -> Team:
    """Meet the other members where the store says.

    The groups are the team's own, not torch's default one, which torchmetrics and others would use unasked.
    """
    words = ProcessGroupGloo(store, rank, size, PATIENCE)
    if device.type != "cuda":
        return Team(rank, size, words, words)
    from torch.distributed import PrefixStore, ProcessGroupNCCL  # type: ignore[attr-defined]

    options = ProcessGroupNCCL.Options()
    options._timeout = PATIENCE  # noqa: SLF001 - torch's own way to say so
    cards = ProcessGroupNCCL(PrefixStore("cards", store), rank, size, options)
    return Team(rank, size, words, cards)
