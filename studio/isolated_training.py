"""Runs of the open document that the window did not see end: one that goes on by itself, one that was interrupted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from lightning_modules.events import Outcome
from lightning_modules.isolation import is_going_on, kept_steps, read_job, to_go_on
from lightning_modules.job import Job
from lightning_modules.run_folder import RunFolderError
from lightning_modules.run_places import last_runs
from studio.store import Store
from studio.training import Trainer

NEWEST = 5
"""So many of the newest runs are looked at: one that goes on is rarely older."""


class UnseenRuns(QObject):
    """Follows an isolated run that still goes on when its document is opened, and finds what was interrupted."""

    interrupted = Signal(
        object, int
    )  # the Job that goes on with it (None: there is none), its steps

    def __init__(self, store: Store, trainer: Trainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._trainer = store, trainer
        store.opened.connect(self._look_soon)
        trainer.started.connect(self._forget)
        trainer.ended.connect(self._on_ended)
        self._running: Path | None = None

    @Slot()
    def _look_soon(self) -> None:
        QTimer.singleShot(0, self, self._look)  # once every panel shows the document

    def _look(self) -> None:
        if self._trainer.running:
            return
        runs = last_runs(self._store.path, NEWEST)
        for each in runs:
            if is_going_on(each) and self._follow(each):
                return
        self._offer(runs[0] if runs and self._store.path is not None else None)

    def _follow(self, run_dir: Path) -> bool:
        try:
            job = read_job(run_dir)
        except RunFolderError:
            return False
        # Documents without a name keep their runs in one place.
        if self._store.path is None and job.document.networks != self._store.document.networks:
            return False
        self._trainer.attach(job)
        return True

    def _offer(self, run_dir: Path | None) -> None:
        job = to_go_on(run_dir) if run_dir is not None else None
        self.interrupted.emit(job, (kept_steps(job.run_dir) or 0) if job is not None else 0)

    @Slot(object)
    def _forget(self, job: Job) -> None:
        self._running = job.run_dir
        self.interrupted.emit(None, 0)

    @Slot(object)
    def _on_ended(self, _outcome: Outcome) -> None:
        self._offer(self._running)
