"""`lamina new TEMPLATE FILE`: a file of one's own, made from an example."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.verb import DONE, Mistake, near, say, verb

SUFFIX = ".lamina"


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("template", metavar="TEMPLATE", help="a name that `lamina templates` lists")
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="the file to make; it must not be there yet"
    )


@verb(
    "new",
    "Make a file from an example.",
    rank=2,
    examples=("lamina new digits_mlp digits.lamina",),
    declare=_declare,
)
def run(given: argparse.Namespace) -> int:
    """Write a copy of the template, never over a file that is there."""
    from resources.templates import templates

    known = {each.name: each for each in templates()}
    if given.template not in known:
        hint = near(given.template, known)
        raise Mistake(
            f"There is no template called {given.template}.{hint} `lamina templates` lists them all."
        )
    if given.file.is_dir():
        raise Mistake(f"{given.file} is a folder; give the name of a file to make in it.")
    path = given.file if given.file.suffix else given.file.with_suffix(SUFFIX)
    _write(path, known[given.template].path.read_bytes())
    say(f"{path} is made from {known[given.template].title}. Train it with: lamina train {path}")
    return DONE


def _write(path: Path, data: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise Mistake(f"{path} is there already and stays as it is. Give another name.") from None
    except FileNotFoundError:
        raise Mistake(f"There is no folder {path.parent}. Make it first.") from None
    except OSError as error:
        raise Mistake(
            f"{path} cannot be written: {(error.strerror or str(error)).lower()}."
        ) from error
