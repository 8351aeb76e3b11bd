"""Makes Qt impossible to import, in this process and in every Python that it starts (PYTHONPATH=.ci/without_qt)."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

QT = {"PySide6", "shiboken6", "pyqtgraph", "qtawesome", "qtpy", "superqt", "pytestqt"}


class NoQt(MetaPathFinder):
    """Stands before all other finders and answers for Qt that it is not there."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the shape of an override
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Raise for Qt; let the next finder answer for all else."""
        if fullname.partition(".")[0] in QT:
            raise ModuleNotFoundError(f"No module named {fullname!r} (kept out)", name=fullname)
        return None


sys.meta_path.insert(0, NoQt())
