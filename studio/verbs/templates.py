"""`lamina templates`: the examples to begin with."""

from __future__ import annotations

import argparse
import json

from studio.verb import DONE, say, verb


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json", action="store_true", help="print a JSON list with names, titles and descriptions"
    )


@verb(
    "templates",
    "List the examples to begin with, a name and a title a line.",
    rank=1,
    examples=("lamina templates", "lamina new iris_classifier flowers.lamina"),
    declare=_declare,
)
def run(given: argparse.Namespace) -> int:
    """Print every template."""
    from resources.templates import templates

    found = templates()
    if given.json:
        listed = [
            {"name": each.name, "title": each.title, "description": each.description}
            for each in found
        ]
        say(json.dumps(listed, indent=2, ensure_ascii=False))
        return DONE
    width = max((len(each.name) for each in found), default=0)
    for each in found:
        say(f"{each.name:{width}}  {each.title}")
    return DONE
