"""Training beside the window: one thread that runs or follows a job, and the Trainer that owns at most one."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, QThread, Signal, Slot

from lightning_modules.events import Event, Failed, Outcome
from lightning_modules.isolation import attach, train_apart
from lightning_modules.job import Job
from lightning_modules.pausing import ask_pause, end_pause
from studio.beside import BesideThread, outlive
from studio.collecting import GuiCollector
from studio.plots_import import PlotsImport
from studio.warm_up import FOR_PLOTS, import_quietly

Way: TypeAlias = Callable[
    [Job, Callable[[Event], None], Callable[[], bool], Callable[[], bool]], "Outcome | None"
]
"""How a job is run: given it, who hears its events, whether to stop and whether to leave, it says how the run ended."""


def train_here(
    job: Job,
    on_event: Callable[[Event], None],
    should_stop: Callable[[], bool],
    _should_leave: Callable[[], bool],
) -> Outcome:
    """Run it in this thread. A stop asked for while packages are imported ends the run before its first step."""
    import_quietly()
    from lightning_modules.run import train  # seconds to import; only trainers pay

    with quick_turns():
        return train(job, on_event, should_stop)


@contextmanager
def quick_turns() -> Iterator[None]:
    """Let a thread that waits for Python have it soon: one frame of curves would keep the run waiting all along."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def follow(
    job: Job,
    on_event: Callable[[Event], None],
    should_stop: Callable[[], bool],
    should_leave: Callable[[], bool],
) -> Outcome | None:
    """Follow it where it goes on already, in a process of its own."""
    return attach(job.run_dir, on_event, should_stop, should_leave)


TURN_S = 1e-5
"""How long another thread may keep Python; by itself it is 5 ms, and then a run waited for 6 % of its time."""

REST_S = 1.5
"""Imports of what only training needs leave the window alone so long after it shows."""


class TrainingThread(QThread):
    """Runs one job. Lives in the GUI thread, so Qt queues there whatever `run` emits."""

    progressed = Signal(object)  # an event
    ended = Signal(object)  # Completed | Stopped | Failed, exactly once; never if it was left

    def __init__(self, job: Job, parent: QObject | None = None, way: Way = train_here) -> None:
        super().__init__(parent)
        self._job, self._way = job, way
        self.after: tuple[threading.Event, ...] = ()
        """Waited for before the run: two networks at work would draw from the same random numbers."""
        self._stop, self._leave = threading.Event(), threading.Event()
        self._begun = threading.Event()

    @property
    def begun(self) -> bool:
        """Whether the run has told something: before that there is nothing to lose."""
        return self._begun.is_set()

    @property
    def goes_on_alone(self) -> bool:
        """Whether the run outlives this thread and the window."""
        return self._way is not train_here

    def request_stop(self) -> None:
        """Ask for a stop after the current batch. Safe from any thread."""
        self._stop.set()

    def leave(self) -> None:
        """Let a run that goes on alone do so, and end; any other is asked to stop."""
        (self._leave if self.goes_on_alone else self._stop).set()

    def run(self) -> None:
        """Train; the outcome is told by `ended`, whatever happens."""
        outcome: Outcome | None
        try:
            for each in self.after:
                each.wait()
            outcome = self._way(self._job, self._tell, self._stop.is_set, self._leave.is_set)
        except Exception as error:  # noqa: BLE001 - the edge of the thread, nothing above
            outcome = Failed(reason=explain(error), details=traceback.format_exc())
        if outcome is not None:
            self.ended.emit(outcome)

    def _tell(self, event: Event) -> None:
        self._begun.set()
        self.progressed.emit(event)


class WarmUpThread(BesideThread):
    """Imports what training needs, one package after the other, so that the first run starts at once.

    After a stop, packages that have not begun are left to the first run.
    """

    def work(self) -> None:
        """Import in order; what cannot be imported is told by the run that needs it."""
        try:
            import_quietly(self._goes_on, FOR_PLOTS)
            if not self._stop.wait(REST_S):
                import_quietly(self._goes_on)
        except Exception:  # noqa: BLE001 - the edge of the thread; the run says it in words
            return

    def _goes_on(self) -> bool:
        return not self.stopping()


