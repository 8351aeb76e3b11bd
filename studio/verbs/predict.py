"""`lamina predict RUN INPUT...`: what a trained run says about files, or about a part of its own data."""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
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
    parser.add_argument("--count", type=int, metavar="N", help="with --procedure: how many results")
    parser.add_argument("--steps", type=int, metavar="N", help="with --procedure: how many steps")
    parser.add_argument("--seed", type=int, metavar="N", help="with --procedure: which choices")
    parser.add_argument(
        "-o",
        "--out",
        metavar="OUT",
        type=Path,
        help="a file for the answers: .csv or .json; with --procedure also .txt, or .png for images",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON list")
    form.add_argument("--csv", action="store_true", help="print a CSV table")


@verb(
    "predict",
    "Let a trained run answer for files of your own.",
    rank=6,
    examples=(
        "lamina predict digits.runs/2026-11-21_10-00-00 seven.png",
        "lamina predict prices.runs/2026-11-21_10-00-00 houses.csv -o answers.csv",
        "lamina predict digits.runs/2026-11-21_10-00-00 --split test",
        "lamina predict tales.runs/2026-11-21_10-00-00 --procedure write --start once",
        "lamina predict digits.runs/2026-11-21_10-00-00 --procedure sample --count 64 -o digits.png",
    ),
    declare=_declare,
)
def run(given: argparse.Namespace) -> int:
    """Print an answer for every sample, or what a procedure makes."""
    if given.procedure is not None:
        return _run_procedure(given)
    _refuse_without_procedure(given)
    if bool(given.inputs) == bool(given.split):
        raise Mistake(
            "Give files to predict for, or --split test for the run's own data (one of the two)."
        )
    if given.out is not None and given.out.suffix.lower() not in (".csv", ".json"):
        raise Mistake(
            f"{given.out} must end in .csv or .json, the forms that answers are written in."
        )
    with told(given.run):
        from graphs.document import load
        from lightning_modules.evaluation import why_last
        from lightning_modules.prediction import predict_files, predict_split
        from lightning_modules.run_folder import DOCUMENT

        answers = (
            predict_split(given.run, given.split)
            if given.split
            else predict_files(given.run, given.inputs)
        )
        last = why_last(load(given.run / DOCUMENT))
    listed = json.dumps([_plain(answer) for answer in answers], indent=1, ensure_ascii=False)
    if given.out is not None:
        _write(given.out, listed + "\n" if given.out.suffix.lower() == ".json" else _table(answers))
    if given.json:
        say(listed)
    elif given.out is not None:
        many = "1 answer" if len(answers) == 1 else f"{len(answers):,} answers"
        say(f"{given.out} holds {many}.")
    elif given.csv:
        say(_table(answers).rstrip("\n"))
    else:
        if last:
            say(last)
        for answer in answers:
            say(_line(answer))
    return DONE


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise Mistake(f"{path} cannot be written: {why}.") from error


def _run_procedure(given: argparse.Namespace) -> int:
    if given.inputs or given.split:
        raise Mistake("A procedure takes no files and no --split: give it --start instead.")
    if given.csv:
        raise Mistake("A procedure prints no CSV: give a file such as -o results.csv.")
    for name in ("steps", "count"):
        number = getattr(given, name)
        if number is not None and number < 1:
            raise Mistake(f"--{name} must be at least 1, but is {number}.")
    with told(given.run):
        from lightning_modules.made import Wish, check_path, write_made
        from lightning_modules.procedure import run_procedure

        if given.out is not None:
            check_path(given.out)
        wish = Wish(given.start, given.count, given.steps, given.seed or 0)
        made = run_procedure(given.run, given.procedure, wish)
        if given.out is not None:
            try:
                write_made(made, given.out)
            except OSError as error:
                why = (error.strerror or str(error)).lower()
                raise Mistake(f"{given.out} cannot be written: {why}.") from error
    if given.out is not None:
        say(f"{given.out} holds what the procedure made.")
    else:
        say(json.dumps(made.to_json(), ensure_ascii=False) if given.json else made.text)
    return DONE


def _refuse_without_procedure(given: argparse.Namespace) -> None:
    """Say which options mean something for a procedure only."""
    for name in ("start", "count", "steps", "seed"):
        if getattr(given, name) is not None:
            raise Mistake(f"--{name} only has a meaning with --procedure NAME.")


def _plain(answer: Answer) -> dict[str, Any]:
    found = {"sample": answer.sample, "outputs": dict(answer.values)}
    probability = {"probability": dict(answer.sure)} if answer.sure else {}
    found |= probability
    if answer.chances:
        found["probabilities"] = {name: dict(each) for name, each in answer.chances.items()}
    return _without_nan(found | ({"target": dict(answer.target)} if answer.target else {}))


def _without_nan(value: Any) -> Any:
    """The same with None for NaN, which JSON does not know."""
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _line(answer: Answer) -> str:
    parts = []
    for name, value in answer.values.items():
        named = name in answer.sure and not math.isnan(answer.sure[name])
        sure = f" ({answer.sure[name]:.1%})" if named else ""
        true = answer.target.get(name)
        target = "" if true is None else f", target {_shown(true)}"
        label = f"{name} " if len(answer.values) > 1 else ""
        parts.append(f"{label}{_shown(value)}{sure}{target}")
    return f"{answer.sample}: {'; '.join(parts)}"


def _shown(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return "not a number" if math.isnan(value) else f"{value:.4g}"


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
