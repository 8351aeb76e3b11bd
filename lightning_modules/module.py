"""GraphModule: the one LightningModule. It serves every document; what a step is, its course knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pytorch_lightning import LightningModule, Trainer

from lightning_modules.course import CHUNK_STEPS

if TYPE_CHECKING:
    from pathlib import Path

    from lightning_modules.course import Course
    from lightning_modules.devices import Device


class Chunks:
    """What Lightning takes for batches: how many optimizer steps to make at once, until the epoch ends.

    It has no length: Lightning would ask for it once, and the first epoch of a run that goes on is shorter.
    """

    def __init__(self, course: Course) -> None:
        self._course = course

    def __iter__(self) -> Iterator[int]:
        # At least one, if of no steps: Lightning leaves out an epoch without batches, and with it its end.
        left = self._course.steps_per_epoch - self._course.position.step_in_epoch
        for _ in range(0, max(1, left), CHUNK_STEPS):
            yield CHUNK_STEPS


class GraphModule(LightningModule):
    """A network and its course under Lightning's Trainer, with manual optimization.

    A Lightning batch is a number of optimizer steps, because Lightning's own work for each batch is as
    long as several steps of a small network.
    """

    def __init__(self, course: Course) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.network = course.network
        self.course = course

    def configure_optimizers(self) -> Any:
        """Those of the objectives, in their order."""
        return [each.optimizer for each in self.course.learners]

    def on_train_epoch_start(self) -> None:
        """Shuffle the samples."""
        self.course.begin_epoch()

    def training_step(self, steps: int) -> None:
        """Make this many optimizer steps, or fewer if a stop is asked for."""
        if not self.course.advance(steps):
            self.trainer.should_stop = True

    def on_train_epoch_end(self) -> None:
        """Validate and keep what is best, unless the epoch was cut short."""
        cut_short = self.course.stopped or self.course.fault is not None
        if cut_short or not self.course.end_epoch():
            self.trainer.should_stop = True


def make_trainer(device: Device, epochs: int, folder: Path) -> Trainer:
    """Lightning's Trainer for one device, without all that a run does itself."""
    return Trainer(
        accelerator="gpu" if device.type == "cuda" else device.type,
        devices=[device.index] if device.type == "cuda" else 1,
        max_epochs=epochs,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        default_root_dir=folder,
    )
