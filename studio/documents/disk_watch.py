"""Whether the open file was changed by someone else: the watcher only wakes us, the content decides."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

SETTLE_MS = 200  # programs write in several steps: look once they are done


class DiskWatch(QObject):
    """Watches one file by its content; a file that is only touched, or written the same, has not changed."""

    changed = Signal(bool)  # whether the file is still there

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._known: str | None = None
        self._agreed: str | None = None
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._wake)
        self._watcher.directoryChanged.connect(self._wake)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.look)

    def watch(self, path: Path | None) -> None:
        """Take the file's present content as known, and watch it from now on; None watches nothing."""
        old = [*self._watcher.files(), *self._watcher.directories()]
        if old:
            self._watcher.removePaths(old)
        self._settle.stop()
        self._path = path
        self._known = self._agreed = digest(path) if path is not None else None
        self._add_paths()

    @property
    def agreed(self) -> str | None:
        """The digest of what was read or written here last, or agreed to be lost; None if there was no file."""
        return self._agreed

    @property
    def overwrites_another(self) -> bool:
        """Whether the file holds what neither was read or written here nor agreed to be lost."""
        found = digest(self._path) if self._path is not None else None
        return found is not None and found != self._agreed

    def agree(self) -> None:
        """What was told last may be written over."""
        self._agreed = self._known

    @Slot()
    def look(self) -> None:
        """Compare the file with what is known of it, and tell once if it differs."""
        if self._path is None:
            return
        self._add_paths()  # a file replaced by another has left the watcher
        found = digest(self._path)
        if found != self._known:
            self._known = found
            self.changed.emit(found is not None)

    @Slot()
    def _wake(self) -> None:
        self._settle.start()

    def _add_paths(self) -> None:
        if self._path is None:
            return
        watched = {*self._watcher.files(), *self._watcher.directories()}
        for each in (self._path, self._path.parent):
            if str(each) not in watched and each.exists():
                self._watcher.addPath(str(each))


def digest(path: Path) -> str | None:
    """SHA-256 of a file's bytes, None if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
