"""`lamina evaluate RUN`: what a trained run is worth on a part of its data, in full."""

from __future__ import annotations

import argparse
import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

from studio.terminal.run_errors import told
from studio.verb import DONE, Mistake, say, verb

if TYPE_CHECKING:
    from lightning_modules.assessment import Assessment

MOST_CLASSES = 30
"""Of more classes the terminal shows those with the lowest F1."""
SUFFIXES = (".csv", ".json")


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", type=Path, help="the folder of a run")
    parser.add_argument(
        "--split",
        choices=("train", "val", "test"),
        default="test",
        help="which part (default: test)",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object, with the scores of each class and the confusion matrix",
    )
    parser.add_argument(
        "-o",
        "--out",
        metavar="OUT",
        type=Path,
        help="write all numbers into a file: .csv or .json",
    )


@verb(
    "evaluate",
    "Say how good a trained run is on a part of its data.",
    rank=5,
    examples=(
        "lamina evaluate digits.runs/2026-11-21_10-00-00",
        "lamina evaluate digits.runs/2026-11-21_10-00-00 --split val --json",
        "lamina evaluate digits.runs/2026-11-21_10-00-00 -o digits.csv",
    ),
    declare=_declare,
)
def run(given: argparse.Namespace) -> int:
    """Print the values of the run's best weights, and write them where that is asked for."""
    if given.out is not None and given.out.suffix.lower() not in SUFFIXES:
        raise Mistake(
            f"{given.out} must end in .csv or .json, the forms that numbers are written in."
        )
    with told(given.run):
        from graphs.document import load
        from lightning_modules.evaluation import why_last
        from lightning_modules.events import to_json
        from lightning_modules.full_evaluation import evaluate_in_full
        from lightning_modules.run_folder import DOCUMENT
        from studio.results.measures import full_table
        from studio.results.words import summary
        from studio.terminal.watching import evaluated_words

        found, more = evaluate_in_full(given.run, given.split)
        document = load(given.run / DOCUMENT)
        graph, last = document.main, why_last(document)
    whole = json.loads(to_json(found)) | ({} if more is None else {"assessment": more.to_json()})
    if given.out is not None:
        if given.out.suffix.lower() == ".json":
            text = json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
        else:
            rows = io.StringIO()
            csv.writer(rows, lineterminator="\n").writerows(full_table(found, more, graph))
            text = rows.getvalue()
        try:
            given.out.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise Mistake(f"{given.out} cannot be written: {why}.") from error
    if given.json:
        say(json.dumps(whole))
        return DONE
    if last:
        say(last)
    say(evaluated_words(found, graph))
    say(summary(found, more.samples if more is not None else None))
    if more is not None:
        for line in _measured(more):
            say(line)
    if given.out is not None:
        say(f"{given.out} holds all numbers.")
    return DONE


def _measured(found: Assessment) -> list[str]:
    """The measures, and the scores of each class, in columns."""
    from studio.results.measures import CLASS_COLUMNS, cell_text, class_cells, measure_rows

    lines = ["", *_columns([list(row) for row in measure_rows(found)])]
    rows = class_cells(found)
    if not rows:
        return lines
    left_out = len(rows) - MOST_CLASSES
    if left_out > 0:
        rows = sorted(rows, key=lambda row: row[3] if isinstance(row[3], float) else 0.0)
        rows = rows[:MOST_CLASSES]
    cells = [[cell_text(each) for each in row] for row in rows]
    lines += ["", *_columns([list(CLASS_COLUMNS), *cells])]
    if left_out > 0:
        lines.append(f"and {left_out:,} more with a higher F1; -o OUT.csv writes them all")
    return lines


def _columns(rows: list[list[str]]) -> list[str]:
    """Rows of text, the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            text.rjust(width) if index else text.ljust(width)
            for index, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
