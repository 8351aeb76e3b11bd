"""The forecast beside the window: a dry run in a process of its own, which ends at once when it is not wanted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QTimer, Signal, Slot

from lightning_modules.forecast import NoForecast, answer, command, question
from studio.store import Store
from studio.training import Trainer

REST_MS = 1500
"""A person who edits is left alone so long before the next dry run."""

END_MS = 2000


class Forecaster(QObject):
    """Makes dry runs of the open document once asked for one: every edit ends it, and after a rest begins another.

    Training ends it, too, and it does not begin while a run goes on.
    """

    changed = Signal(
        str
    )  # that it is under way, "" that there is none, or a sentence why there is none
    found = Signal(object)  # Forecast

    def __init__(
        self,
        store: Store,
        trainer: Trainer,
        devices: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        """`devices` says on how many the next run learns."""
        super().__init__(parent)
        self._store, self._trainer, self._devices = store, trainer, devices
        self._wanted = False
        self._process: QProcess | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._begin)
        store.changed.connect(self._on_edit)
        store.opened.connect(self.forget)
        trainer.started.connect(self.forget)
        trainer.closing.connect(self.forget)

    @property
    def under_way(self) -> bool:
        """Whether a dry run goes on."""
        return self._process is not None

    @Slot()
    def ask(self) -> None:
        """Make a forecast now, and from now on after each edit that changes what is trained."""
        self._wanted = True
        self._stop()
        self._begin()

    @Slot()
    def forget(self) -> None:
        """End what is under way, and make none until asked again."""
        self._wanted = False
        self._rest.stop()
        self._stop()
        self.changed.emit("")

    @Slot(object, object)
    def _on_edit(self, before: object, after: object) -> None:
        if _trained(before) != _trained(after):
            self.doubt()

    @Slot()
    def doubt(self) -> None:
        """What was said holds no more: after a rest say it anew, if anybody has asked."""
        if self._wanted:
            self._stop()
            self.changed.emit("")
            self._rest.start()

    @Slot()
    def _begin(self) -> None:
        if self._trainer.running:
            return
        path = self._store.path
        base = path.parent if path is not None else Path.home()
        try:
            asked = question(self._store.document, base, self._devices())
        except NoForecast as error:
            self.changed.emit(f"No forecast: {error}")
            return
        program, *arguments = command()
        process = self._process = QProcess(self)
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(self._on_finished)
        process.start(program, arguments)
        process.write(asked)
        process.closeWriteChannel()
        self.changed.emit("Forecast: a dry run is under way.")

    @Slot()
    def _on_finished(self) -> None:
        process, self._process = self._process, None
        assert process is not None
        printed = process.readAllStandardOutput().data()
        process.deleteLater()
        try:
            found = answer(bytes(printed))
        except NoForecast as error:
            self.changed.emit(f"No forecast: {error}")
        else:
            self.found.emit(found)

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.finished.disconnect(self._on_finished)
        process.kill()
        process.waitForFinished(END_MS)
        process.deleteLater()


def _trained(document: object) -> object:
    """What of a document decides how long a run takes, and how much memory."""
    networks = getattr(document, "networks", {})
    graphs = {name: (graph.nodes, graph.wires) for name, graph in networks.items()}
    return graphs, getattr(document, "objectives", None), getattr(document, "run", None)
