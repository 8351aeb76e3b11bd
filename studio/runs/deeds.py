"""What can be done with runs that are chosen: go on, open or bring back the graph, pin, name, delete, undo, show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QUndoCommand, QUndoStack

from graphs.document import UnreadableDocument, load
from lightning_modules.go_on import CannotGoOn, job_to_go_on
from lightning_modules.run_folder import DOCUMENT, RunFolderError, read_record
from lightning_modules.run_label import RunLabel, write_baseline, write_label
from lightning_modules.run_trash import delete, restore
from studio.documents.data_paths import moved
from studio.forms.schema_reading import base_folder

if TYPE_CHECKING:
    from graphs.content import Document
    from lightning_modules.run_summary import RunSummary
    from studio.documents.files import Files
    from studio.store import Store
    from studio.training import Trainer

NONE_CHOSEN = "No run is chosen. Choose one in the Runs panel."
ONE_ONLY = "Choose a single run."


class _Step(QUndoCommand):
    """One step that can be taken back; a step that fails is told and forgotten."""

    def __init__(
        self,
        text: str,
        do: Callable[[], None],
        undo: Callable[[], None],
        tell: Callable[[str], None],
    ) -> None:
        super().__init__(text)
        self._do, self._undo, self._tell = do, undo, tell

    def redo(self) -> None:
        """Do it."""
        self._try(self._do)

    def undo(self) -> None:
        """Take it back."""
        self._try(self._undo)

    def _try(self, step: Callable[[], None]) -> None:
        try:
            step()
        except OSError as error:
            self.setObsolete(True)
            why = error.strerror or str(error).rstrip(".")
            self._tell(f"The files of the run could not be changed: {why}.")


class RunDeeds(QObject):
    """Knows which runs are chosen, and does what is asked with them. Each `why_not_...` is "" where it can be done."""

    changed = Signal()  # files of runs are other than before
    chosen_changed = Signal()
    message = Signal(str)  # one sentence

    def __init__(
        self,
        store: Store,
        trainer: Trainer,
        files: Files,
        isolated: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        """`isolated` says whether a run that goes on gets a process of its own."""
        super().__init__(parent)
        self._store, self._trainer, self._files = store, trainer, files
        self._isolated = isolated
        self.place = Path()
        self.baseline = ""
        self.chosen: tuple[RunSummary, ...] = ()
        self.opening = False  # the document that is being opened is the graph of a run
        self.history = QUndoStack(self)

    def choose(self, runs: tuple[RunSummary, ...]) -> None:
        """These are chosen now."""
        if runs != self.chosen:
            self.chosen = runs
            self.chosen_changed.emit()

    def why_not_one(self) -> str:
        """What needs exactly one run."""
        return NONE_CHOSEN if not self.chosen else ONE_ONLY if len(self.chosen) > 1 else ""

    def why_not_go_on(self) -> str:
        """Why the chosen run cannot go on."""
        if self.why_not_one():
            return self.why_not_one()
        if self._trainer.running:
            return "A run is going on. Stop it, or wait until it ends."
        can = self.chosen[0].can_go_on
        return "" if can else "Only a run that was stopped or interrupted can go on."

    def why_not_delete(self) -> str:
        """Why the chosen runs cannot be deleted."""
        if not self.chosen:
            return NONE_CHOSEN
        going = any(each.state == "running" for each in self.chosen)
        return "A chosen run is still going on. Stop it first." if going else ""

    def why_not_undo(self) -> str:
        """Why there is nothing to take back."""
        return "" if self.history.canUndo() else "No run was deleted or named yet."

    def why_not_bring_back(self) -> str:
        """Why the chosen run's graph cannot replace the present one."""
        if self.why_not_one():
            return self.why_not_one()
        return "The document is read-only." if self._store.document.read_only else ""

    def go_on(self) -> None:
        """Go on with the chosen run where it had got to."""
        if self.why_not_go_on():
            return
        try:
            job = job_to_go_on(self.chosen[0].path)
        except CannotGoOn as error:
            self.message.emit(str(error))
        else:
            self._trainer.start(job, isolated=self._isolated())

    def open_graph(self) -> None:
        """Open the graph of the chosen run as a new document."""
        document = self._document(Path.home())
        if document is None or not self._files.may_discard():
            return
        self.opening = True
        self._files.recover(document, None)
        self.opening = False
        self.message.emit(f"This is the graph of the run {self.chosen[0].name}, not saved yet.")

    def bring_back(self) -> None:
        """Put the graph and the settings of the chosen run in place of the present ones; undo takes it back."""
        document = self._document(base_folder(self._store))
        if document is not None:
            words = f"Bring back the graph of {self.chosen[0].name}"
            self._store.edit_document(words, lambda _: document)

    def _document(self, base: Path) -> Document | None:
        """The document of the chosen run, for a file in the folder `base`."""
        if self.why_not_one():
            return None
        run = self.chosen[0].path
        try:
            document = load(run / DOCUMENT)
            before = Path(str(read_record(run).get("base", run)))
        except (UnreadableDocument, RunFolderError) as error:
            self.message.emit(str(error))
            return None
        return moved(document, before, base)[0]

    def pin(self) -> None:
        """Compare all runs with the chosen one from now on, or with each other if it is the baseline already."""
        if self.why_not_one():
            return
        name = self.chosen[0].path.name
        before, after = self.baseline, "" if name == self.baseline else name
        self._do(
            f"pin {self.chosen[0].name}" if after else "unpin the baseline",
            partial(write_baseline, self.place, after),
            partial(write_baseline, self.place, before),
        )

    def rename(self, run: RunSummary, name: str) -> None:
        """Call a run by this name; its date is no name."""
        unnamed = replace(run, label=RunLabel()).name
        self._label(run, replace(run.label, name="" if name == unnamed else name), "name a run")

    def annotate(self, run: RunSummary, note: str) -> None:
        """Write a note on a run."""
        self._label(run, replace(run.label, note=note), "write a note")

    def _label(self, run: RunSummary, label: RunLabel, text: str) -> None:
        if label != run.label:
            self._do(
                text,
                partial(write_label, run.path, label),
                partial(write_label, run.path, run.label),
            )

    def delete(self) -> None:
        """Move the chosen runs into the trash of their place, where they lie for a day."""
        if self.why_not_delete():
            return
        runs = [each.path for each in self.chosen]
        lie: dict[Path, Path] = {}

        def do() -> None:
            try:
                for run in runs:
                    lie[run] = delete(run)
            except OSError:  # all of them, or none
                undo()
                raise

        def undo() -> None:
            for run, lies in lie.items():
                restore(lies, run)
            lie.clear()

        words = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
        if self._do(f"delete {words}", do, undo):
            self.message.emit(f"Deleted {words}. Undo in the Runs panel (Ctrl+Z) brings them back.")

    def undo(self) -> None:
        """Take back what was last done to runs: a deletion, a name, a note, a pin."""
        text = self.history.undoText()
        if text:
            self.message.emit(f"Taken back: {text}.")
            self.history.undo()  # what goes wrong is told after
            self.changed.emit()

    def show_folder(self) -> None:
        """Show the folder of the chosen run, or of all runs, in the system's own window."""
        path = self.chosen[0].path if len(self.chosen) == 1 else self.place
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.message.emit(f"The folder is {path}.")

    def _do(self, text: str, do: Callable[[], None], undo: Callable[[], None]) -> bool:
        told: list[str] = []

        def tell(sentence: str) -> None:
            told.append(sentence)
            self.message.emit(sentence)

        self.history.push(_Step(text, do, undo, tell))
        self.changed.emit()
        return not told
