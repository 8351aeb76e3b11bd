"""All views of a run's answers, one behind the other: matrix, classes, curves, calibration, errors, worst mistakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lightning_modules.events import Evaluated
from studio.asking import AskedRun, Question
from studio.looks.theme import Theme
from studio.results.class_table import ClassTable
from studio.results.confusion import ConfusionView
from studio.results.mistakes import MistakesView

if TYPE_CHECKING:
    from lightning_modules.assessment import Assessment
    from lightning_modules.trial import Trial
    from studio.results.answer_plot import AnswerPlot
    from studio.results.scatter import ScatterView

OF_CLASSES = ("confusion", "classes", "roc", "precision", "calibration", "mistakes")
OF_NUMBERS = ("scatter", "residuals", "errors", "mistakes")
TITLES = {
    "confusion": "Confusion matrix",
    "classes": "Scores of each class",
    "roc": "ROC curves",
    "precision": "Precision and recall",
    "calibration": "Calibration",
    "scatter": "Predicted against true",
    "residuals": "Errors by prediction",
    "errors": "How large errors are",
    "mistakes": "Worst mistakes",
}
ABOUT = "assessment"
LEAST_CHOICE_PX, CHOICE_EDGES_PX = 70, 46
"""The button of the list may be shorter than its longest title: the list itself shows all of it."""


class AnswersView(QWidget):
    """The matrix or the pairs come with the run; whatever else is chosen is measured then, in a thread."""

    assessed = Signal(object)  # Assessment

    def __init__(self, theme: Theme, run: AskedRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._run = theme, run
        self._part = "test"
        self.found: Assessment | None = None
        self.choice = QComboBox()
        self.choice.setAccessibleName("What the picture shows")
        self.choice.setToolTip("What to look at")
        self.choice.setMinimumWidth(LEAST_CHOICE_PX)
        self.by_row = QCheckBox("%")
        self.by_row.setAccessibleName("Shares in percent")
        self.by_row.setToolTip(
            "Show each cell as the share of its row, in percent, in place of counts"
        )
        self.none, self.wait = QLabel(""), QLabel("")
        self.wait.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.wait.setWordWrap(True)
        self.wait.setTextFormat(Qt.TextFormat.PlainText)
        self.confusion = ConfusionView(theme)
        self._scatter: ScatterView | None = None
        self.classes, self.mistakes = ClassTable(), MistakesView(theme)
        self.plots: dict[str, AnswerPlot] = {}
        self._views: dict[str, QWidget] = {
            "confusion": self.confusion,
            "classes": self.classes,
            "mistakes": self.mistakes,
        }
        self.stack = QStackedWidget()
        for page in (self.none, self.wait, *self._views.values()):
            self.stack.addWidget(page)
        row = self.header = QHBoxLayout()
        row.addWidget(self.choice, 1)
        row.addWidget(self.by_row)
        row.addStretch()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addLayout(row)
        whole.addWidget(self.stack, 1)
        self.choice.currentIndexChanged.connect(self._show_chosen)
        self.by_row.toggled.connect(self.confusion.show_shares)
        run.answered.connect(self._take)
        run.refused.connect(self._refuse)
        run.changed.connect(self._show_chosen)

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        for view in (self.confusion, self.mistakes, *self.plots.values()):
            view.set_theme(theme)
        if self._scatter is not None:
            self._scatter.set_theme(theme)
        self.wait.setStyleSheet(f"color: {theme.muted_text};")

    def show_result(self, result: Evaluated) -> None:
        """Show what came with a run; the rest is measured when it is looked at."""
        self.found, self._part = None, result.split
        kinds: tuple[str, ...] = ()
        if result.confusion or result.classes:
            kinds = OF_CLASSES
            if result.confusion:
                self.confusion.show_result(result)
            else:
                kinds = kinds[1:]
        elif result.target:
            kinds = OF_NUMBERS
            self.scatter.show_result(result)
        self.choice.blockSignals(True)
        self.choice.clear()
        for kind in kinds:
            self.choice.addItem(TITLES[kind], kind)
        self.choice.blockSignals(False)
        advance = self.fontMetrics().horizontalAdvance
        widest = max((advance(TITLES[kind]) for kind in kinds), default=0)
        self.choice.setMaximumWidth(widest + CHOICE_EDGES_PX)
        self.choice.setVisible(bool(kinds))
        self._show_chosen()

    @property
    def scatter(self) -> ScatterView:
        """Predicted against true values; made when it is asked for, since pyqtgraph takes long to import."""
        if self._scatter is None:
            from studio.results.scatter import ScatterView

            self._scatter = self._views["scatter"] = ScatterView(self._theme)
            self.stack.addWidget(self._scatter)
        return self._scatter

    @property
    def chosen(self) -> str:
        """Which view is chosen, by its name; "" if there is none."""
        return str(self.choice.currentData() or "")

    def choose(self, kind: str) -> None:
        """Look at this view."""
        self.choice.setCurrentIndex(self.choice.findData(kind))

    def _view(self, kind: str) -> QWidget:
        if kind not in self._views:  # made when it is chosen: all at once would delay the window
            from studio.results.answer_plot import AXES, AnswerPlot

            made = AnswerPlot(next(each for each in AXES if each == kind), self._theme)
            self.plots[kind] = self._views[kind] = made
            self.stack.addWidget(made)
            if self.found is not None:
                made.show_found(self.found)
        return self._views[kind]

    @Slot()
    def _show_chosen(self) -> None:
        kind = self.chosen
        self.choice.setToolTip(f"{TITLES[kind]}: choose what to look at" if kind else "")
        self.by_row.setVisible(kind == "confusion")
        if not kind:
            self.stack.setCurrentWidget(self.none)
        elif kind in ("confusion", "scatter") or self.found is not None:
            self.stack.setCurrentWidget(self._view(kind))
        else:
            self.stack.setCurrentWidget(self.wait)
            if self._run.run_dir is None:
                self.wait.setText("This is measured from the run's weights once it has ended.")
                return
            self.wait.setText("Measuring…")
            self._run.ask(Question(ABOUT, _assessing(self._part)))

    @Slot(str, object)
    def _take(self, about: str, answer: object) -> None:
        if about != ABOUT or not isinstance(answer, tuple):
            return
        self.found, samples = answer
        assert self.found is not None
        if self.found.kind == "class":
            self.classes.show_found(self.found)
        for kind, plot in self.plots.items():
            if kind in (OF_CLASSES if self.found.kind == "class" else OF_NUMBERS):
                plot.show_found(self.found)
        self.mistakes.show_found(self.found, samples)
        self.assessed.emit(self.found)
        self._show_chosen()

    @Slot(str, str)
    def _refuse(self, about: str, reason: str) -> None:
        if about == ABOUT:
            self.wait.setText(reason)


def _assessing(part: Any) -> Callable[[Trial, Callable[[], bool]], object]:
    def ask(trial: Trial, should_stop: Callable[[], bool]) -> object:
        return trial.assess(part, should_stop)

    return ask
