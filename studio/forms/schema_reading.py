"""Reading what a file or folder of data holds, beside the window: one thread, one answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from graphs.layer import DataLayer
from graphs.param import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studio.store import Store


class SchemaThread(QThread):
    """Reads for one data layer. Tells once: the schema, or the sentence that says why there is none."""

    read = Signal(object)  # Json
    refused = Signal(str)

    def __init__(self, layer: DataLayer, base: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._layer, self._base = layer, base

    def run(self) -> None:
        """Read; the answer is told by `read` or `refused`."""
        from lightning_modules.dataset import DataError  # brings pandas: only those who read pay
        from lightning_modules.schema import refresh_schema

        try:
            self.read.emit(refresh_schema(self._layer, self._base))
        except DataError as error:
            self.refused.emit(str(error))
        except Exception as error:  # noqa: BLE001 - the edge of the thread, nothing above
            self.refused.emit(f"It could not be read: {error}")


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
