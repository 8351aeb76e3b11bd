"""Everything that the window asks in a box: what to do with unsaved work, which file, stop or keep training."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

FILTER = "Lamina graphs (*.lamina);;All files (*)"
PICTURES = "Pictures (*.svg *.png)"

OverwriteAnswer: TypeAlias = Literal["overwrite", "save_as", "cancel"]
UnsavedAnswer: TypeAlias = Literal["save", "discard", "cancel"]
Role = QMessageBox.ButtonRole


class Questions:
    """Asks the person and returns the answer; `parent` is the window that the boxes stand before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.parent = parent

    def unsaved(self, name: str) -> UnsavedAnswer:
        """What to do with changes of this document that are in no file."""
        box = self._box(
            QMessageBox.Icon.Question,
            f"Save the changes to {name}?",
            "Without saving, what you changed since the last save is lost.",
        )
        save = box.addButton("&Save", Role.AcceptRole)
        discard = box.addButton("&Discard", Role.DestructiveRole)
        cancel = box.addButton("&Cancel", Role.RejectRole)
        box.setDefaultButton(save)
        box.setEscapeButton(cancel)
        box.exec()
        chosen = box.clickedButton()
        return "save" if chosen is save else "discard" if chosen is discard else "cancel"

    def overwrite(self, name: str) -> OverwriteAnswer:
        """What to do where saving would write over the changes of another program."""
        box = self._box(
            QMessageBox.Icon.Warning,
            f"{name} was changed by another program. Save over it?",
            "Overwriting loses what the other program wrote.",
        )
        overwrite = box.addButton("&Overwrite", Role.DestructiveRole)
        save_as = box.addButton("Save &as…", Role.AcceptRole)
        cancel = box.addButton("&Cancel", Role.RejectRole)
        box.setDefaultButton(save_as)
        box.setEscapeButton(cancel)
        box.exec()
        chosen = box.clickedButton()
        return "overwrite" if chosen is overwrite else "save_as" if chosen is save_as else "cancel"

    def stop_training(self, ended: SignalInstance) -> bool:
        """Whether to stop a run that is going on, in order to close.

        When the run tells by `ended` that it is over, the question is too: the box goes, and the answer is no, so
        that the person sees how it ended.
        """
        box = self._box(
            QMessageBox.Icon.Question,
            "Training is still running.",
            "Stopping ends it after the current batch and keeps what was learned so far.",
        )
        stop = box.addButton("&Stop and close", Role.AcceptRole)
        keep = box.addButton("&Keep training", Role.RejectRole)
        box.setDefaultButton(keep)  # Enter must not end hours of work
        box.setEscapeButton(keep)
        ended.connect(box.reject)
        box.exec()
        ended.disconnect(box.reject)
        return box.clickedButton() is stop

    def recover(self, name: str, words: str) -> bool:
        """Whether to bring back what the journal holds; otherwise it is thrown away."""
        return self._yes(
            f"Bring back the unsaved changes to {name}?", words, "&Recover", "&Discard"
        )

    def open_path(self, folder: Path) -> Path | None:
        """A file to open, None if the person thought better of it."""
        text, _ = QFileDialog.getOpenFileName(self.parent, "Open", str(folder), FILTER)
        return Path(text) if text else None

    def save_path(self, suggestion: Path) -> Path | None:
        """Where to save; a name without an ending gets `.lamina`."""
        text, _ = QFileDialog.getSaveFileName(self.parent, "Save as", str(suggestion), FILTER)
        if not text:
            return None
        path = Path(text)
        return path if path.suffix else path.with_suffix(".lamina")

    def picture_path(self, suggestion: Path) -> Path | None:
        """Where to write a picture of the graph; a name without an ending gets `.svg`."""
        text, _ = QFileDialog.getSaveFileName(
            self.parent, "Export picture", str(suggestion), PICTURES
        )
        path = Path(text)
        return (path if path.suffix else path.with_suffix(".svg")) if text else None

    def run_path(self, folder: Path) -> Path | None:
        """The folder of a run to start from, None if the person thought better of it."""
        text = QFileDialog.getExistingDirectory(self.parent, "Choose a run", str(folder))
        return Path(text) if text else None

    def tell(self, message: str, more: str = "", details: str = "") -> None:
        """Say one sentence, and keep the details in a fold."""
        box = self._box(QMessageBox.Icon.Warning, message, more)
        if details:
            box.setDetailedText(details)
        box.exec()

    def _yes(self, text: str, more: str, yes: str, no: str) -> bool:
        box = self._box(QMessageBox.Icon.Question, text, more)
        accept = box.addButton(yes, Role.AcceptRole)
        reject = box.addButton(no, Role.RejectRole)
        box.setDefaultButton(accept)
        box.setEscapeButton(reject)
        box.exec()
        return box.clickedButton() is accept

    def _box(self, icon: QMessageBox.Icon, text: str, more: str) -> QMessageBox:
        box = QMessageBox(self.parent)
        box.setIcon(icon)
        box.setWindowTitle("Lamina")
        box.setTextFormat(Qt.TextFormat.PlainText)  # it may quote a file
        box.setText(text)
        box.setInformativeText(more)
        return box
