"""Using what was learned: choose a procedure of the run, let it work, and see or save what it makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from graphs.procedures import Loop, ProcedureError, loop_of
from lightning_modules.events import Failed, Outcome
from lightning_modules.job import Job
from studio.collecting import GuiCollector
from studio.progress_bar import ProgressBar
from studio.training import Trainer
from studio.using import Refused, Use, UsingThread

if TYPE_CHECKING:
    from lightning_modules.made import Made

MOST_IN_WINDOW = 1000
LARGEST_SEED = 2**31 - 1


class UseBox(QWidget):
    """Stands beside the results of a run whose document has procedures; else it is not to be seen."""

    def __init__(self, trainer: Trainer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loops: dict[str, Loop] = {}
        self._run_dir = Path()
        self._thread: UsingThread | None = None
        self._job: Job | None = None
        self._trainer = trainer
        self.made: Made | None = None
        self.choice, self.start = QComboBox(), QLineEdit()
        self.start.setPlaceholderText("a line's beginning")
        self.count = _number(1, MOST_IN_WINDOW)
        self.seed = _number(0, LARGEST_SEED)
        self.button, self.save = QPushButton("Use"), QPushButton("Save…")
        self.progress = ProgressBar("Progress of the procedure")
        self.said = QLabel()
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.text, self.picture = QPlainTextEdit(), QLabel()
        self.text.setReadOnly(True)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        ignored = (
            QSizePolicy.Policy.Ignored
        )  # the picture takes the size of its place, not the other way round
        self.picture.setSizePolicy(ignored, ignored)
        self.shown = QStackedWidget()
        for page in (self.text, self.picture):
            self.shown.addWidget(page)
        self._arrange()
        self.choice.currentTextChanged.connect(self._choose)
        self.button.clicked.connect(self.use)
        self.save.clicked.connect(self._ask_where)
        trainer.started.connect(self._begin)
        trainer.ended.connect(self._end)
        trainer.closing.connect(self.leave)
        self.hide()

    def _arrange(self) -> None:
        for widget, name in (
            (self.choice, "Procedure"),
            (self.start, "Begin with"),
            (self.count, "How many"),
            (self.seed, "Seed"),
            (self.text, "What the procedure made"),
            (self.picture, "Images that the procedure made"),
        ):
            widget.setAccessibleName(name)
        self._form = QFormLayout()
        self._form.addRow("Procedure", self.choice)
        self._form.addRow("Begin with", self.start)
        self._form.addRow("How many", self.count)
        self._form.addRow("Seed", self.seed)
        row = QHBoxLayout()
        for button in (self.button, self.save):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.button.setToolTip("Let the network do what the procedure says")
        self.save.setToolTip("Save what was made as text, CSV, JSON or PNG")
        row.addWidget(self.progress, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(self._form)
        whole.addLayout(row)
        whole.addWidget(self.said)
        whole.addWidget(self.shown, 1)

    @Slot()
    def forget(self) -> None:
        """Another document is shown: what belongs to a run before goes."""
        self.leave()
        self.hide()

    @Slot()
    def leave(self) -> None:
        """Stop what is being made; its thread ends after one step."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.ended.disconnect(self._take)
        thread.progressed.disconnect(self._show_progress)
        self._trainer.leave(thread)
        self._rest()

    @Slot(object)
    def _begin(self, job: Job) -> None:
        # A run draws from torch's global random numbers, and so does the network that is used: not both at once.
        self.forget()
        self._job = job

    @Slot(object)
    def _end(self, outcome: Outcome) -> None:
        job, self._job = self._job, None
        if job is not None and not isinstance(outcome, Failed):
            self.offer(job)

    def offer(self, job: Job) -> None:
        """Offer the procedures of this run that can be run; nothing to be seen if there are none."""
        self._run_dir = job.run_dir
        self._loops = {}
        for procedure in job.document.procedures:
            try:
                self._loops[procedure.name] = loop_of(job.document, procedure)
            except ProcedureError:
                continue  # the problems say why
        self.made = None
        self.choice.clear()
        self.choice.addItems(list(self._loops))
        self.said.hide()
        self.shown.hide()
        self._rest()
        self.setVisible(bool(self._loops))

    @Slot(str)
    def _choose(self, name: str) -> None:
        loop = self._loops.get(name)
        if loop is not None:
            self._form.setRowVisible(self.start, loop.writes)
            self.count.setValue(loop.kind.count)

    @Slot()
    def use(self) -> None:
        """Let the chosen procedure work; if one works already, end it after its step."""
        if self._thread is not None:
            self._thread.request_stop()
            self.button.setEnabled(False)
            return
        from lightning_modules.made import Wish  # numpy, which the window shows without

        loop = self._loops[self.choice.currentText()]
        start = self.start.text() if loop.writes and self.start.text() else None
        wish = Wish(start, self.count.value(), None, self.seed.value())
        self._thread = UsingThread(Use(self._run_dir, loop.procedure.name, wish), self)
        self._thread.progressed.connect(self._show_progress)
        self._thread.ended.connect(self._take)
        self.button.setText("Stop")
        self.save.hide()
        self.said.hide()
        self.progress.setRange(0, 0)
        self.progress.show()
        GuiCollector.during(self._thread)
        self._thread.start()

    @Slot(int, int)
    def _show_progress(self, done: int, of: int) -> None:
        self.progress.setRange(0, of)
        self.progress.setValue(done)

    @Slot(object)
    def _take(self, found: Made | Refused) -> None:
        if self._thread is None or self.sender() is not self._thread:
            return  # what a thread told before it was left still arrives
        thread, self._thread = self._thread, None
        thread.wait()  # its last act was to emit this
        thread.deleteLater()
        if isinstance(found, Refused):
            self.made = None
            self._tell(found.reason)
        else:
            self.made = found
            self._show(found)
        self._rest()

    def _show(self, made: Made) -> None:
        images = made.shape == "images" and bool(made.made)
        if not images:
            self.text.setPlainText(made.text)
        self.shown.setCurrentWidget(self.picture if images else self.text)
        self.shown.show()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw images as large as fits."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self.made is not None and self.shown.currentWidget() is self.picture:
            layout = self.layout()
            assert layout is not None
            layout.activate()  # the place has its size before the picture is made for it
            self.picture.setPixmap(_scaled(_picture(self.made), self.shown))

    def _rest(self) -> None:
        self.button.setText("Use")
        self.button.setEnabled(True)
        self.progress.hide()
        self.save.setVisible(self.made is not None)

    @Slot()
    def _ask_where(self) -> None:
        assert self.made is not None
        from lightning_modules.made import SUFFIXES

        suffixes = SUFFIXES[self.made.shape]
        kinds = ";;".join(f"{suffix[1:].upper()} (*{suffix})" for suffix in suffixes)
        name, _ = QFileDialog.getSaveFileName(
            self, "Save what was made", f"{self.made.procedure}{suffixes[0]}", kinds
        )
        if name:
            self.save_to(Path(name))

    def save_to(self, path: Path) -> bool:
        """Write what was made in the form that the suffix says, and tell so; whether it worked."""
        if self.made is None:
            return False
        from lightning_modules.made import write_made

        try:
            write_made(self.made, path)
        except ProcedureError as error:
            self._tell(str(error))
            return False
        except OSError as error:
            self._tell(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.")
            return False
        self._tell(f"Saved as {path}")
        return True

    def _tell(self, words: str) -> None:
        self.said.setText(words)
        self.said.show()


def _number(least: int, most: int) -> QSpinBox:
    made = QSpinBox()
    made.setRange(least, most)
    made.setGroupSeparatorShown(True)
    return made


def _picture(made: Made) -> QImage:
    pixels = made.pixels()
    height, width = pixels.shape[:2]
    colored = pixels.ndim > 2
    form = QImage.Format.Format_RGB888 if colored else QImage.Format.Format_Grayscale8
    line = width * (3 if colored else 1)
    return QImage(pixels.tobytes(), width, height, line, form).copy()  # the bytes go, it stays


def _scaled(image: QImage, place: QWidget) -> QPixmap:
    """The image as large as fits, where it can be in whole steps of its size, with hard edges between its pixels."""
    times = min(place.width() // image.width(), place.height() // image.height())
    size = image.size() * times if times else place.size()
    return QPixmap.fromImage(image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio))
