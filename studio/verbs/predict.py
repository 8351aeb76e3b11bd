"""`lamina predict RUN INPUT...`: what a trained run says about files, or about a part of its own data."""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.terminal.run_errors import told
from studio.verb import DONE, Mistake, say, verb

if TYPE_CHECKING:
    from lightning_modules.prediction import Answer


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", type=Path, help="the folder of a run")
    parser.add_argument(
        "inputs",
        metavar="INPUT",
        nargs="*",
        type=Path,
        help="files of the data layer's kind: images, folders of images, or CSV tables",
    )
    parser.add_argument(
        "--split",
        choices=("train", "val", "test"),
        help="a part of the run's own data in place of files",
    )
    parser.add_argument(
        "--procedure",
        metavar="NAME",
        help="what the document says to do with the network, such as writing a text",
    )
    parser.add_argument("--start", metavar="TEXT", help="with --procedure: what it begins with")
    parser.add_argument("--steps", type=int, metavar="N", help="with --procedure: how many steps")
    parser.add_argument("--seed", type=int, default=0, help="with --procedure: which choices")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON list")
    form.add_argument("--csv", action="store_true", help="print a CSV table")


@verb(
    "predict",
    "Let a trained run answer for files of your own.",
    rank=6,
    examples=(
        "lamina predict digits.runs/2026-11-21_10-00-00 seven.png",
        "lamina predict prices.runs/2026-11-21_10-00-00 houses.csv --csv > answers.csv",
        "lamina predict digits.runs/2026-11-21_10-00-00 --split test",
        "lamina predict tales.runs/2026-11-21_10-00-00 --procedure write --start once",
    ),
    declare=_declare,
)
def run(given: argparse.Namespace) -> int:
    """Print an answer for every sample, or what a procedure makes."""
    if given.procedure is not None:
        return _run_procedure(given)
    if bool(given.inputs) == bool(given.split):
        raise Mistake(
            "Give files to predict for, or --split test for the run's own data (one of the two)."
        )
    with told(given.run):
        from lightning_modules.prediction import predict_files, predict_split

        answers = (
            predict_split(given.run, given.split)
            if given.split
            else predict_files(given.run, given.inputs)
        )
    if given.json:
        say(json.dumps([_plain(answer) for answer in answers], indent=1, ensure_ascii=False))
    elif given.csv:
        say(_table(answers).rstrip("\n"))
    else:
        for answer in answers:
            say(_line(answer))
    return DONE


def _run_procedure(given: argparse.Namespace) -> int:
    if given.inputs or given.split:
        raise Mistake("A procedure takes no files and no --split: give it --start instead.")
    if given.steps is not None and given.steps < 1:
        raise Mistake(f"--steps must be at least 1, but is {given.steps}.")
    with told(given.run):
        from lightning_modules.procedure import run_procedure

        made = run_procedure(
            given.run, given.procedure, start=given.start, steps=given.steps, seed=given.seed
        )
    say(json.dumps({"start": made.start, "made": made.made}) if given.json else made.text)
    return DONE


def _plain(answer: Answer) -> dict[str, Any]:
    found = {"sample": answer.sample, "outputs": dict(answer.values)}
    probability = {"probability": dict(answer.sure)} if answer.sure else {}
    return found | probability | ({"target": dict(answer.target)} if answer.target else {})


def _line(answer: Answer) -> str:
    parts = []
    for name, value in answer.values.items():
        shown = f"{value:.4g}" if isinstance(value, float) else str(value)
        sure = f" ({answer.sure[name]:.1%})" if name in answer.sure else ""
        true = answer.target.get(name)
        target = (
            "" if true is None else f", target {f'{true:.4g}' if isinstance(true, float) else true}"
        )
        label = f"{name} " if len(answer.values) > 1 else ""
        parts.append(f"{label}{shown}{sure}{target}")
    return f"{answer.sample}: {'; '.join(parts)}"


def _table(answers: Sequence[Answer]) -> str:
    rows = []
    for answer in answers:
        row: dict[str, Any] = {"sample": answer.sample}
        for name, value in answer.values.items():
            row |= _cells(name, value)
            if name in answer.sure:
                row[f"{name} probability"] = f"{answer.sure[name]:.6f}"
            if name in answer.target:
                row |= _cells(f"{name} target", answer.target[name])
        rows.append(row)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _cells(name: str, value: Any) -> dict[str, Any]:
    """A value as columns: rows of numbers get one for each place."""
    if not isinstance(value, list):
        return {name: value}
    return {
        key: each
        for index, inner in enumerate(value)
        for key, each in _cells(f"{name} {index}", inner).items()
    }
