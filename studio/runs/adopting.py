"""Runs of a document without a name: once it is saved under one, they stand in its own folder as well."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from lightning_modules.run_folder import is_locked
from lightning_modules.run_places import keep_also_in, runs_folder

if TYPE_CHECKING:
    from lightning_modules.job import Job
    from studio.store import Store
    from studio.training import Trainer

log = logging.getLogger(__name__)


class RunAdopter(QObject):
    """Remembers what was trained while the open document had no file. A run that goes on follows when it has ended.

    The first folders stay: panels that show one of those runs go on with it.
    """

    adopted = Signal()  # the folder of the document's runs has more than before

    def __init__(self, store: Store, trainer: Trainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._waiting: list[Path] = []
        store.opened.connect(self._forget)
        store.file_changed.connect(self._adopt)
        trainer.started.connect(self._remember)
        trainer.ended.connect(self._adopt)

    @Slot()
    def _forget(self) -> None:
        self._waiting.clear()

    @Slot(object)
    def _remember(self, job: Job) -> None:
        if self._store.path is None and job.run_dir.parent == runs_folder(None):
            self._waiting.append(job.run_dir)

    @Slot()
    def _adopt(self) -> None:
        path = self._store.path
        if path is None or not self._waiting:
            return
        ended = [each for each in self._waiting if not is_locked(each)]
        self._waiting = [each for each in self._waiting if each not in ended]
        for each in ended:
            try:
                keep_also_in(each, runs_folder(path))
            except OSError as error:
                log.warning("The run %s could not be kept beside its document: %s", each, error)
        if ended:
            self.adopted.emit()
