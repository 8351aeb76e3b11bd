"""numpy as the window has it: imported at its first use, because no array is needed before the window shows."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
else:

    class _AtFirstUse:
        """Stands for numpy; each name is looked up once and then kept."""

        def __getattr__(self, name: str) -> object:
            found = getattr(import_module("numpy"), name)
            setattr(self, name, found)
            return found

    np = _AtFirstUse()

__all__ = ["np"]
