"""Columns in memory cut into batches, by slicing: nothing is collated, and small data sets stand on the device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    Batch = tuple[Tensor, ...]

ALIGNMENT = 64
"""Bytes. Kernels may add up in another order where a tensor does not begin at such an address."""

GATHER_BYTES = 4 * 2**20
"""How much is gathered at once, for some batches together; more would not stay in the processor's cache."""

RESIDENT_SHARE = 0.25
"""The share of a device's free memory that data may take; what needs more is sent batch by batch."""


class Batches:
    """Some columns of one part, in batches of `size` samples; the last batch of an epoch may be smaller."""

    def __init__(
        self, columns: Sequence[Tensor], size: int, device: torch.device, *, spare_one: bool = False
    ) -> None:
        """`spare_one` leaves out of each epoch a last batch of one sample, which cannot be normalised."""
        self.device = device
        self._size = size
        self._columns = tuple(columns)
        self.total = self.count = len(columns[0])
        if spare_one and self.count % size == 1 and self.count > 1:
            self.count -= 1
        self.steps = -(-self.count // size)
        self._aligned = all(_row_bytes(each) * size % ALIGNMENT == 0 for each in self._columns)
        batch_bytes = sum(_row_bytes(each) for each in self._columns) * size
        self._group = max(1, GATHER_BYTES // max(batch_bytes, 1))
        if device.type != "cpu" and self._fits():
            self._columns = tuple(each.to(device) for each in self._columns)

    def cut(self, order: Tensor | None, first: int, steps: int) -> Iterator[Batch]:
        """Batches `first` to `first + steps`, counted from 0, of the samples in this order."""
        last = min(first + steps, self.steps)
        for begin in range(first, last, self._group):
            rows = slice(
                begin * self._size, min(min(begin + self._group, last) * self._size, self.count)
            )
            if order is None:
                taken = [column[rows] for column in self._columns]
            elif self._aligned:
                taken = [column.index_select(0, order[rows]) for column in self._columns]
            else:
                for few in order[rows].split(self._size):
                    yield tuple(self._send(each.index_select(0, few)) for each in self._columns)
                continue
            yield from zip(*(self._send(each).split(self._size) for each in taken), strict=True)

    def span(self, index: int) -> tuple[int, int]:
        """Where in the order the samples of a batch begin and end."""
        begin = index * self._size
        return begin, min(begin + self._size, self.count)

    def rows(self, order: Tensor | None, begin: int, end: int) -> Batch:
        """The samples between two places in the order."""
        if order is None:
            return tuple(self._send(column[begin:end]) for column in self._columns)
        few = order[begin:end]
        return tuple(self._send(column.index_select(0, few)) for column in self._columns)

    def first(self, count: int) -> Batch:
        """One batch of the first samples."""
        return tuple(self._send(column[:count]) for column in self._columns)

    def order_on_device(self, order: Tensor) -> Tensor:
        """The order, where the columns are."""
        return order.to(self._columns[0].device)

    def _send(self, tensor: Tensor) -> Tensor:
        if tensor.device == self.device:
            return tensor
        if self.device.type == "cuda":
            tensor = tensor.pin_memory()  # else the copy would wait for the card
        return tensor.to(self.device, non_blocking=True)

    def _fits(self) -> bool:
        """Whether all columns may stand on the device while the run goes on."""
        size = sum(each.nbytes for each in self._columns)
        if self.device.type != "cuda":
            return True
        return size <= RESIDENT_SHARE * torch.cuda.mem_get_info(self.device)[0]


def _row_bytes(column: Tensor) -> int:
    return column[:1].numel() * column.element_size()
