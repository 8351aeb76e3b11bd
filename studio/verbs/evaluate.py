"""`lamina evaluate RUN`: what a trained run is worth on a part of its data."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.terminal.run_errors import told
from studio.verb import DONE, say, verb


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", type=Path, help="the folder of a run")
    parser.add_argument(
        "--split",
        choices=("train", "val", "test"),
        default="test",
        help="which part (default: test)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object, with the confusion matrix"
    )


@verb(
    "evaluate",
    "Say how good a trained run is on a part of its data.",
    rank=5,
    examples=(
        "lamina evaluate digits.runs/2026-11-21_10-00-00",
        "lamina evaluate digits.runs/2026-11-21_10-00-00 --split val --json",
    ),
    declare=_declare,
)
def run(given: argparse.Namespace) -> int:
    """Print the values of the run's best weights."""
    with told(given.run):
        from graphs.document import load
        from lightning_modules.evaluation import evaluate
        from lightning_modules.events import to_json
        from lightning_modules.run_folder import DOCUMENT
        from studio.results.words import summary
        from studio.terminal.watching import evaluated_words

        found = evaluate(given.run, given.split)
        graph = load(given.run / DOCUMENT).main
    if given.json:
        say(to_json(found))
    else:
        say(evaluated_words(found, graph))
        say(summary(found))
    return DONE
