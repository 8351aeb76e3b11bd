"""The Run menu: train, pause, stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.action import action

if TYPE_CHECKING:
    from studio.window import Window


def _cannot_train(window: Window) -> str:
    return window.why_not_train()


def _not_training(window: Window) -> str:
    if window.training.stopping:
        return "It stops after this batch."
    return "" if window.trainer.running else "Nothing is being trained."


@action(
    "run.train",
    title="Train",
    menu="Run",
    shortcuts=("F5", "Ctrl+Return"),
    icon="train",
    why_not=_cannot_train,
)
def train(window: Window) -> None:
    """Train the graph with the settings of the Training panel."""
    window.train()


def _cannot_pause(window: Window) -> str:
    getting_ready = window.training.progress.started is None
    return _not_training(window) or ("It is getting ready." if getting_ready else "")


def _paused(window: Window) -> bool:
    return window.trainer.running and window.training.progress.paused


def _pause_words(window: Window) -> str:
    return "Go on" if _paused(window) else "Pause"


@action(
    "run.pause",
    title="Pause",
    menu="Run",
    shortcuts="Alt+F5",
    icon="pause",
    why_not=_cannot_pause,
    words=_pause_words,
    checked=_paused,
)
def pause(window: Window) -> None:
    """Let the training rest after the current batch, or go on; what it learned until then is kept."""
    window.training.pause()


@action(
    "run.stop",
    title="Stop",
    menu="Run",
    shortcuts=("Shift+F5", "Ctrl+."),
    icon="stop",
    why_not=_not_training,
)
def stop(window: Window) -> None:
    """End the training after the current batch, and keep what was learned."""
    window.stop_training()
