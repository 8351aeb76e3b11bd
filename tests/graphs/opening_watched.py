"""Opens and checks files and prints what Python's audit hook saw meanwhile.

Standard input has their names, each with what is planted. It is a program of its own, started by
tests/graphs/test_opening_is_inert.py, for a hook can never be taken away again.
What is PLANTED breaks the rule in a way of its own, to prove that the hook sees it.
"""

from __future__ import annotations

import json
import os
import pickle  # noqa: TID251 - to plant one
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphs.check import check
from graphs.document import UnreadableDocument, dumps, load
from graphs.summary import summary

if TYPE_CHECKING:
    from collections.abc import Callable

WITH_A_LOOP = Path(__file__).parent / "corpus" / "problem_loop.lamina"

PLANTED: dict[str, Callable[[Path], object]] = {
    "nothing": lambda _: None,
    "eval": lambda _: eval("1 + 1"),  # noqa: S307 - the point of it
    "exec": lambda _: exec("x = 1"),  # noqa: S102 - the point of it
    "compile": lambda _: compile("x = 1", "file", "exec"),
    "import": lambda _: __import__("this_module_is_named_in_a_file_of_the_test"),
    "pickle": lambda _: pickle.loads(pickle.dumps(Path)),  # noqa: S301 - the point of it
    "socket": lambda _: socket.socket().close(),
    "subprocess": lambda _: subprocess.run(["true"], check=True),
    "system": lambda _: os.system("true"),  # noqa: S605 - the point of it
    "other file": lambda _: Path(__file__).read_bytes(),
    "writing": lambda path: path.with_name("written").write_bytes(b""),
    "listing": lambda path: os.listdir(path.parent),  # noqa: PTH208 - its event is what counts
    "removing": lambda path: path.with_name("gone").unlink(missing_ok=True),
}


def opened(path: Path) -> None:
    """Open a file, check each of its networks, and write it again in memory."""
    try:
        document = load(path)
    except UnreadableDocument:
        return
    dumps(document)
    for network in document.networks:
        summary(check(document, network))


def main() -> None:
    """Print one JSON list: for every file its events, each with its first argument, and what was imported."""
    given: list[tuple[str, str]] = json.load(sys.stdin)
    watching = False
    seen: list[list[str]] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if watching:
            first = arguments[0] if arguments else ""
            seen.append([event, first if isinstance(first, str) else repr(first)[:100]])

    opened(WITH_A_LOOP)  # the source imports networkx by its name when it meets the first loop
    sys.addaudithook(hook)
    found = []
    for name, planted in given:
        path, known = Path(name), set(sys.modules)
        seen.clear()
        watching = True
        try:
            opened(path)
            PLANTED[planted](path)
        except ImportError:
            pass  # the planted import: the event comes before the search
        finally:
            watching = False
        new = sorted(set(sys.modules) - known)
        found.append({"path": name, "planted": planted, "events": [*seen], "modules": new})
    print(json.dumps(found))


if __name__ == "__main__":
    main()
