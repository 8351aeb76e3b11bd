"""What becomes of relative paths to data when a document is saved in another folder: they lead where they led."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphs import edits

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.graph import Node


def moved(document: Document, before: Path, after: Path) -> tuple[Document, tuple[str, ...]]:
    """The document for a file in the folder `after`, and for each path that is another "CSV file reads data.csv".

    Relative paths started from the folder `before`. Those that led to nothing there stay as they are: what they name
    may well lie in the other folder.
    """
    told: list[str] = []
    if document.read_only:  # its bytes are kept as they are
        return document, ()
    for network, graph in document.networks.items():
        changed = graph
        for node in graph.nodes.values():
            for name in _path_params(node):
                target = before / str(node.params[name])
                path = led_from(target, after)
                if path != node.params[name] and target.exists():
                    changed = edits.set_params(changed, node.id, **{name: path})
                    told.append(f"{node.name} reads {path}")
        if changed is not graph:
            document = document.with_graph(changed, network)
    return document, tuple(told)


def led_from(target: Path, folder: Path) -> str:
    """The path to a file as a document in this folder keeps it: relative where it lies beside or below."""
    try:
        return target.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return str(target.resolve())


def _path_params(node: Node) -> list[str]:
    """Parameters of a node that hold a relative path."""
    if node.info is None:
        return []
    return [
        name
        for name, param in node.info.params.items()
        if param.kind == "path" and _is_relative(node.params.get(name))
    ]


def _is_relative(value: object) -> bool:
    return isinstance(value, str) and value != "" and not Path(value).expanduser().is_absolute()
