"""What the window remembers between two starts: theme, layout, recent files, the folder, isolation."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias, cast, get_args

import platformdirs
from PySide6.QtCore import QByteArray, QSettings

ThemeChoice: TypeAlias = Literal["system", "light", "dark"]

RECENT_LIMIT = 10
LAYOUT_VERSION = 1
"""Raised when docks are renamed or moved for good: an older layout is then forgotten, not half applied."""


class Settings:
    """Typed values over one INI file. A value that a newer or older Lamina wrote strangely counts as absent."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = (
            file or Path(platformdirs.user_config_dir("lamina", appauthor=False)) / "window.ini"
        )
        self._values = QSettings(str(self.file), QSettings.Format.IniFormat)

    @property
    def theme(self) -> ThemeChoice:
        """Which colours: the system's, light or dark."""
        value = self._values.value("theme")
        return cast("ThemeChoice", value) if value in get_args(ThemeChoice) else "system"

    @theme.setter
    def theme(self, choice: ThemeChoice) -> None:
        self._values.setValue("theme", choice)

    @property
    def geometry(self) -> QByteArray:
        """Where the window stood; empty if it never did."""
        return self._bytes("window/geometry")

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._values.setValue("window/geometry", value)

    @property
    def layout(self) -> QByteArray:
        """Where the panels stood; empty if nobody moved them."""
        return self._bytes("window/layout")

    @layout.setter
    def layout(self, value: QByteArray) -> None:
        self._values.setValue("window/layout", value)

    @property
    def folder(self) -> Path:
        """Where the last file was opened or saved; the home folder at first."""
        value = self._values.value("folder")
        folder = Path(value) if isinstance(value, str) and value else Path.home()
        return folder if folder.is_dir() else Path.home()

    @folder.setter
    def folder(self, value: Path) -> None:
        self._values.setValue("folder", str(value))

    @property
    def isolated(self) -> bool:
        """Whether runs shall be processes of their own; not unless somebody said so."""
        return self._values.value("run/isolated") in (True, "true")

    @isolated.setter
    def isolated(self, value: bool) -> None:
        self._values.setValue("run/isolated", value)

    @property
    def recent(self) -> tuple[Path, ...]:
        """Files opened or saved, the latest first; one that is gone is left out."""
        value = self._values.value("recent")
        texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return tuple(
            Path(text) for text in texts if isinstance(text, str) and text and Path(text).is_file()
        )

    def add_recent(self, path: Path) -> None:
        """Put a file first in the list."""
        rest = [each for each in self.recent if each != path]
        self._values.setValue("recent", [str(each) for each in (path, *rest)][:RECENT_LIMIT])

    def clear_recent(self) -> None:
        """Forget all recent files."""
        self._values.remove("recent")

    def save(self) -> None:
        """Write everything to the file now."""
        self._values.sync()

    def _bytes(self, key: str) -> QByteArray:
        value = self._values.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()
