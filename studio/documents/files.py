"""Opening and saving: the one place that joins the store with files, and asks before anything is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from graphs.content import Document
from graphs.document import NotSaved, UnreadableDocument, load, save
from studio.documents.data_paths import moved
from studio.documents.disk_watch import DiskWatch
from studio.forms.schema_reading import base_folder
from studio.frame.notice import Notice

if TYPE_CHECKING:
    from studio.dialogs.questions import Questions
    from studio.settings import Settings
    from studio.store import Store

SUFFIX = ".lamina"
UNTITLED = "Untitled"


class Files(QObject):
    """What the File menu does. `open_changed` tells whether any document is open; `noticed` shows a notice."""

    open_changed = Signal(bool)
    noticed = Signal(object)  # Notice | None
    recent_changed = Signal()

    def __init__(
        self, store: Store, settings: Settings, questions: Questions, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._settings, self._questions = store, settings, questions
        self.anything_open = False
        self._watch = DiskWatch(self)
        self._watch.changed.connect(self._on_disk_changed)

    @property
    def name(self) -> str:
        """What the document is called in the title bar and in questions."""
        path = self._store.path
        return path.name if path is not None else self._store.document.title or UNTITLED

    @property
    def known(self) -> str | None:
        """The digest of what the file held that the document was read from or written to; None without a file."""
        return self._watch.agreed

    @property
    def recent(self) -> tuple[Path, ...]:
        """Recent files that are still there, the latest first."""
        return self._settings.recent

    def new(self) -> bool:
        """An empty document; whether it was made."""
        if not self.may_discard():
            return False
        self._show(Document(), None, unsaved=False)
        return True

    def open(self, path: Path | None = None) -> bool:
        """Open this file, or ask for one; whether it was opened."""
        if not self.may_discard():
            return False
        path = path or self._questions.open_path(self._settings.folder)
        return path is not None and self._open(path)

    def open_template(self, path: Path) -> bool:
        """Open a copy of a template that has no file yet; untouched, it is nothing to ask about."""
        if not self.may_discard():
            return False
        document = self._read(path)
        if document is None:
            return False
        self._show(document, None, unsaved=False)
        return True

    def recover(self, document: Document, path: Path | None) -> None:
        """Show what the journal brought back; it is unsaved, and belongs to `path` if that is given."""
        self._show(document, path, unsaved=True)

    @Slot()
    def save(self) -> bool:
        """Save where it was opened, or ask where; whether it was saved."""
        path = self._store.path
        if path is None or self._store.document.read_only:
            return self.save_as()
        if self._watch.overwrites_another:
            answer = self._questions.overwrite(self.name)
            if answer != "overwrite":
                return answer == "save_as" and self.save_as()
        return self._write(path)

    @Slot()
    def save_as(self) -> bool:
        """Ask where, and save there from now on."""
        before = self._store.path
        suggestion = before or self._settings.folder / f"{file_stem(self.name)}{SUFFIX}"
        if before is not None and self._store.document.read_only:
            suggestion = before.with_stem(f"{before.stem} copy")
        path = self._questions.save_path(suggestion)
        return path is not None and self._write(path)

    def close_document(self) -> bool:
        """Close the document and show the welcome page; whether it was closed."""
        if not self.may_discard():
            return False
        self._store.open(Document())
        self._watch.watch(None)
        self._set_open(False)
        return True

    def may_discard(self) -> bool:
        """Whether the document may go: nothing to save, saved now, or given up by the person."""
        if not self._store.modified:
            return True
        answer = self._questions.unsaved(self.name)
        return answer == "discard" or (answer == "save" and self.save())

    def clear_recent(self) -> None:
        """Forget the recent files."""
        self._settings.clear_recent()
        self.recent_changed.emit()

    @Slot()
    def reload(self) -> None:
        """Show the file as it is on disk now, without what is in no file: the button that asked for it says so."""
        if self._store.path is not None:
            self._open(self._store.path)

    def _open(self, path: Path) -> bool:
        document = self._read(path)
        if document is None:
            return False
        path = path.resolve()
        self._show(document, path, unsaved=False)
        self._remember(path)
        return True

    def _read(self, path: Path) -> Document | None:
        try:
            return load(path)
        except UnreadableDocument as error:
            self._questions.tell(str(error))
            return None

    def _write(self, path: Path) -> bool:
        document, told = moved(
            self._store.document, base_folder(self._store), path.resolve().parent
        )
        try:
            save(document, path)
        except NotSaved as error:
            unharmed = "The file on disk is as it was before."
            self._questions.tell(str(error), "" if error.replaced else unharmed)
            if error.replaced and path == self._store.path:
                self._watch.watch(path)  # what stands there now is ours
            return False
        path = path.resolve()
        self._store.saved(path)
        if told:
            self._store.edit_document("Keep the way to the data", lambda _: document)
            self._store.saved(path)
        self._watch.watch(path)
        self._remember(path)
        self._set_open(True)
        words = f"{path.name} stands in another folder now, and its data stay where they were: "
        self.noticed.emit(Notice(f"{words}{', '.join(told)}.") if told else None)
        return True

    def _show(self, document: Document, path: Path | None, *, unsaved: bool) -> None:
        self._store.open(document, path, unsaved=unsaved)
        self._watch.watch(path)
        self._set_open(True)
        read_only = (
            Notice(document.read_only, (("Save As…", self.save_as),))
            if document.read_only
            else None
        )
        self.noticed.emit(read_only)

    def _remember(self, path: Path) -> None:
        self._settings.add_recent(path)
        self._settings.folder = path.parent
        self.recent_changed.emit()

    def _set_open(self, is_open: bool) -> None:
        if self.anything_open != is_open:
            self.anything_open = is_open
            self.open_changed.emit(is_open)

    @Slot()
    def _keep_mine(self) -> None:
        self._watch.agree()
        self._store.mark_unsaved()

    @Slot(bool)
    def _on_disk_changed(self, there: bool) -> None:
        choices: tuple[tuple[str, Callable[[], object]], ...]
        if there:
            words = f"{self.name} was changed by another program."
            reload = "Reload and lose my changes" if self._store.modified else "Reload"
            choices = ((reload, self.reload), ("Keep mine", self._keep_mine))
        else:
            words = f"{self.name} is no longer where it was opened from. Saving writes it again."
            choices = (("Save", self.save),)
            self._store.mark_unsaved()
        self.noticed.emit(Notice(words, choices))


def file_stem(title: str) -> str:
    """A title as the beginning of a file name, without what file systems refuse."""
    kept = "".join(letter if letter.isalnum() or letter in " -_" else " " for letter in title)
    return " ".join(kept.split())[:80] or UNTITLED
