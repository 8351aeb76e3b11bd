"""`lamina runs [DIR]`: all runs of a document or a folder, with state, score, duration and what differs."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.verb import DONE, Mistake, say, verb

if TYPE_CHECKING:
    from lightning_modules.run_summary import RunSummary, Score

NO_RUNS = "There are no runs in {place}. `lamina train FILE` makes one."


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "dir",
        metavar="DIR",
        nargs="?",
        type=Path,
        default=Path(),
        help="a folder of runs, one that holds such folders, or a .lamina file (default: here)",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list with all settings")


@verb(
    "runs",
    "List the runs of a file or folder: state, score, duration, settings that differ.",
    rank=7,
    examples=("lamina runs", "lamina runs digits.lamina", "lamina runs digits.runs --json"),
    declare=_declare,
)
def run(given: argparse.Namespace) -> int:
    """Print a line for each run, the newest first in each place."""
    from lightning_modules.run_summary import Summaries

    summaries = Summaries()
    rows = {place: summaries.of_place(place) for place in _places(given.dir)}
    found = [each for row in rows.values() for each in row]
    if given.json:
        say(json.dumps([_plain(each) for each in found], indent=2, ensure_ascii=False))
    elif found:
        _print(found)
    else:
        say(NO_RUNS.format(place=given.dir if given.dir != Path() else "this folder"))
    return DONE


def _places(path: Path) -> list[Path]:
    """The folders of runs that a path means.

    Raises:
        Mistake: nothing is there.
    """
    from lightning_modules.run_places import runs_folder

    if path.is_file() or path.suffix == ".lamina":
        if not path.exists():
            raise Mistake(f"There is no file {path}.")
        return [runs_folder(path.resolve())]
    if not path.is_dir():
        raise Mistake(f"There is no folder {path}. Give a folder of runs or a .lamina file.")
    inside = sorted(each for each in path.glob("*.runs") if each.is_dir())
    return [path, *inside]


def _print(found: list[RunSummary]) -> None:
    from studio.runs.words import score_words, seconds_words, state_words, unlike_most

    others = unlike_most([each.settings for each in found])
    heads = ("RUN", "STATE", "VALIDATION", "TEST", "TOOK", "DIFFERS IN")
    rows = [
        (
            str(each.path) if not each.label.name else f"{each.path} ({each.label.name})",
            state_words(each),
            score_words(each.validation),
            score_words(each.test),
            seconds_words(each.seconds),
            other,
        )
        for each, other in zip(found, others, strict=True)
    ]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())


def _plain(each: RunSummary) -> dict[str, Any]:
    return {
        "run": str(each.path),
        "name": each.label.name,
        "note": each.label.note,
        "title": each.title,
        "state": each.state,
        "began": each.began.isoformat() if each.began is not None else None,
        "seconds": each.seconds,
        "epoch": each.epoch,
        "epochs": each.epochs,
        "best_epoch": each.best_epoch,
        "validation": _score(each.validation),
        "test": _score(each.test),
        "reason": each.reason,
        "settings": {key: setting.value for key, setting in each.settings.items()},
    }


def _score(score: Score | None) -> dict[str, Any] | None:
    if score is None:
        return None
    finite = math.isfinite(score.value)
    return {"name": score.name, "value": score.value if finite else str(score.value)}
