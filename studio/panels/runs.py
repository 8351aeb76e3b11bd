"""The runs: a list of all runs of the document, what differs between those that are chosen, and the queue."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from graphs.document import UnreadableDocument, load
from lightning_modules.events import EpochEnded, Event, Started
from lightning_modules.job import Job
from lightning_modules.run_folder import DOCUMENT
from lightning_modules.run_places import runs_folder
from lightning_modules.run_queue import Queue, queue_folder
from lightning_modules.run_summary import TIME_NAME, RunSummary, epochs_of
from studio.curves.several import NamedRun, several
from studio.looks.theme import Theme
from studio.runs.adding import QueueAdder
from studio.runs.deeds import RunDeeds
from studio.runs.differences import MOST_COMPARED, Differences
from studio.runs.list_view import RunsList
from studio.runs.queue_page import QueuePage
from studio.runs.queue_runner import QueueRunner
from studio.runs.reading import RunReader
from studio.runs.table import NOTE, RUN, RunsModel
from studio.value_words import titles_of

if TYPE_CHECKING:
    from studio.documents.files import Files
    from studio.store import Store
    from studio.training import Trainer

READ_AFTER_MS = 250
"""News of a run that follow each other so soon are read at once."""

LOOK_EVERY_MS = 5_000
"""How often it looks for runs that were started or deleted elsewhere, while it can be seen."""

NO_RUNS = "This document has no runs yet. Press Train (F5) to make the first one."
NOTHING_FOUND = "No run has these words. Clear the filter to see all of them."
LIST, COMPARE, QUEUE = range(3)


class RunsPanel(QWidget):
    """Three pages under one row of tabs. Other parts are asked by signals; actions reach `deeds` and `runner`."""

    compare_requested = Signal(object)  # RunCurves of several runs, None to go back
    curves_requested = Signal()
    message = Signal(str)  # one sentence
    changed = Signal()  # what can be done is other than before

    def __init__(
        self,
        store: Store,
        theme: Theme,
        trainer: Trainer,
        files: Files,
        isolated: Callable[[], bool],
        devices: Callable[[], int] = lambda: 1,
        parent: QWidget | None = None,
    ) -> None:
        """`isolated` says whether runs that start here get a process of their own, `devices` on how many they learn."""
        super().__init__(parent)
        self.setObjectName("runs")
        self.setWindowTitle("Runs")
        self._store, self._theme, self._trainer = store, theme, trainer
        self.deeds = RunDeeds(store, trainer, files, isolated, self)
        self.runner = QueueRunner(Queue(queue_folder()), trainer, self)
        self.adder = QueueAdder(store, self.runner, isolated, devices, self)
        self._reader = RunReader(self)
        self._stale, self._comparing = True, False
        self._soon, self._poll = QTimer(self), QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(READ_AFTER_MS)
        self._poll.setInterval(LOOK_EVERY_MS)
        self._make_widgets()
        self._arrange()
        self._connect()
        self._reopen()
        self._follow_edit()
        self._count_queue()

    def _make_widgets(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Pages of the runs")
        for words in ("List", "Compare", "Queue"):
            self.tabs.addTab(words)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter: name, state, setting, note")
        self.filter.setAccessibleName("Filter the runs")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMinimumWidth(70)
        self.more = QPushButton("Actions")
        self.more.setAutoDefault(False)
        self.more.setToolTip("What can be done with the chosen runs")
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.more.setMenu(self.menu)
        self.model = RunsModel(self._theme)
        self.list = RunsList(self.model)
        self.empty = QLabel(NO_RUNS)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.differences = Differences(self._theme)
        self.queue = QueuePage(self.runner, self._theme)

    def _arrange(self) -> None:
        self._listed = QStackedWidget()
        self._listed.addWidget(self.empty)
        self._listed.addWidget(self.list)
        self._pages = QStackedWidget()
        for page in (self._listed, self.differences, self.queue):
            self._pages.addWidget(page)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.tabs)
        bar.addStretch(1)
        bar.addWidget(self.filter, 2)
        bar.addWidget(self.more)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 2, 8, 6)
        rows.setSpacing(4)
        rows.addLayout(bar)
        rows.addWidget(self._pages, 1)
        self.set_theme(self._theme)

    def _connect(self) -> None:
        self._soon.timeout.connect(self._read)
        self._poll.timeout.connect(self.refresh)
        self._reader.found.connect(self._show)
        self.tabs.currentChanged.connect(self._show_page)
        self.filter.textChanged.connect(self._filter)
        self.list.chosen_changed.connect(self.deeds.choose)
        self.list.delete_requested.connect(self.deeds.delete)
        self.list.undo_requested.connect(self.deeds.undo)
        self.list.menu_requested.connect(self._open_menu)
        self.model.renamed.connect(self.deeds.rename)
        self.model.noted.connect(self.deeds.annotate)
        self.deeds.changed.connect(self.refresh)
        self.deeds.changed.connect(self.changed)
        self.deeds.chosen_changed.connect(self._compare)
        self.deeds.message.connect(self.message)
        self.runner.message.connect(self.message)
        self.adder.message.connect(self.message)
        self.runner.changed.connect(self._count_queue)
        self.queue.add_requested.connect(self.adder.add_as_it_is)
        self.queue.add_several_requested.connect(self.add_several)
        self.differences.curves_requested.connect(self.curves_requested)
        self._store.opened.connect(self._reopen)
        self._store.file_changed.connect(self._follow_file)
        self._store.changed.connect(self._follow_edit)
        self._trainer.started.connect(self._begin)
        self._trainer.progressed.connect(self._take)
        self._trainer.ended.connect(self.refresh)
        self._trainer.closing.connect(partial(self._reader.close, self._trainer.leave))

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self.empty.setStyleSheet(
            f"color: {theme.muted_text}; background: {theme.base}; font-size: 13pt;"
        )
        self.model.set_theme(theme)
        self.differences.set_theme(theme)
        self.queue.set_theme(theme)

    @Slot()
    def _reopen(self) -> None:
        if not self.deeds.opening:  # the graph of a run is looked at beside the other runs
            self._go_to(runs_folder(self._store.path))

    @Slot()
    def _follow_file(self) -> None:
        if self._store.path is not None:  # saved under another name, it has other runs
            self._go_to(runs_folder(self._store.path))

    def _go_to(self, place: Path) -> None:
        if place != self.deeds.place:
            self.deeds.place = place
            self.deeds.history.clear()
            self.model.show_runs((), "")
            self.list.clearSelection()
            self._filter()
        self.refresh()

    @Slot(object)
    def _begin(self, job: Job) -> None:
        if job.run_dir.parent == runs_folder(self._store.path):
            self._go_to(job.run_dir.parent)
        self.refresh()

    @Slot(object)
    def _take(self, event: Event) -> None:
        if isinstance(event, (Started, EpochEnded)):
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read soon what is new, as soon as it can be seen."""
        self._stale = True
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _read(self) -> None:
        self._stale = False
        self._reader.read(self.deeds.place)

    @Slot(object, object, str)
    def _show(self, place: Path, runs: tuple[RunSummary, ...], baseline: str) -> None:
        if place != self.deeds.place:
            return
        self.deeds.baseline = baseline
        self.model.show_runs(runs, baseline)
        self._filter()
        self.list.tell_chosen()
        self.changed.emit()

    @Slot()
    def _filter(self) -> None:
        self.model.set_filter(self.filter.text())
        found = self.model.rowCount() > 0
        self.empty.setText(NOTHING_FOUND if self.model.all else NO_RUNS)
        self._listed.setCurrentWidget(self.list if found else self.empty)

    @Slot()
    def _compare(self) -> None:
        chosen = self.deeds.chosen
        self.differences.show_runs(chosen)
        if len(chosen) > 1:
            self._comparing = True
            self.compare_requested.emit(several(map(_named, chosen[:MOST_COMPARED])))
        elif self._comparing:
            self._comparing = False
            self.compare_requested.emit(None)
        self.changed.emit()

    @Slot(int)
    def _show_page(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        self.filter.setVisible(page == LIST)
        self.more.setVisible(page != QUEUE)

    def show_list(self) -> None:
        """Bring the list to the front."""
        self.tabs.setCurrentIndex(LIST)

    def show_differences(self) -> None:
        """Bring to the front in what the chosen runs differ."""
        self.tabs.setCurrentIndex(COMPARE)

    def show_queue(self) -> None:
        """Bring the queue to the front."""
        self.tabs.setCurrentIndex(QUEUE)

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        self.menu.popup(place)

    def name_run(self) -> None:
        """Let a person write the name of the chosen run."""
        self.show_list()
        self.list.edit_cell(RUN)

    def note_run(self) -> None:
        """Let a person write a note on the chosen run."""
        self.show_list()
        self.list.edit_cell(NOTE)

    @Slot()
    def add_several(self) -> None:
        """Ask which settings to vary, and put every combination at the end of the queue."""
        self.adder.ask(self._theme, self.window())

    @Slot()
    def _count_queue(self) -> None:
        count = len(self.runner.entries)
        self.tabs.setTabText(QUEUE, f"Queue ({count})" if count else "Queue")
        self.changed.emit()

    @Slot()
    def _follow_edit(self) -> None:
        why = self.adder.why_not()
        for button in (self.queue.add, self.queue.several):
            button.setEnabled(not why)

    def showEvent(self, event: QShowEvent) -> None:
        """What is new since it was last seen is read now."""
        super().showEvent(event)
        self._poll.start()
        self.runner.look_again()  # another window may have added to the queue
        if self._stale:
            self._read()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is read that nobody sees."""
        super().hideEvent(event)
        self._poll.stop()
        self._soon.stop()


def _named(run: RunSummary) -> NamedRun:
    """The run for the curves; in a legend there is no room for the year of a date."""
    try:
        titles = titles_of(load(run.path / DOCUMENT).main)
    except UnreadableDocument:
        titles = {}
    name = run.label.name or run.name[5:] if TIME_NAME.fullmatch(run.path.name) else run.name
    return NamedRun(name, tuple(epochs_of(run.path)), tuple(titles.items()))
