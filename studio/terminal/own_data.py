"""Files of one's own that the window has not read yet: `lamina train` reads them itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.edits import set_params
from graphs.layer import DataLayer
from studio.verb import Mistake, one_line

if TYPE_CHECKING:
    from pathlib import Path

    from graphs.content import Document
    from graphs.graph import Node


def with_own_data(document: Document, base: Path) -> Document:
    """The document, its tables and folders of images read where that was never done; paths start from `base`.

    Raises:
        Mistake: one of them cannot be read.
    """
    graph = document.main
    for node in document.main.nodes.values():
        if _is_unread(node):
            graph = set_params(graph, node.id, schema=_read(node, base))
    return document if graph is document.main else document.with_graph(graph)


def _is_unread(node: Node) -> bool:
    if node.info is None or "schema" not in node.info.params:
        return False
    return bool(node.params.get("path")) and not node.params.get("schema")


def _read(node: Node, base: Path) -> object:
    from lightning_modules.dataset import DataError  # brings numpy and pandas: only who reads pays
    from lightning_modules.schema import refresh_schema

    assert isinstance(node.layer, DataLayer)
    try:
        return refresh_schema(node.layer, base)
    except DataError as error:
        raise Mistake(f"{node.phrase} cannot be read: {one_line(error)}") from error
