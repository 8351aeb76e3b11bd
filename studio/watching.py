"""A run as a terminal shows it: a bar that fills, or a line an epoch where nobody watches; then how it ended."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

from lightning_modules.events import (
    Completed,
    EpochEnded,
    Evaluated,
    Event,
    Failed,
    Outcome,
    Started,
    Stopped,
    Warned,
)
from studio.run_progress import RunProgress, duration_words
from studio.verb import say

if TYPE_CHECKING:
    from types import TracebackType

SPLIT_WORDS = {"train": "Training", "val": "Validation", "test": "Test"}


class Watcher:
    """Shows events as they come. Use it as a context, so that the bar is taken away at the end."""

    def __init__(self) -> None:
        self.progress = RunProgress()
        self._bar: Bar | None = None

    def __enter__(self) -> Self:
        if sys.stdout.isatty():
            self._bar = Bar()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def take(self, event: Event) -> None:
        """Show what one event tells."""
        self.progress.take(event)
        if isinstance(event, Started):
            self._tell(started_words(event))
        elif isinstance(event, Warned):
            self._tell(f"Note: {event.message}")
        elif isinstance(event, EpochEnded) and self._bar is None:
            of = self.progress.started.epochs if self.progress.started else event.epoch
            say(f"Epoch {event.epoch} of {of}: {values_words(event.values)}")
        if self._bar is not None:
            self._bar.show(self.progress)

    def _tell(self, line: str) -> None:
        if self._bar is None:
            say(line)
        else:
            self._bar.tell(line)


class Bar:
    """A bar with the epoch, the time left and the last values below it; colors only where they are wanted."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live

        self._console = Console(highlight=False)
        # Refreshed by events alone: a thread of rich's own would take time from training.
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._live.start()

    def show(self, progress: RunProgress) -> None:
        """Draw the bar as the run stands."""
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        row = Table.grid(padding=(0, 1))
        row.add_row(
            Text(progress.words),
            ProgressBar(total=1.0, completed=progress.fraction, width=30),
            Text(f"{progress.fraction:.0%}"),
        )
        self._live.update(Group(row, Text(values_words(progress.values))), refresh=True)

    def tell(self, line: str) -> None:
        """Write a line that stays above the bar."""
        self._console.print(line, markup=False)

    def close(self) -> None:
        """Take the bar away."""
        self._live.stop()


def started_words(event: Started) -> str:
    """What begins: "Training Digits MLP on cpu: 17,226 parameters, 1,258 samples, 30 epochs"."""
    title = event.title or "the graph"
    samples = event.samples.get("train", 0)
    return (
        f"Training {title} on {event.device}: {event.parameters:,} parameters, "
        f"{samples:,} samples, {event.epochs} epochs"
    )


def values_words(values: Mapping[str, float]) -> str:
    """Values in a row: "train loss 0.1234, val accuracy 0.9704"."""
    return ", ".join(
        f"{name.replace('_', ' ')} {number_words(value)}" for name, value in values.items()
    )


def number_words(value: float) -> str:
    """A number with four digits that count."""
    return f"{value:.4f}" if 0.001 <= abs(value) < 1000 or value == 0 else f"{value:.4g}"


def evaluated_words(event: Evaluated) -> str:
    """The values of one part: "Test: accuracy 0.9704, loss 0.1201"."""
    bare = {name.removeprefix(f"{event.split}_"): value for name, value in event.values.items()}
    ordered = sorted(bare.items(), key=lambda item: item[0] == "loss")  # what people ask for first
    return f"{SPLIT_WORDS.get(event.split, event.split)}: {values_words(dict(ordered))}"


def outcome_words(outcome: Outcome) -> str:
    """How a run ended, in one sentence or two."""
    if isinstance(outcome, Failed):
        return outcome.reason
    epochs = "1 epoch" if outcome.epochs == 1 else f"{outcome.epochs} epochs"
    took = duration_words(outcome.seconds)
    best = f" The best was epoch {outcome.best_epoch}." if outcome.best_epoch else ""
    if isinstance(outcome, Stopped):
        return (
            f"Stopped after {epochs} and {outcome.steps:,} steps; what was learned is kept.{best}"
        )
    assert isinstance(outcome, Completed)
    reason = f" {outcome.reason.rstrip('.')}." if outcome.reason else ""
    return f"Completed {epochs} in {took}.{reason}{best}"
