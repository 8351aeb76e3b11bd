"""`lamina export RUN|FILE --to python OUT`: a document as plain PyTorch, and what a run has learned beside it."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.terminal.run_errors import told
from studio.verb import DONE, Mistake, one_line, read_document, say, verb


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", metavar="RUN|FILE", type=Path, help="the folder of a run, or a .lamina file"
    )
    parser.add_argument(
        "--to",
        choices=("python",),
        required=True,
        help="what to make of it: python is PyTorch source",
    )
    parser.add_argument("out", metavar="OUT", type=Path, help="the file to write, such as net.py")


@verb(
    "export",
    "Write a file or a trained run as plain PyTorch.",
    rank=8,
    examples=(
        "lamina export digits.lamina --to python digits.py",
        "lamina export digits.runs/2026-11-21_10-00-00 --to python digits.py",
    ),
    declare=_declare,
)
def run(given: argparse.Namespace) -> int:
    """Write the source, and of a run its weights beside it."""
    if given.out.suffix != ".py":
        raise Mistake(f"Python is written as .py, but its name is {given.out.name}.")
    try:
        return _export_run(given) if given.source.is_dir() else _export_file(given)
    except OSError as error:
        raise Mistake(
            f"{given.out} cannot be written: {(error.strerror or str(error)).lower()}."
        ) from error


def _export_file(given: argparse.Namespace) -> int:
    from graphs.codegen import CannotBuild, source

    document = read_document(given.source)
    try:
        text = source(document).text
    except CannotBuild as error:
        raise Mistake(one_line(error)) from error
    given.out.write_text(text, encoding="utf-8")
    say(f"{given.out} is {document.title or given.source.name} as PyTorch.")
    return DONE


def _export_run(given: argparse.Namespace) -> int:
    with told(given.source):
        from graphs.codegen import CannotBuild
        from lightning_modules.export_code import export_run

        try:
            weights = export_run(given.source, given.out)
        except CannotBuild as error:
            raise Mistake(one_line(error)) from error
    say(f"{given.out} is the run as PyTorch, and {weights.name} beside it holds what it learned.")
    say(f'Load it with model.load_state_dict(safetensors.torch.load_file("{weights.name}")).')
    return DONE
