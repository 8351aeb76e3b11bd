"""Adding to the queue: the document as it is now, or every combination of settings that a person asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from lightning_modules.run_queue import new_entry
from lightning_modules.variants import Variant
from studio.forms.schema_reading import base_folder
from studio.runs.grid_dialog import GridDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.looks.theme import Theme
    from studio.runs.queue_runner import QueueRunner
    from studio.store import Store


class QueueAdder(QObject):
    """Knows the document and the queue; `isolated` says whether the runs get processes of their own.

    `devices` says on how many each of them learns.
    """

    message = Signal(str)  # one sentence

    def __init__(
        self,
        store: Store,
        runner: QueueRunner,
        isolated: Callable[[], bool],
        devices: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._runner = store, runner
        self._isolated, self._devices = isolated, devices

    def why_not(self) -> str:
        """Why the document cannot wait in the queue, "" if it can."""
        if not self._store.graph.nodes:
            return "There is nothing to train yet: the canvas is empty."
        count = sum(problem.severity == "error" for problem in self._store.report.problems)
        if count:
            return f"{count} {'problem' if count == 1 else 'problems'} to mend first."
        return ""

    @Slot()
    def add_as_it_is(self) -> None:
        """Put the document as it is now at the end of the queue."""
        if not self.why_not():
            self.add((Variant(self._store.document, ""),))

    def ask(self, theme: Theme, window: QWidget) -> None:
        """Ask which settings to vary, and put every combination at the end of the queue."""
        if not self.why_not():
            dialog = GridDialog(self._store.document, theme, window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.chosen.connect(self.add)
            dialog.open()

    @Slot(object)
    def add(self, chosen: tuple[Variant, ...]) -> None:
        """Put these at the end of the queue."""
        base, file = base_folder(self._store), self._store.path
        how: Any = {"isolated": self._isolated(), "devices": self._devices()}
        self._runner.add(new_entry(each.document, each.words, base, file, **how) for each in chosen)
        count = "1 run waits" if len(chosen) == 1 else f"{len(chosen)} more runs wait"
        hint = "" if self._runner.on else " Start the queue in the Runs panel."
        self.message.emit(f"{count} in the queue.{hint}")
