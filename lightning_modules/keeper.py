"""What is kept of a run while it goes on: the best weights by the monitored value, and the last ones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lightning_modules.checkpoint import BEST, LAST, write_checkpoint

if TYPE_CHECKING:
    from torch import Tensor

    from graphs.compile import Network


class Keeper:
    """Holds a copy of the best weights, and writes them."""

    def __init__(self, folder: Path, monitor: str, *, higher_is_better: bool = False) -> None:
        self._folder, self.monitor = folder, monitor
        self._sign = -1.0 if higher_is_better else 1.0
        self.best_epoch, self._best = 0, math.inf
        self._weights: dict[str, Tensor] = {}
        self._numbers: dict[str, object] = {}

    def take(self, network: Network, values: Mapping[str, float], epoch: int, step: int) -> bool:
        """Look at the values of an epoch; whether they are the best so far, whose weights it then keeps."""
        value = self._sign * values.get(self.monitor, values["train_loss"])
        if not value < self._best:
            return False
        self._best, self.best_epoch = value, epoch
        self._weights = {key: each.detach().clone() for key, each in network.state_dict().items()}
        self._numbers = {"epoch": epoch, "step": step, "values": dict(values)}
        return True

    def write(self, network: Network, epoch: int, step: int) -> None:
        """Write both."""
        if self._weights:
            write_checkpoint(self._folder, BEST, self._numbers, weights=self._weights)
        write_checkpoint(
            self._folder, LAST, {"epoch": epoch, "step": step}, weights=network.state_dict()
        )
