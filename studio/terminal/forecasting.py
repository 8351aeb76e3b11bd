"""A forecast in the terminal: a dry run in a process of its own, ended by Ctrl+C."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.verb import DONE, INTERRUPTED, Mistake, say

if TYPE_CHECKING:
    from pathlib import Path

    from graphs.content import Document


def forecast_in_terminal(document: Document, base: Path, *, as_json: bool, devices: int = 1) -> int:
    """Print what a run of this document will take; the exit code.

    Raises:
        Mistake: the dry run could not be made.
    """
    from lightning_modules.forecast import NoForecast, forecast, to_json
    from studio.forecast_words import in_lines
    from studio.terminal.stopping import StopOnSignal

    try:
        with StopOnSignal() as stop:
            found = forecast(document, base, stop, devices)
    except NoForecast as error:
        raise Mistake(str(error)) from error
    if found is None:
        return INTERRUPTED
    for line in [to_json(found)] if as_json else in_lines(found, document.title):
        say(line)
    return DONE
