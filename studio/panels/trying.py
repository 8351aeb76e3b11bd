"""The Try panel: give the trained network a sample, a file or a drawing, and see what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lightning_modules.last_run import last_with_weights
from lightning_modules.run_summary import name_of
from studio.asking import AskedRun, Question
from studio.looks.theme import Theme
from studio.results.sample_view import SampleView
from studio.store import Store
from studio.training import Trainer
from studio.tries.drawing import DrawingCanvas
from studio.tries.scores import ScoreBars, value_text
from studio.tries.sources import DRAWING, FILE, PART, Sources

if TYPE_CHECKING:
    from lightning_modules.trial import Facts, Trial, Tried

EMPTY = "Train a network to try it here: with samples, with a file of your own, or with a drawing."
GOES_ON = "The run goes on. Its network can be tried when it has ended."
BESIDE = "The run that goes on can be tried when it has ended."
HOW = {
    FILE: "Choose files, or drop them here: the network answers for each.",
    DRAWING: "Draw in the square with the mouse: the network answers after each stroke.",
}
"""What to do where nothing was given yet."""
FILTERS = {
    "images": "Images (*.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff)",
    "rows": "Tables (*.csv *.tsv *.txt)",
    "texts": "Texts (*.txt)",
    "none": "",
}
SOURCES_WIDTH = 250
FACTS, FILES = "facts", "files"


class TryPanel(QWidget):
    """What is tried on the left and in the middle, what the network says about it on the right."""

    def __init__(
        self, store: Store, theme: Theme, trainer: Trainer, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("try")
        self.setWindowTitle("Try")
        self.setAcceptDrops(True)
        self._theme, self._store, self._trainer = theme, store, trainer
        self.run = AskedRun(trainer, self)
        self.facts: Facts | None = None
        self.tried: Tried | None = None
        self._files: tuple[Tried, ...] = ()
        self._asked_facts, self._training = False, trainer.running
        self._looked = QTimer(self)
        self._looked.setSingleShot(True)
        self._looked.timeout.connect(self._load)
        self._empty = _label("What can be tried")
        self._empty.setText(EMPTY)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sources = Sources()
        self.sample, self.canvas = SampleView(theme), DrawingCanvas(theme)
        self._middle = QStackedWidget()
        self._middle.addWidget(self.sample)
        self._middle.addWidget(self.canvas)
        self.whose = _label("Which run answers")
        self.answer, self.truth, self.said = (
            _label("What the network says"),
            _label("What the data say"),
            _label("What went wrong"),
        )
        self.bars = ScoreBars(theme)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._arranged())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
        self._connect(store)
        self.set_theme(theme)

    def _arranged(self) -> QWidget:
        right = QVBoxLayout()
        for each in (self.answer, self.truth):
            right.addWidget(each)
        right.addWidget(self.bars, 1)
        right.addWidget(self.said)
        right.addStretch(0)
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(10, 8, 8, 8)
        row.setSpacing(12)
        self.sources.setMaximumWidth(SOURCES_WIDTH)
        self.whose.setMaximumWidth(SOURCES_WIDTH)
        left = QVBoxLayout()
        left.addWidget(self.sources, 1)
        left.addWidget(self.whose)
        row.addLayout(left)
        row.addWidget(self._middle, 2)
        row.addLayout(right, 3)
        return inside

    def _connect(self, store: Store) -> None:
        store.opened.connect(self._reopen)
        self._trainer.started.connect(self._begin)
        self._trainer.ended.connect(self._end)
        self.run.changed.connect(self._forget)
        self.run.answered.connect(self._take)
        self.run.refused.connect(self._refuse)
        self.sources.changed.connect(self.ask)
        self.sources.file_wanted.connect(self._choose_file)
        self.sources.undo.clicked.connect(self.canvas.undo)
        self.sources.clear.clicked.connect(self.canvas.clear)
        self.sources.fit.toggled.connect(self.canvas.fit)
        self.canvas.drawn.connect(self.ask)
        self.canvas.installEventFilter(self)

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self._empty.setStyleSheet(
            f"color: {theme.muted_text}; background: {theme.base}; font-size: 13pt;"
        )
        self.said.setStyleSheet(f"color: {theme.error};")
        self.whose.setStyleSheet(f"color: {theme.muted_text};")
        self.answer.setStyleSheet("font-size: 15pt; font-weight: bold;")
        for part in (self.sample, self.canvas, self.bars):
            part.set_theme(theme)
        self._color_truth()

    @Slot()
    def _reopen(self) -> None:
        run = last_with_weights(self._store.path)
        if run is None:
            self.run.forget()
        else:
            self.run.open(run)

    @Slot()
    def _begin(self) -> None:
        self._training = True
        self._say_whose()

    @Slot()
    def _end(self) -> None:
        self._training = False
        self._say_whose()

    def _say_whose(self) -> None:
        """Say which run answers: while one is trained, the one before."""
        if self.run.run_dir is None:
            self._empty.setText(GOES_ON if self._training else EMPTY)
        elif self.facts is not None:
            words = f"By the run {name_of(self.run.run_dir)}."
            self.whose.setText(f"{words} {BESIDE}" if self._training else words)

    @Slot()
    def _forget(self) -> None:
        self.facts, self.tried, self._files, self._asked_facts = None, None, (), False
        self._say_whose()
        self._pages.setCurrentIndex(0)
        self._load()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Load the run when somebody looks: behind another tab nothing is painted, though Qt calls it visible."""
        super().paintEvent(event)
        if self.run.run_dir is not None and not self._asked_facts:
            self._looked.start()

    @Slot()
    def _load(self) -> None:
        seen = self.isVisible() and not self.visibleRegion().isEmpty()
        if seen and self.run.run_dir is not None and not self._asked_facts:
            self._asked_facts = True
            self._empty.setText("Loading the run…")
            self.run.ask(Question(FACTS, lambda trial, _stop: trial.facts))

    @Slot()
    def ask(self) -> None:
        """Ask for what is chosen."""
        kind = self.sources.kind
        self._middle.setCurrentWidget(self.canvas if kind == DRAWING else self.sample)
        if kind == PART:
            asking = _of_part(self.sources.chosen_part, self.sources.sample.index)
            self.run.ask(Question(PART, asking))
        elif kind == DRAWING and self.canvas.strokes:
            self.run.ask(Question(DRAWING, _of_drawing(self.canvas.ink())))
        elif kind == FILE and self._files:
            self._show(self._files[self.sources.row.index])
        else:
            self._show(None)

    @Slot()
    def _choose_file(self) -> None:
        assert self.facts is not None
        kinds = FILTERS[self.facts.files]
        names, _ = QFileDialog.getOpenFileNames(self, "Files to try", "", f"{kinds};;All files (*)")
        if names:
            self.try_files(tuple(map(Path, names)))

    def try_files(self, paths: tuple[Path, ...]) -> None:
        """Let the network answer for the samples in these files."""
        self.run.ask(Question(FILES, lambda trial, _stop: trial.of_files(paths)))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files, where the network reads some."""
        if self.facts is not None and self.facts.files != "none" and _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Try them."""
        event.acceptProposedAction()
        self.try_files(_dropped(event))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Z on the canvas takes back a stroke, not an edit of the graph."""
        if watched is self.canvas and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and event.matches(
                QKeySequence.StandardKey.Undo
            ):
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and event.matches(
                QKeySequence.StandardKey.Undo
            ):
                self.canvas.undo()
                return True
        return super().eventFilter(watched, event)

    @Slot(str, object)
    def _take(self, about: str, found: Any) -> None:
        self.said.setText("")
        if about == FACTS:
            self._offer(found)
        elif about == FILES:
            self._files = found
            self.sources.show_file(len(found))
        elif about == self.sources.kind and (about != DRAWING or self.canvas.strokes):
            self._show(found)  # else something else was chosen meanwhile

    @Slot(str, str)
    def _refuse(self, about: str, reason: str) -> None:
        if about == FACTS:
            self._empty.setText(reason)
        else:
            self.said.setText(reason)

    def _offer(self, facts: Facts) -> None:
        self.facts = facts
        self.canvas.clear()
        if facts.drawing is not None:
            self.canvas.set_size(*facts.drawing)
        self.sources.offer(facts)
        self._pages.setCurrentIndex(1)
        self.said.setText(facts.why)
        self._say_whose()
        self.ask()

    def _show(self, tried: Tried | None) -> None:
        self.tried = tried
        if tried is None:
            self.sample.show_sample(())
            self.bars.show_chances({})
            self.answer.setText("")
            self._color_truth()
            self._tell_truth(HOW.get(self.sources.kind, ""))
            return
        answer = tried.answer
        if self.sources.kind != DRAWING:
            self.sample.show_sample(tried.shown)
        several = len(answer.values) > 1
        self.answer.setText(
            "\n".join(
                (f"{name}: " if several else "") + value_text(value)
                for name, value in answer.values.items()
            )
        )
        chances = next(iter(answer.chances.items()), ("", {}))
        true = answer.target.get(chances[0])
        self.bars.show_chances(chances[1], str(true) if true is not None else "")
        self.bars.setVisible(bool(chances[1]))
        self._tell_truth(
            "; ".join(f"Truth: {value_text(value)}" for value in answer.target.values())
            if answer.target
            else ""
            if self.sources.kind == DRAWING
            else answer.sample
        )
        self._color_truth()

    def _tell_truth(self, words: str) -> None:
        self.truth.setText(words)
        self.truth.setVisible(bool(words))

    def _color_truth(self) -> None:
        color = self._theme.muted_text
        if self.tried is not None and self.tried.answer.chances and self.tried.answer.target:
            answer = self.tried.answer
            right = all(answer.values[name] == each for name, each in answer.target.items())
            color = self._theme.ok if right else self._theme.error
        self.truth.setStyleSheet(f"color: {color};")


def _of_part(part: Any, index: int) -> Callable[[Trial, Callable[[], bool]], Tried]:
    return lambda trial, _stop: trial.of_part(part, index)


def _of_drawing(ink: Any) -> Callable[[Trial, Callable[[], bool]], Tried]:
    return lambda trial, _stop: trial.of_drawing(ink)


def _dropped(event: QDropEvent) -> tuple[Path, ...]:
    urls = event.mimeData().urls() if event.mimeData().hasUrls() else []
    return tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())


def _label(name: str) -> QLabel:
    made = QLabel("")
    made.setAccessibleName(name)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    return made
