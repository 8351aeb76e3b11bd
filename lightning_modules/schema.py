"""What a data layer remembers of its file or folder, looked at anew when a person asks; without torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lightning_modules.datasets  # noqa: F401 - registers all sources
from lightning_modules.dataset import LOOKS, Schema

if TYPE_CHECKING:
    from pathlib import Path

    from graphs.layer import DataLayer


def has_schema(layer: DataLayer) -> bool:
    """Whether this layer reads a file or folder that can be looked at."""
    return layer.info.type in LOOKS


def refresh_schema(layer: DataLayer, base: Path) -> Schema:
    """The value for the layer's `schema`, from what its `path` holds now; relative paths start from `base`.

    Roles of columns that a person has chosen are kept.

    Raises:
        DataError: it cannot be read.
        KeyError: a layer of this type reads no file.
    """
    return LOOKS[layer.info.type](layer, base)
