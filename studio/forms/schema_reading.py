"""Reading what a file or folder of data holds, beside the window: one thread, one answer."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QObject, Signal, Slot

from graphs import edits
from graphs.layer import DataLayer
from graphs.param import Json
from studio.beside import BesideThread, outlive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphs.graph import Node
    from studio.store import Store

_merge_keys = itertools.count(0x6000_0000)  # far from those of others: only equal keys merge

END_MS = 300
"""So long the window waits for all that are being read when it closes; large files take longer."""


class SchemaThread(BesideThread):
    """Reads for one data layer. Tells once: the schema, or the sentence that says why there is none."""

    read = Signal(object)  # Json
    refused = Signal(str)

    def __init__(self, layer: DataLayer, base: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._layer, self._base = layer, base

    def work(self) -> None:
        """Read; the answer is told by `read` or `refused`."""
        from lightning_modules.dataset import DataError  # brings pandas: only those who read pay
        from lightning_modules.schema import refresh_schema

        try:
            self.read.emit(refresh_schema(self._layer, self._base))
        except DataError as error:
            self.refused.emit(str(error))
        except Exception as error:  # noqa: BLE001 - the edge of the thread, nothing above
            self.refused.emit(f"It could not be read: {error}")


class SchemaReader(QObject):
    """Reads for the data nodes of a document, one undo step each, and remembers why a path was refused."""

    told = Signal(str)  # the node that is being read, was read, or was refused

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._store = store
        self._running: dict[str, _Reading] = {}
        self._threads: set[SchemaThread] = set()
        self._refused: dict[str, tuple[str, str]] = {}  # by node: the path, and why
        store.opened.connect(self._forget)

    @staticmethod
    def merge_key() -> int:
        """A key for an edit that the step of the next `read` shall fuse with."""
        return next(_merge_keys)

    def reads(self, node: str) -> bool:
        """Whether this node is being read now."""
        return node in self._running

    def refusal(self, node: Node) -> str:
        """Why the present path of this node could not be read, "" if that is not known."""
        path, why = self._refused.get(node.id, ("", ""))
        return why if path == _path_of(node) else ""

    def read(
        self, node_id: str, verb: str, layer: DataLayer | None = None, merge_key: int = -1
    ) -> None:
        """Read what the node (or, in its place, `layer`) reads; a reading of it that goes on counts no more."""
        node = self._store.graph.nodes.get(node_id)
        chosen = layer or (node.layer if node is not None else None)
        if node is None or not isinstance(chosen, DataLayer) or not _path_of(node):
            return
        reading = _Reading(node_id, _path_of(node), verb, merge_key, self)
        thread = SchemaThread(chosen, base_folder(self._store), self._store)
        thread.read.connect(reading.keep)
        thread.refused.connect(reading.refuse)
        thread.finished.connect(self._clear_up)
        QCoreApplication.instance().aboutToQuit.connect(thread.wait)  # type: ignore[union-attr]
        self._threads.add(thread)
        self._running[node_id] = reading
        self._refused.pop(node_id, None)
        thread.start()
        self.told.emit(node_id)

    def close(self) -> bool:
        """Wait a moment for every thread; whether all have ended. What one reads then is heard by nobody."""
        self._running.clear()
        deadline = QDeadlineTimer(END_MS)
        late = [thread for thread in self._threads if not thread.wait(deadline)]
        for thread in late:
            QCoreApplication.instance().aboutToQuit.disconnect(thread.wait)  # type: ignore[union-attr]
            thread.finished.disconnect(self._clear_up)
            self._threads.discard(thread)
            outlive(thread)
        return not late

    @Slot()
    def _clear_up(self) -> None:
        ended = {thread for thread in self._threads if thread.isFinished()}
        self._threads -= ended
        for thread in ended:
            thread.deleteLater()

    def keep(self, reading: _Reading, schema: Json) -> None:
        """Take over what was read."""
        node = self._end(reading)
        if node is not None:
            self._store.edit(
                f"{reading.verb} {node.name}",
                lambda graph: edits.set_params(graph, node.id, schema=schema),
                reading.merge_key,
            )
            self.told.emit(node.id)

    def refuse(self, reading: _Reading, sentence: str) -> None:
        """Remember why nothing was read."""
        node = self._end(reading)
        if node is not None:
            self._refused[node.id] = (reading.path, sentence)
            self.told.emit(node.id)

    def _end(self, reading: _Reading) -> Node | None:
        """The node that was read, None if it is gone, reads another path, or is read anew."""
        if self._running.get(reading.node) is not reading:
            return None
        del self._running[reading.node]
        node = self._store.graph.nodes.get(reading.node)
        return node if node is not None and _path_of(node) == reading.path else None

    @Slot()
    def _forget(self) -> None:
        self._running.clear()
        self._refused.clear()


class _Reading(QObject):
    """One reading that goes on, for which node and path."""

    def __init__(
        self, node: str, path: str, verb: str, merge_key: int, reader: SchemaReader
    ) -> None:
        super().__init__(reader)
        self.node, self.path, self.verb, self.merge_key = node, path, verb, merge_key
        self._reader = reader

    @Slot(object)
    def keep(self, schema: Json) -> None:
        self._reader.keep(self, schema)
        self.deleteLater()

    @Slot(str)
    def refuse(self, sentence: str) -> None:
        self._reader.refuse(self, sentence)
        self.deleteLater()


def _path_of(node: Node) -> str:
    return str(node.params.get("path", ""))


def base_folder(store: Store) -> Path:
    """The folder that relative paths in the document start from."""
    return store.path.parent if store.path is not None else Path.home()


def portable(path: str, store: Store) -> str:
    """A chosen path as the document keeps it: relative where the data lie beside or below the file."""
    if store.path is None or not Path(path).is_absolute():
        return path
    try:
        return Path(path).resolve().relative_to(store.path.parent.resolve()).as_posix()
    except ValueError:
        return path


def with_role(layer: DataLayer, column: str, role: str) -> DataLayer:
    """The layer with another role for one column of its table; other columns keep theirs."""
    schema: Mapping[str, Any] = layer.schema  # type: ignore[attr-defined]
    columns = [
        {**each, "role": role} if each.get("name") == column else each
        for each in schema.get("columns", ())
    ]
    return replace(layer, schema=Json({**schema, "columns": columns}))  # type: ignore[call-arg]
