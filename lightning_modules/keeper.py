"""What is kept of a run while it goes on: the best weights by the monitored value, and all that it takes to go on."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lightning_modules.checkpoint import (
    BEST,
    LAST,
    CheckpointError,
    commit,
    read_numbers,
    read_tensors,
    stage,
    write_checkpoint,
)

if TYPE_CHECKING:
    from torch import Tensor

    from graphs.compile import Network
    from graphs.content import EarlyStopping

WRITE_EVERY_S = 5.0
FIRST_WRITE_S = 1.0
"""The first time, if little has to be written: a run that is killed at once has something to go on with."""
WRITE_SHARE = 0.01
"""Of the time of a run that writing may take, before it is written less often."""

VAL_LOSS, TRAIN_LOSS = "val_loss", "train_loss"

State = tuple[dict[str, Any], dict[str, "Tensor"]]
"""What it takes to go on, besides the weights: numbers and tensors."""


class Keeper:
    """Judges epochs, holds a copy of the best weights, and writes `best` and `last` every few seconds."""

    def __init__(
        self,
        folder: Path,
        stopping: EarlyStopping | None,
        *,
        higher_is_better: bool,
        names_best: bool = True,
        small: bool = False,
    ) -> None:
        """`names_best` says whether any value tells which weights are best; without one there is only `last`.

        `small` says that writing takes no time to speak of.
        """
        self._folder, self._stopping, self._names_best = folder, stopping, names_best
        self.monitor = stopping.monitor if stopping else VAL_LOSS
        self._sign = -1.0 if higher_is_better else 1.0
        self.best_epoch = 0
        self._best = self._reference = math.inf
        self._waited = 0
        self._weights: dict[str, Tensor] = {}
        self._numbers: dict[str, Any] = {}
        self._parts: dict[str, str] = {}
        self._unwritten = False
        self._written_at = time.monotonic()
        self._every_s = min(FIRST_WRITE_S, WRITE_EVERY_S) if small else WRITE_EVERY_S

    @property
    def has_best(self) -> bool:
        """Whether any epoch was judged to be the best so far."""
        return bool(self._weights)

    @property
    def best_weights(self) -> Mapping[str, Tensor]:
        """Those of the best epoch, by the keys of the state_dict."""
        return self._weights

    def take(self, network: Network, values: Mapping[str, float], epoch: int, step: int) -> bool:
        """Judge an epoch (counted from 1); whether it is the best so far, whose weights are then kept."""
        value = self._sign * self.value(values)
        if self._stopping is not None:
            if value < self._reference - self._stopping.min_delta:
                self._reference, self._waited = value, 0
            else:
                self._waited += 1
        if not (self._names_best and value < self._best):
            return False
        self._best, self.best_epoch = value, epoch
        self._weights = {
            key: each.detach().to("cpu", copy=True) for key, each in network.state_dict().items()
        }
        self._numbers = {"epoch": epoch, "step": step, "values": _finite(values)}
        self._unwritten = True
        return True

    def value(self, values: Mapping[str, float]) -> float:
        """The monitored value of an epoch; without validation data the training loss."""
        return values.get(self.monitor, values.get(VAL_LOSS, values.get(TRAIN_LOSS, math.inf)))

    def why_enough(self) -> str:
        """The sentence that ends a run early; nothing while it should go on."""
        if self._stopping is None or self._waited < self._stopping.patience:
            return ""
        return f"Stopped early: {self.monitor} has not improved for {self._waited} epochs."

    def due(self) -> bool:
        """Whether it is time to write."""
        return time.monotonic() - self._written_at >= self._every_s

    def write(self, network: Network, capture: Callable[[], State]) -> None:
        """Write `best`, if it is new, and `last` with what it takes to go on.

        `last` names the best weights by their hash, so they stand beside the old ones before it, and count after
        it: a kill in between leaves two that belong together.
        """
        began = time.monotonic()
        self._stage_best()
        numbers, tensors = capture()
        write_checkpoint(
            self._folder, LAST, numbers, weights=network.state_dict(), training=tensors
        )
        self._commit_best()
        self._written_at = time.monotonic()
        self._every_s = max(WRITE_EVERY_S, (self._written_at - began) / WRITE_SHARE)

    def write_best(self) -> None:
        """Write the best weights, if they are new."""
        self._stage_best()
        self._commit_best()

    def _stage_best(self) -> None:
        if self._unwritten:
            self._parts = stage(self._folder, BEST, weights=self._weights)

    def _commit_best(self) -> None:
        if self._unwritten:
            commit(self._folder, BEST, self._parts, self._numbers)
            self._unwritten = False

    def capture(self) -> dict[str, Any]:
        """What it remembers, as JSON."""
        return {
            "monitor": self.monitor,
            "best": self._best if math.isfinite(self._best) else None,
            "reference": self._reference if math.isfinite(self._reference) else None,
            "best_epoch": self.best_epoch,
            "best_numbers": self._numbers,
            "best_sha256": self._parts.get("weights"),
            "waited": self._waited,
        }

    def restore(self, remembered: Mapping[str, Any], folder: Path) -> None:
        """Go on from what `capture` said, with the best weights from that folder.

        Raises:
            CheckpointError: they are damaged.
        """
        known = remembered["monitor"] == self.monitor and remembered["best"] is not None
        if not (known and self._names_best):
            return
        self._best = remembered["best"]
        reference = remembered["reference"]
        self._reference = math.inf if reference is None else reference
        self.best_epoch, self._waited = remembered["best_epoch"], remembered["waited"]
        try:
            self._weights = read_tensors(folder, BEST, sha256=remembered["best_sha256"])
            self._numbers = remembered["best_numbers"]
        except CheckpointError:
            self._take_later_best(folder)
        self._unwritten = True
        self.write_best()  # before anything else is: a kill may have left it beside an older one

    def _take_later_best(self, folder: Path) -> None:
        """Take a best epoch that `last` does not know yet: of weights that ran away later, only the best were kept.

        Raises:
            CheckpointError: there is none that is whole.
        """
        numbers = read_numbers(folder, BEST)
        if numbers["epoch"] <= self.best_epoch:
            raise CheckpointError(f'The checkpoints in "{folder}" do not belong together.')
        self._weights = read_tensors(folder, BEST)
        self._numbers = {key: numbers[key] for key in ("epoch", "step", "values")}
        self.best_epoch = numbers["epoch"]
        self._best = self._sign * self.value(numbers["values"])


def _finite(values: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in values.items() if math.isfinite(value)}
