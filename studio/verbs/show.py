"""`lamina show FILE -o graph.svg`: the graph as a picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.verb import DONE, Mistake, read_document, say, verb

SUFFIXES = (".svg", ".png")


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="the .lamina file to draw")
    parser.add_argument(
        "-o",
        "--out",
        metavar="PICTURE",
        type=Path,
        required=True,
        help="the picture to write: .svg or .png",
    )
    parser.add_argument("--dark", action="store_true", help="draw it on a dark ground")


@verb(
    "show",
    "Draw the graph of a file as a picture.",
    rank=7,
    examples=(
        "lamina show digits.lamina -o digits.svg",
        "lamina show digits.lamina -o digits.png --dark",
    ),
    declare=_declare,
)
def run(given: argparse.Namespace) -> int:
    """Draw the main network with titles, parameters, and shapes on the wires."""
    if given.out.suffix.lower() not in SUFFIXES:
        raise Mistake(f"A picture is written as .svg or .png, but its name is {given.out.name}.")
    from graphs.check import check
    from studio.looks.theme import DARK, LIGHT
    from studio.pictures.files import TooLarge, write
    from studio.pictures.graph import graph_picture

    document = read_document(given.file)
    try:
        write(graph_picture(check(document), DARK if given.dark else LIGHT), given.out)
    except TooLarge as error:
        raise Mistake(str(error)) from error
    except OSError as error:
        raise Mistake(
            f"{given.out} cannot be written: {(error.strerror or str(error)).lower()}."
        ) from error
    say(f"{given.out} shows {document.title or given.file.name}.")
    return DONE
