"""A forecast in words: one line for the panel, some lines for the terminal."""

from __future__ import annotations

from lightning_modules.forecast import Forecast, size_words
from studio.run_progress import duration_words

ROUGH_S = 10.0
"""Longer durations are told in whole seconds and minutes."""

MODE_WORDS = {"train": "to train", "evaluate": "to evaluate", "predict": "to predict"}
TOO_MUCH = "That is more than is free: try a smaller batch size or a smaller network."


def time_words(seconds: float) -> str:
    """A duration with the digits that a forecast has: "35 ms", "2.1 s", "3 min 20 s"."""
    if seconds < 1:
        return f"{max(1, round(seconds * 1000))} ms"
    return f"{seconds:.1f} s" if seconds < ROUGH_S else duration_words(seconds)


def in_one_line(found: Forecast) -> str:
    """For example "Forecast: 2.1 s an epoch, 42 s in all; 347 MB of memory, 20.8 GB are free."."""
    epoch = found.seconds_per_epoch
    words = f"Forecast: {time_words(epoch)} an epoch, {time_words(epoch * found.epochs)} in all"
    if "train" in found.memory:
        words += f"; {size_words(found.memory['train'])} of memory{_on_each(found)}"
        if found.free is not None:
            words += f", {size_words(found.free)} are free"
    return f"{words}." if found.fits else f"{words}. {TOO_MUCH}"


def in_lines(found: Forecast, title: str) -> list[str]:
    """What the terminal shows."""
    epoch, count = found.seconds_per_epoch, found.epochs
    steps = f"{found.steps_per_epoch:,} {'step' if found.steps_per_epoch == 1 else 'steps'}"
    epochs = f"{count:,} {'epoch' if count == 1 else 'epochs'}"
    lines = [
        f"Forecast for {title or 'the graph'} on {found.device}, from {found.measured_steps:,} timed steps.",
        f"Time: {time_words(epoch)} an epoch of {steps}, {time_words(epoch * count)} for {epochs}.",
    ]
    if found.memory:
        parts = (f"{size_words(size)} {MODE_WORDS[mode]}" for mode, size in found.memory.items())
        beside = (
            f", beside {size_words(found.program)} of the program itself" if found.program else ""
        )
        free = f"; {size_words(found.free)} are free" if found.free is not None else ""
        lines.append(f"Memory{_on_each(found)}: {', '.join(parts)}{beside}{free}.")
    return lines if found.fits else [*lines, TOO_MUCH]


def _on_each(found: Forecast) -> str:
    return f" on each of {found.devices} devices" if found.devices > 1 else ""
