"""`lamina check FILE`: whether a file can be trained, and what its network costs; without torch and Qt."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from studio.verb import DONE, PROBLEMS, read_document, say, verb

UNREADABLE = "G207"
"""The code of problems with the settings of data, of which a path is one."""


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="the .lamina file to check")
    parser.add_argument(
        "--json", action="store_true", help="print problems, shapes and sizes as one JSON object"
    )


@verb(
    "check",
    "Say what is wrong with a file, or what its network costs.",
    rank=3,
    examples=("lamina check digits.lamina", "lamina check digits.lamina --json"),
    declare=_declare,
)
def run(given: argparse.Namespace) -> int:
    """Print the report: 0 it can be trained, 1 it has problems."""
    from graphs.check import check
    from graphs.summary import summary
    from studio.terminal.data_files import unreadable_data

    document = read_document(given.file)
    report = check(document)
    found = summary(report)
    for node, message in unreadable_data(document, given.file.parent):
        found["problems"].append(
            {
                "code": UNREADABLE,
                "severity": "error",
                "message": message,
                "nodes": [node],
                "fixes": [],
            }
        )
        found["ok"] = False
    if given.json:
        say(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        _print(document.title or given.file.name, found, document.read_only)
    return DONE if found["ok"] else PROBLEMS


def _print(title: str, found: dict[str, Any], read_only: str) -> None:
    if read_only:
        say(f"Note: {read_only}")
    for problem in found["problems"]:
        word = "Problem" if problem["severity"] == "error" else "Note"
        say(f"{word} {problem['code']}: {problem['message']}")
        for fix in problem["fixes"]:
            say(f"    way out: {fix}")
    if not found["ok"]:
        count = sum(problem["severity"] == "error" for problem in found["problems"])
        say(f"{title} cannot be trained yet: {count} {'problem' if count == 1 else 'problems'}.")
        return
    say(f"{title} can be trained.")
    parameters, flops = _words(found["parameters"]), _words(found["flops"])
    say(f"It learns {parameters} numbers; one sample forward takes {flops} FLOPs.")


def _words(value: int | str) -> str:
    from graphs.count_words import count_words

    return count_words(value) if isinstance(value, int) else value
