"""How a run ended, in the words that stand above its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lightning_modules.events import Completed, Failed, Outcome, Stopped
from studio.run_progress import RunProgress, duration_words
from studio.value_words import headline, name_of

if TYPE_CHECKING:
    from graphs.content import Graph


def outcome_words(outcome: Outcome, progress: RunProgress, graph: Graph) -> str:
    """One readable message about the end of a run of this network, which had come so far."""
    if isinstance(outcome, Failed):
        return f"Failed: {outcome.reason}"
    values = progress.evaluated.values if progress.evaluated else {}
    if not values:
        values = {
            name: value for name, value in progress.values.items() if name_of(name)[0] == "val"
        }
    result = headline(values, graph)
    epochs = f"{outcome.epochs} {'epoch' if outcome.epochs == 1 else 'epochs'}"
    took = f"{epochs} in {duration_words(outcome.seconds)}"
    if isinstance(outcome, Stopped):
        words = f"Stopped after {took}; what was learned is kept."
        return f"{words} {result[0].upper()}{result[1:]}." if result else words
    words = f"Completed: {result} ({took})." if result else f"Completed: {took}."
    reason = outcome.reason if isinstance(outcome, Completed) else ""
    return f"{words} {reason}".strip()
