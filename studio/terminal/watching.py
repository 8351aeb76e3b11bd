"""A run as a terminal shows it: a bar that fills, or a line an epoch where nobody watches; then how it ended."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

from lightning_modules.events import (
    Baselines,
    Completed,
    EpochEnded,
    Evaluated,
    Event,
    Failed,
    Noted,
    Outcome,
    Started,
    Stopped,
    WarmStarted,
    Warned,
)
from studio.run_progress import RunProgress, duration_words
from studio.start_words import FATES, OPTIMIZER, source_words, start_rows, start_summary
from studio.value_words import SPLITS, lowered, metric_title, name_of, value_words
from studio.verb import say

if TYPE_CHECKING:
    from types import TracebackType

    from graphs.graph import Graph

MOST_ROWS = 12
"""So many layers of one kind are named; of a deep network the rest is counted."""


class Watcher:
    """Shows the events of a run of this graph. Use it as a context, so that the bar is taken away at the end."""

    def __init__(self, graph: Graph) -> None:
        self.progress = RunProgress()
        self.baselines: Baselines | None = None
        self._graph = graph
        self._bar: Bar | None = None

    def __enter__(self) -> Self:
        if sys.stdout.isatty():
            self._bar = Bar()
            self._bar.show(
                self.progress, ""
            )  # imports and data take seconds before the first event
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
        elif isinstance(event, WarmStarted):
            for line in warm_start_lines(event):
                self._tell(line)
        elif isinstance(event, (Warned, Noted)):
            self._tell(f"Note: {event.message}")
        elif isinstance(event, Baselines):
            self.baselines = event
        elif isinstance(event, EpochEnded) and self._bar is None:
            of = self.progress.started.epochs if self.progress.started else event.epoch
            say(f"Epoch {event.epoch} of {of}: {row_words(event.values, self._graph)}")
        if self._bar is not None:
            self._bar.show(self.progress, row_words(self.progress.values, self._graph))

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

    def show(self, progress: RunProgress, values: str) -> None:
        """Draw the bar as the run stands, with a line of values."""
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        row = Table.grid(padding=(0, 1))
        row.add_row(
            ProgressBar(total=1.0, completed=progress.fraction, width=30),
            Text(f"{progress.fraction:.0%}"),
            Text(progress.words),
        )
        self._live.update(Group(row, Text(values)), refresh=True)

    def tell(self, line: str) -> None:
        """Write a line that stays above the bar."""
        self._console.print(line, markup=False)

    def close(self) -> None:
        """Take the bar away."""
        self._live.stop()


def started_words(event: Started) -> str:
    """What begins: "Training Digits MLP on cpu: 17,226 parameters, 1,258 samples, 30 epochs."."""
    samples = event.samples.get("train", 0)
    epochs = "1 epoch" if event.epochs == 1 else f"{event.epochs} epochs"
    return (
        f"Training {event.title or 'the graph'} on {event.device}: {event.parameters:,} parameters, "
        f"{samples:,} samples, {epochs}."
    )


def warm_start_lines(event: WarmStarted) -> list[str]:
    """What a run starts with: a heading, a line for each layer, at most 12 of a kind, and what begins anew."""
    lines = [f"Starting from {source_words(event)}: {start_summary(event.layers)}."]
    rows = start_rows(event.layers)
    width = max((len(row.fate) for row in rows), default=0)
    for fate in FATES:
        mine = [row for row in rows if row.fate == fate]
        shown = mine if len(mine) <= MOST_ROWS + 1 else mine[:MOST_ROWS]
        lines += [f"  {fate:<{width}}  {row.name}: {row.weights}" for row in shown]
        if len(shown) < len(mine):
            lines.append(f"  {fate:<{width}}  and {len(mine) - len(shown)} more")
    return [*lines, f"  {OPTIMIZER}"]


def row_words(values: Mapping[str, float], graph: Graph) -> str:
    """Values of an epoch: "training loss 0.1234, accuracy 92.1 %; validation loss 0.1500, accuracy 90.0 %"."""
    parts: dict[str, list[str]] = {}
    for full, value in values.items():
        split, name = name_of(full)
        parts.setdefault(split, []).append(_value(name, value, graph))
    return "; ".join(
        f"{SPLITS.get(split, '')} {', '.join(row)}".strip() for split, row in parts.items()
    )


def evaluated_words(event: Evaluated, graph: Graph) -> str:
    """The values of one part, the loss last: "Test accuracy 97.0 %, loss 0.1201"."""
    named = [(name_of(full)[1], value) for full, value in event.values.items()]
    named.sort(key=lambda pair: pair[0] == "loss")
    words = ", ".join(_value(name, value, graph) for name, value in named)
    return f"{SPLITS.get(event.split, event.split).capitalize()} {words}"


def outcome_words(outcome: Outcome) -> str:
    """How a run ended, in a sentence or two."""
    if isinstance(outcome, Failed):
        return outcome.reason
    epochs = "1 epoch" if outcome.epochs == 1 else f"{outcome.epochs} epochs"
    took = duration_words(outcome.seconds)
    best = f" The best was epoch {outcome.best_epoch}." if outcome.best_epoch else ""
    if isinstance(outcome, Stopped):
        steps = "1 step" if outcome.steps == 1 else f"{outcome.steps:,} steps"
        return f"Stopped after {epochs} and {steps} in {took}; what was learned is kept.{best}"
    assert isinstance(outcome, Completed)
    reason = f" {outcome.reason.rstrip('.')}." if outcome.reason else ""
    return f"Completed {epochs} in {took}.{reason}{best}"


def _value(name: str, value: float, graph: Graph) -> str:
    return f"{lowered(metric_title(name, graph))} {value_words(name, value, graph)}"
