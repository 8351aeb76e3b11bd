"""The choice what weights the next run starts with, and the list of what would be kept, resized, new or left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from graphs.content import Document
from graphs.held_weights import held_weights
from graphs.plan import CannotBuild
from lightning_modules.checkpoint_record import CheckpointError
from lightning_modules.job import Job
from lightning_modules.run_places import last_runs, runs_folder
from lightning_modules.warm_start import Source, SourceError, compare, find_source, has_weights
from studio.forms.start_list import StartList
from studio.looks.theme import Theme
from studio.start_words import OPTIMIZER, start_summary
from studio.store import Store

Way: TypeAlias = Literal["new", "last", "run", "choose"]

TITLES: dict[Way, str] = {
    "new": "New weights",
    "last": "Last run",
    "run": "Run",
    "choose": "Choose a run…",
}
REFRESH_MS = 150
"""Edits that follow each other so soon are looked at once: of a thousand layers it takes a frame or two."""

RUNS_LOOKED_AT = 20
"""So many runs that kept nothing, failed early most likely, are passed over."""

NO_RUN = "This document has no run yet, so training starts with new weights."
MEND_FIRST = "What fits is shown here once the problems are mended."


class StartForm(QWidget):
    """A box and a list. What is chosen belongs to the document while the window is open; no file holds it.

    `ask` asks the person for the folder of a run, beginning in a folder; None if they thought better of it.
    """

    def __init__(
        self,
        store: Store,
        theme: Theme,
        ask: Callable[[Path], Path | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._theme, self._ask = store, theme, ask
        self._way: Way = "new"
        self._run: Path | None = None  # the one that was chosen
        self._trained: Path | None = None  # the last one of this document in this window
        self._last: Path | None = None
        self._chosen: dict[Path, tuple[Way, Path | None]] = {}
        self._sources: dict[Path, Source] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._compare)
        self._box = QComboBox()
        self._box.setAccessibleName("Start from")
        self._box.setToolTip("The weights that the next run starts with")
        self._box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._box.setMinimumContentsLength(8)
        self._box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._box.installEventFilter(self)
        self._box.activated.connect(self._choose)
        title = QLabel("Start from")
        title.setBuddy(self._box)
        self.summary = QLabel()
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setWordWrap(True)
        self.summary.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.summary.setAccessibleName("What the next run starts with")
        self.list = StartList(theme)
        row = QHBoxLayout()
        row.addWidget(title)
        row.addWidget(self._box, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(row)
        rows.addWidget(self.summary)
        rows.addWidget(self.list)
        store.changed.connect(self._notice_edit)
        store.opened.connect(self._reopen)
        self.set_theme(theme)

    @property
    def source(self) -> Path | None:
        """The run that the next one starts from; None for new weights."""
        return {"new": None, "last": self._last, "run": self._run}[self._way]

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self.list.set_theme(theme)
        self.refresh()

    def note_run(self, job: Job) -> None:
        """This run of the document has begun: from now on it is its last one."""
        self._trained = job.run_dir

    @Slot()
    def refresh(self) -> None:
        """Look again at the runs that there are, and at what fits of the chosen one."""
        self._sources.clear()
        self._last = self._find_last()
        self._fill_box()
        self._compare()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A passing mouse wheel scrolls the panel and does not choose."""
        if event.type() == QEvent.Type.Wheel and not self._box.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Make good what was left out while nobody could see it."""
        super().showEvent(event)
        self._timer.start()

    def _fill_box(self) -> None:
        self._box.clear()
        self._box.addItem(TITLES["new"], "new")
        self._box.addItem(TITLES["last"], "last")
        if self._run is not None:
            self._box.addItem(f"{TITLES['run']} {self._run.name}", "run")
        self._box.addItem(TITLES["choose"], "choose")
        model = self._box.model()
        assert isinstance(model, QStandardItemModel)
        model.item(1).setEnabled(self._last is not None or self._way == "last")
        model.item(1).setToolTip(NO_RUN if self._last is None else str(self._last))
        self._box.setCurrentIndex(self._box.findData(self._way))

    @Slot()
    def _compare(self) -> None:
        """Show what fits of the chosen run; what that run holds is read once."""
        self._timer.stop()
        source = self.source
        if source is None:
            self._say(NO_RUN if self._way == "last" else "")
        elif not self._store.report.ok:
            self._say(MEND_FIRST)
        else:
            try:
                self._show(self._found(source))
            except (SourceError, CheckpointError, CannotBuild) as error:
                self._say(str(error), bad=True)

    def _show(self, source: Source) -> None:
        layers = compare(held_weights(self._store.document, self._store.report.shapes), source)
        self._say(
            f"{source.folder.name}, {source.checkpoint} weights: {start_summary(layers)}. {OPTIMIZER}"
        )
        self.list.show_layers(layers)
        self.list.show()

    def _say(self, sentence: str, *, bad: bool = False) -> None:
        """Write one sentence in place of the list."""
        color = self._theme.warning if bad else self._theme.muted_text
        self.summary.setStyleSheet(f"color: {color};")
        self.summary.setText(sentence)
        self.summary.setVisible(bool(sentence))
        self.list.hide()

    def _found(self, path: Path) -> Source:
        if path not in self._sources:
            self._sources[path] = find_source(path)
        return self._sources[path]

    def _find_last(self) -> Path | None:
        """The newest run of this document that kept weights; one that was never saved knows its own runs alone."""
        path = self._store.path
        known = [self._trained] if self._trained is not None else []
        if path is not None:
            known += last_runs(path, RUNS_LOOKED_AT)
        return next((each for each in known if has_weights(each)), None)

    @Slot(int)
    def _choose(self, index: int) -> None:
        way: Way = self._box.itemData(index)
        if way == "choose":
            folder = runs_folder(self._store.path)
            run = self._ask(folder if folder.is_dir() else Path.home())
            if run is not None:
                try:
                    find_source(run)
                except (SourceError, CheckpointError) as error:
                    self.refresh()
                    self._say(str(error), bad=True)
                    return
                self._way, self._run = "run", run
        else:
            self._way = way
        if self._store.path is not None:
            self._chosen[self._store.path] = self._way, self._run
        self.refresh()

    @Slot(object, object)
    def _notice_edit(self, before: Document, after: Document) -> None:
        same = before.networks is after.networks and before.objectives is after.objectives
        if self._way != "new" and not same and self.isVisible():
            self._timer.start()

    @Slot()
    def _reopen(self) -> None:
        """Another document: what was chosen for it before, in this window."""
        path = self._store.path
        self._way, self._run = self._chosen.get(path, ("new", None)) if path else ("new", None)
        self._trained = None
        self.refresh()
