"""Training: how far the run is, its last values, how it ended, and its settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from graphs.content import Document
from lightning_modules.events import (
    Evaluated,
    Event,
    Failed,
    Outcome,
    Started,
    Stopped,
    WarmStarted,
    Warned,
)
from lightning_modules.job import Job
from lightning_modules.run_places import new_run_dir
from studio.forms.isolation_row import IsolationRow
from studio.forms.run_form import RunForm
from studio.forms.start_form import StartForm
from studio.forms.start_list import StartMessage
from studio.looks.theme import Theme
from studio.outcome_words import outcome_words
from studio.pace import Throttle
from studio.progress_bar import ProgressBar
from studio.results.values import ValuesTable
from studio.run_progress import RunProgress
from studio.store import Store
from studio.training import Trainer
from studio.value_words import SPLITS

PROGRESS_STEPS = 1000
PROGRESS_EVERY_MS = 250
"""Words that change more often cannot be read."""

HOW_TO_TRAIN = "Train in the tool bar (F5) uses these settings."


class TrainingPanel(QScrollArea):
    """Progress, outcome and form, one below the other. The one button to train and to stop is in the tool bar."""

    readiness_changed = Signal(str)  # what `why_not_train` says now
    run_words_changed = Signal(str)  # "Training, epoch 3 of 20", "" once the run has ended
    message = Signal(str)  # one sentence for the status bar
    failed = Signal(str)  # the run ended with a failure: the sentence

    def __init__(
        self,
        store: Store,
        theme: Theme,
        trainer: Trainer,
        ask_run: Callable[[Path], Path | None],
        parent: QWidget | None = None,
    ) -> None:
        """`ask_run` asks for the folder of a run to start from, beginning in a folder."""
        super().__init__(parent)
        self.setObjectName("training")
        self.setWindowTitle("Training")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._store, self._theme, self._trainer = store, theme, trainer
        self._job: Job | None = None
        self._ended: Outcome | None = None
        self._progress = RunProgress()
        self._soon = Throttle(self._show_progress, PROGRESS_EVERY_MS, self)
        self._ready = self._run_words = ""
        self._stopping = self._next_run_told = self._of_another = False
        self._make_widgets()
        self.start_from = StartForm(store, theme, ask_run)
        self.isolation = IsolationRow(store, trainer)
        self.isolation.go_on_requested.connect(self._go_on)
        self.form = RunForm(store, theme)
        self.setWidget(self._arranged())
        store.changed.connect(self._sync)
        store.changed.connect(self._notice_edit)
        store.opened.connect(self._reopen)
        trainer.started.connect(self._begin)
        trainer.progressed.connect(self._take)
        trainer.ended.connect(self._end)
        self.set_theme(theme)
        self._sync()

    def _make_widgets(self) -> None:
        self._why = _label("Why Train is off")
        self._bar = ProgressBar("Progress of the run")
        self._bar.setRange(0, PROGRESS_STEPS)
        self._bar.setFixedHeight(8)
        self._far = _label("How far the run is")
        self._facts = _label("Device and speed")
        self._outcome = _label("How the run ended")
        self._outcome.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._warned = _label("Warnings of the run")
        self._begun = StartMessage(self._theme)
        self._fold = QToolButton()
        self._fold.setText("Details")
        self._fold.setAccessibleName("Details of the failure")
        self._fold.setCheckable(True)
        self._fold.setAutoRaise(True)
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.setArrowType(Qt.ArrowType.RightArrow)
        self._fold.toggled.connect(self._unfold)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setAccessibleName("Details")
        self._details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._details.setFixedHeight(150)
        self._values = ValuesTable(self._theme)

    def _arranged(self) -> QWidget:
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(10, 8, 10, 8)
        rows.setSpacing(6)
        told: tuple[QWidget, ...] = (
            self._bar,
            self._far,
            self._facts,
            self._outcome,
            self._warned,
            self._fold,
            self._details,
            self._values,
            self._begun,
        )
        for widget in (self._why, *told, self.start_from, self.isolation, self.form):
            rows.addWidget(widget)
        for widget in told:  # until there is something to tell
            widget.hide()
        rows.addStretch(1)
        return inside

    def minimumSizeHint(self) -> QSize:
        """As wide as its rows can become, so that a dock never cuts a button in two."""
        bar = self.verticalScrollBar().sizeHint().width()
        inside = self.widget().minimumSizeHint().width() if self.widget() is not None else 0
        return QSize(inside + bar, super().minimumSizeHint().height())

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self._color_why()
        self._warned.setStyleSheet(f"color: {theme.warning};")
        self._facts.setStyleSheet(f"color: {theme.muted_text};")
        self.form.set_theme(theme)
        self.start_from.set_theme(theme)
        self._begun.set_theme(theme)
        self._color_outcome()
        self._values.set_theme(theme)

    def why_not_train(self) -> str:
        """Why training cannot start now, as a sentence; "" if it can."""
        if self._trainer.running:
            return "It is training already."
        if not self._store.graph.nodes:
            return "There is nothing to train yet: the canvas is empty."
        count = sum(problem.severity == "error" for problem in self._store.report.problems)
        if count:
            return f"{count} {'problem' if count == 1 else 'problems'} to mend first."
        return ""

    @Slot()
    def train(self) -> None:
        """Start a run of the document as it stands, saved or not; nothing if it cannot be trained."""
        if self.why_not_train():
            return
        path = self._store.path
        base = path.parent if path is not None else Path.home()
        source, devices = self.start_from.source, self.isolation.devices.chosen
        document, folder = self._store.document, new_run_dir(path)
        job = Job(document, base, folder, start_from=source, devices=devices)
        self._trainer.start(job, isolated=self.isolation.wanted)

    @Slot(object)
    def _go_on(self, job: Job) -> None:
        if not self._trainer.running:
            self._trainer.start(job, isolated=self.isolation.wanted)

    @property
    def stopping(self) -> bool:
        """Whether the run that goes on was asked to end."""
        return self._stopping and self._trainer.running

    @Slot()
    def stop(self) -> None:
        """Ask the run to end after its current batch."""
        if self._trainer.running:
            self._trainer.request_stop()
            self._stopping = True
            self._far.setText("Stopping after this batch")
            self._tell_run("Stopping after this batch")

    @property
    def progress(self) -> RunProgress:
        """How far the run is, or the last one was."""
        return self._progress

    @Slot()
    def pause(self) -> None:
        """Ask the run to rest after its current batch, or to go on."""
        try:
            self._trainer.rest(rest=not self._progress.paused)
        except OSError as error:
            self.message.emit(f"The run cannot be paused: {error.strerror}.")

    @Slot(object, object)
    def _sync(self, _before: object = None, _after: object = None) -> None:
        why = self.why_not_train()
        running = self._trainer.running
        self._why.setText(why or HOW_TO_TRAIN)
        self._color_why()
        self._why.setVisible(not running and (bool(why) or self._outcome.isHidden()))
        if why != self._ready:
            self._ready = why
            self.readiness_changed.emit(why)

    @Slot(object, object)
    def _notice_edit(self, before: Document, after: Document) -> None:
        if not self._trainer.running or self._next_run_told:
            return
        if _learns(before) != _learns(after):
            QTimer.singleShot(0, self._say_next_run)  # `opened` comes after `changed`

    @Slot()
    def _say_next_run(self) -> None:
        if self._trainer.running and not self._next_run_told:
            self._next_run_told = True
            self.message.emit("This edit applies to the next run.")

    @Slot()
    def _reopen(self) -> None:
        if self._trainer.running:  # of a run of another document only the end is of interest
            self._of_another = self._next_run_told = True
            return
        if self._ended is not None:
            self.message.emit("")
        self._ended = None
        self._clear()
        self._bar.hide()
        self._far.hide()

    def _tell_run(self, words: str) -> None:
        if words != self._run_words:
            self._run_words = words
            self.run_words_changed.emit(words)

    def _scroll_up(self) -> None:
        QTimer.singleShot(0, self, lambda: self.verticalScrollBar().setValue(0))

    @Slot(object)
    def _begin(self, job: Job) -> None:
        self._job = job
        self.start_from.note_run(job)
        self._progress = RunProgress()
        self._stopping = self._next_run_told = self._of_another = False
        self._clear()
        self._bar.setRange(0, 0)  # busy: nobody knows yet how long
        self._bar.show()
        self._far.setText("Getting ready: loading PyTorch and the data")
        self._far.show()
        self.message.emit("")  # how the last run ended is old news
        self._tell_run("Training, getting ready")
        self._scroll_up()
        self._sync()

    def _clear(self) -> None:
        self._soon.forget()
        for widget in (
            self._outcome,
            self._warned,
            self._fold,
            self._details,
            self._values,
            self._facts,
            self._begun,
        ):
            widget.hide()
        self._fold.setChecked(False)

    @Slot(object)
    def _take(self, event: Event) -> None:
        progress = self._progress
        progress.take(event)
        if isinstance(event, Started):
            self._bar.setRange(0, PROGRESS_STEPS)
        elif isinstance(event, Evaluated):
            self._far.setText(f"Measured on the {SPLITS.get(event.split, event.split)} part")
        elif isinstance(event, WarmStarted):
            self._begun.show_start(event)
        elif isinstance(event, Warned):
            self._warned.setText("\n".join(progress.warnings))
            self._warned.show()
        if progress.started is not None and not isinstance(event, Evaluated):
            self._soon.ask()

    def _show_progress(self) -> None:
        progress = self._progress
        assert progress.started is not None
        assert self._job is not None
        if progress.values:
            self._values.show_values(progress.values, self._job.document.main)
        self._bar.setValue(round(PROGRESS_STEPS * progress.fraction))
        if not self._stopping:
            self._far.setText(progress.words)
            self._tell_run(f"{'Paused' if progress.paused else 'Training'}, {progress.epoch_words}")
        facts = [progress.started.device, f"{progress.started.parameters:,} parameters"]
        if speed := progress.samples_per_s:
            facts.append(f"{speed:,.0f} samples/s")
            facts.append(f"learning rate {progress.learning_rate:.3g}")
        self._facts.setText(" · ".join(facts))
        self._facts.show()

    @Slot(object)
    def _end(self, outcome: Outcome) -> None:
        self._ended = outcome
        self._soon.end()
        self.start_from.refresh()  # it may be the last run now
        self._bar.hide()
        self._far.hide()
        assert self._job is not None
        whose = f"{self._job.document.title or 'Another document'}: " if self._of_another else ""
        words = outcome_words(outcome, self._progress, self._job.document.main)
        self._outcome.setText(f"{whose}{words}")
        self._color_outcome()
        self._outcome.show()
        details = outcome.details if isinstance(outcome, Failed) else ""
        self._details.setPlainText(details)
        self._fold.setVisible(bool(details))
        self._tell_run("")
        if isinstance(outcome, Failed):
            self.failed.emit(self._outcome.text())
        else:
            self.message.emit(self._outcome.text())
        if isinstance(outcome, Failed) or not self.form.isAncestorOf(self.focusWidget()):
            self._scroll_up()  # else a person is typing further down
        if isinstance(outcome, Failed) and outcome.nodes and not self._of_another:
            self._store.select(node for node in outcome.nodes if node in self._store.graph.nodes)
        self._sync()

    def _color_why(self) -> None:
        color = self._theme.warning if self.why_not_train() else self._theme.muted_text
        self._why.setStyleSheet(f"color: {color};")

    def _color_outcome(self) -> None:
        failed, stopped = isinstance(self._ended, Failed), isinstance(self._ended, Stopped)
        color = self._theme.error if failed else self._theme.text if stopped else self._theme.ok
        self._outcome.setStyleSheet(f"color: {color}; font-weight: 600;")

    @Slot(bool)
    def _unfold(self, open_: bool) -> None:
        self._fold.setArrowType(Qt.ArrowType.DownArrow if open_ else Qt.ArrowType.RightArrow)
        self._details.setVisible(open_)


def _learns(document: Document) -> object:
    """What of a document a run depends on: all but where things stand, and words."""
    graphs = {name: (graph.nodes, graph.wires) for name, graph in document.networks.items()}
    return graphs, document.objectives, document.run


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)  # sentences hold names from files
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    label.setAccessibleName(name)
    return label
