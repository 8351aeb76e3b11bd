"""Which files and folders of data a document names that cannot be read: what no look at the document alone can tell."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.graph import Node

READ_AS_FOLDER = ("ImageFolder",)


def unreadable_data(document: Document, base: Path) -> Iterator[tuple[str, str]]:
    """The ids of data nodes of `main` whose file or folder cannot be read, each with a sentence.

    Relative paths start from `base`.
    """
    for node in document.main.by_role("data"):
        for name, param in node.info.params.items() if node.info is not None else ():
            path = node.params.get(name)
            if param.kind == "path" and isinstance(path, str) and path and not node.marks.muted:
                why = _why_not(node, base / Path(path).expanduser())
                if why:
                    yield node.id, f"{node.phrase} reads {path}, {why}"


def _why_not(node: Node, place: Path) -> str:
    wanted, other = ("folder", "file") if node.type in READ_AS_FOLDER else ("file", "folder")
    try:
        there, folder = place.exists(), place.is_dir()
    except (OSError, ValueError):  # a name that no file can have
        there, folder = False, False
    if not there:
        return f"but there is no such {wanted}. Put it there, or choose another in the window."
    if folder != (wanted == "folder"):
        return f"which is a {other}, but needs a {wanted}. Choose one in the window."
    if not os.access(place, os.R_OK):
        return "but you may not read it. Change its permissions, or choose another in the window."
    return ""
