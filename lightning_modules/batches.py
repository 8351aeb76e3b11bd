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
        if device.type != "cpu":
            self._move()

    def cut(self, order: Tensor | None, first: int, steps: int) -> Iterator[Batch]:
        """Batches `first` to `first + steps`, counted from 0, of the samples in this order."""
        begin, end = first * self._size, min((first + steps) * self._size, self.count)
        if begin >= end:
            return
        if order is None:
            taken = [column[begin:end] for column in self._columns]
        elif self._aligned:
            rows = order[begin:end]
            taken = [column.index_select(0, rows) for column in self._columns]
        else:
            for rows in order[begin:end].split(self._size):
                yield tuple(self._send(column.index_select(0, rows)) for column in self._columns)
            return
        yield from zip(*(self._send(each).split(self._size) for each in taken), strict=True)

    def order_on_device(self, order: Tensor) -> Tensor:
        """The order, where the columns are."""
        return order.to(self._columns[0].device)

    def _send(self, tensor: Tensor) -> Tensor:
        return tensor if tensor.device == self.device else tensor.to(self.device, non_blocking=True)

    def _move(self) -> None:
        size = sum(each.nbytes for each in self._columns)
        if (
            self.device.type == "cuda"
            and size > RESIDENT_SHARE * torch.cuda.mem_get_info(self.device)[0]
        ):
            self._columns = tuple(each.pin_memory() for each in self._columns)
            return
        self._columns = tuple(each.to(self.device) for each in self._columns)


def _row_bytes(column: Tensor) -> int:
    return column[:1].numel() * column.element_size()
