"""Asking a run in the window: a thread that answers one question after the other, beside a run that goes on, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from graphs.document import UnreadableDocument
from lightning_modules.events import Failed, Outcome
from lightning_modules.job import Job
from studio.beside import BesideThread
from studio.collecting import GuiCollector
from studio.training import Trainer
from studio.warm_up import import_quietly

if TYPE_CHECKING:
    from lightning_modules.trial import Trial


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of a loaded run, and a word for whoever asked. `ask` runs in the thread.

    It gets the run and whether to stop.
    """

    about: str
    ask: Callable[[Trial, Callable[[], bool]], Any]


class AskingThread(BesideThread):
    """Answers one question. Lives in the GUI thread, so Qt queues there whatever `run` emits."""

    ended = Signal(
        object, object, object, str
    )  # Question, Trial or None, answer, why there is none

    def __init__(
        self, run_dir: Path, trial: Trial | None, question: Question, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._run_dir, self._trial, self._question = run_dir, trial, question

    def work(self) -> None:
        """Load the run if it is not yet, and answer; told by `ended`, whatever happens, unless it was left."""
        trial, found, reason = self._trial, None, ""
        try:
            import_quietly(lambda: not self.stopping())
            if self.stopping():
                return
            from lightning_modules.loaded_runs import in_turn, loaded  # torch; only who asks pays
            from lightning_modules.own_chance import OwnChance

            with OwnChance():
                trial = trial or loaded(self._run_dir)
                with in_turn(trial, self.stopping) as its_turn:
                    if its_turn and not self.stopping():
                        found = self._question.ask(trial, self.stopping)
        except Exception as error:  # noqa: BLE001 - the edge of the thread, nothing above
            from lightning_modules.explain import explain

            reason = str(error) if isinstance(error, UnreadableDocument) else explain(error)
        self.ended.emit(self._question, trial, found, reason)


class AskedRun(QObject):
    """The run that was trained or opened last, to be asked. One question at a time; of those that wait the newest.

    While another run is trained it still answers: its thread takes no random number of those that the training draws.
    """

    changed = Signal()  # another run, or none
    answered = Signal(str, object)  # what it was about, the answer
    refused = Signal(str, str)  # what it was about, a sentence

    def __init__(self, trainer: Trainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run_dir: Path | None = None
        self._trial: Trial | None = None
        self._thread: AskingThread | None = None
        self._asked: Question | None = None
        self._next: Question | None = None
        self._job: Job | None = None
        self._trainer = trainer
        trainer.started.connect(self._begin)
        trainer.ended.connect(self._end)
        trainer.closing.connect(self.leave)

    @property
    def busy(self) -> bool:
        """Whether an answer is under way."""
        return self._thread is not None

    def open(self, run_dir: Path) -> None:
        """Ask this run from now on."""
        self.leave()
        self.run_dir, self._trial = run_dir, None
        self.changed.emit()

    @Slot()
    def forget(self) -> None:
        """There is no run to ask any more."""
        self.leave()
        if self.run_dir is not None:
            self.run_dir, self._trial = None, None
            self.changed.emit()

    @Slot()
    def leave(self) -> None:
        """Let go of every question; the thread ends in its own time."""
        thread, self._thread, self._next, self._asked = self._thread, None, None, None
        if thread is None:
            return
        thread.ended.disconnect(self._take)
        self._trainer.leave(thread)

    def ask(self, question: Question) -> None:
        """Ask, or ask next; nothing where there is no run."""
        if self.run_dir is None:
            return
        if self._thread is not None:
            self._next = question
            return
        self._asked = question
        self._thread = AskingThread(self.run_dir, self._trial, question, self)
        self._thread.ended.connect(self._take)
        GuiCollector.during(self._thread)
        self._thread.start()

    @Slot(object, object, object, str)
    def _take(self, asked: Question, trial: Trial | None, found: object, reason: str) -> None:
        if asked is not self._asked:
            return  # what a thread told before it was left still arrives
        thread, self._thread, self._asked = self._thread, None, None
        assert thread is not None
        thread.wait()  # its last act was to emit this
        thread.deleteLater()
        self._trial = trial
        waiting, self._next = self._next, None
        if reason:
            self.refused.emit(asked.about, reason)
        else:
            self.answered.emit(asked.about, found)
        if waiting is not None:
            self.ask(waiting)

    @Slot(object)
    def _begin(self, job: Job) -> None:
        self._job = job

    @Slot(object)
    def _end(self, outcome: Outcome) -> None:
        job, self._job = self._job, None
        if job is not None and not isinstance(outcome, Failed):
            self.open(job.run_dir)
