"""What a file dropped on the window means: a graph is opened, a table or a folder of images becomes a data layer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graphs import edits
from graphs.layer import LAYERS
from studio.documents.files import SUFFIX
from studio.forms.schema_reading import SchemaReader, portable

if TYPE_CHECKING:
    from PySide6.QtGui import QDropEvent

    from graphs.graph import Graph, Position
    from studio.store import Store

TABLES = (".csv", ".tsv")


@dataclass(frozen=True)
class FileDrop:
    """One dropped path, and the data layer that reads it ("" for a graph's file)."""

    path: Path
    layer: str = ""


def file_drop(event: QDropEvent) -> FileDrop | None:
    """What this drop means, None if nothing is known to be done with it."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    if path.suffix.lower() == SUFFIX:
        return FileDrop(path)
    if path.suffix.lower() in TABLES:
        return FileDrop(path, "CSVFile")
    return FileDrop(path, "ImageFolder") if path.is_dir() else None


def add_data(store: Store, reader: SchemaReader, drop: FileDrop, position: Position) -> None:
    """Add the data layer that reads what was dropped, select it and read: all of it one undo step."""
    new: list[str] = []

    def add(graph: Graph) -> Graph:
        graph, node = edits.add_node(
            graph, drop.layer, position, {"path": portable(str(drop.path), store)}
        )
        new.append(node)
        return graph

    words, key = f"Add {LAYERS[drop.layer].info.title}", reader.merge_key()
    store.edit(words, add, key)
    added = [node for node in new if node in store.graph.nodes]
    for node in added:
        reader.read(node, "Read the data of", merge_key=key)
    store.select(added)