class Trainer(QObject):
    """Runs one job at a time, and tells the window what happens, in the GUI thread."""

    started = Signal(object)  # Job
    progressed = Signal(object)  # every event of the run, in order
    ended = Signal(object)  # Outcome, exactly once for each started; `running` is already false
    closing = Signal()  # the window goes: whatever else works beside it ends now

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._collector, self._plots = GuiCollector(self), PlotsImport(self)
        self._thread: TrainingThread | None = None
        self._run_dir: Path | None = None
        self._warming: WarmUpThread | None = None
        self._left: list[threading.Event] = []

    @property
    def running(self) -> bool:
        """Whether a run has started whose end has not been told yet."""
        return self._thread is not None

    @property
    def ends_with_window(self) -> bool:
        """Whether a run is going on that cannot go on alone."""
        return self._thread is not None and not self._thread.goes_on_alone

    def start(self, job: Job, *, isolated: bool = False) -> None:
        """Run this job, here or in a process of its own, as one of several devices always is.

        Raises:
            RuntimeError: another one is running.
        """
        self._begin(job, train_apart if isolated or job.devices > 1 else train_here)

    def attach(self, job: Job) -> None:
        """Follow this job, which goes on in a process of its own that was started before.

        Raises:
            RuntimeError: another one is running.
        """
        self._begin(job, follow)

    def _begin(self, job: Job, way: Way) -> None:
        if self._thread is not None:
            raise RuntimeError("A run is going on. Stop it, or wait until it ends.")
        self._run_dir = job.run_dir
        self._thread = TrainingThread(job, self, way)
        self._thread.progressed.connect(self.progressed)
        self._thread.ended.connect(self._on_ended)
        self._collector.begin()
        self._plots.begin()
        self.started.emit(job)
        self._left = [each for each in self._left if not each.is_set()]
        self._thread.after = tuple(self._left)
        self._thread.start()

    def request_stop(self) -> None:
        """Ask the run, if there is one, to end after its current batch; `ended` follows."""
        if self._thread is not None:
            self._thread.request_stop()

    def rest(self, *, rest: bool) -> None:
        """Ask the run, if there is one, to rest after its current batch, or to go on; Paused and WentOn follow.

        Raises:
            OSError: its folder cannot be written to.
        """
        if self._thread is not None and self._run_dir is not None:
            (ask_pause if rest else end_pause)(self._run_dir)

    def warm_up(self) -> None:
        """Import in the background what the first run will need. Call it once the window is idle."""
        self._plots.begin()
        if self._warming is None and self._thread is None:
            self._warming = WarmUpThread(self)
            self._warming.start(QThread.Priority.LowPriority)

    @property
    def warming(self) -> bool:
        """Whether imports are under way in the background."""
        return self._warming is not None and self._warming.isRunning()

    def leave(self, thread: BesideThread) -> None:
        """Let go of a thread that works with a network. It ends in its own time, and the next run waits for it."""
        self._left.append(thread.over)
        thread.request_stop()
        outlive(thread)

    def close(self, timeout_ms: int = 10_000, idle_ms: int | None = None) -> bool:
        """Stop everything that does not go on alone, and wait for it; whether all threads have ended in time.

        What has nothing to lose is waited for `idle_ms`: imports take seconds, and cannot be broken off.
        """
        idle_ms = timeout_ms if idle_ms is None else idle_ms
        self.closing.emit()
        self._plots.end()
        limits: dict[TrainingThread | WarmUpThread, int] = {}
        if self._thread is not None:
            self._thread.leave()
            limits[self._thread] = timeout_ms if self._thread.begun else idle_ms
        if self._warming is not None:
            self._warming.request_stop()
            limits[self._warming] = idle_ms
        late = [thread for thread, limit in limits.items() if not thread.wait(limit)]
        for thread in late:
            outlive(thread)
        if self._thread in late:
            self._thread.progressed.disconnect(self.progressed)
            self._thread.ended.disconnect(self._on_ended)
            self._thread = None
        if self._warming in late:
            self._warming = None
        self._collector.end()
        left = [each.wait(idle_ms / 1000) for each in self._left]
        return not late and all(left)

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        thread, self._thread = self._thread, None
        assert thread is not None
        thread.wait()  # its last act was to emit this
        thread.deleteLater()
        self._collector.end()
        self.ended.emit(outcome)


def explain(error: Exception) -> str:
    """One sentence for people about an error that nobody foresaw."""
    what = str(error).strip().partition("\n")[0][:200]
    if isinstance(error, MemoryError) or "out of memory" in what.lower():
        return "The computer's memory was not enough for this run: try a smaller batch size or fewer features."
    if isinstance(error, ModuleNotFoundError):
        return f'Training needs the Python package "{error.name}", which is not installed.'
    if isinstance(error, OSError) and error.strerror:
        where = f' at "{error.filename}"' if error.filename else ""
        return f"The run could not read or write its files{where}: {error.strerror}."
    return f"Training ended because of an unexpected error: {what or type(error).__name__}."
