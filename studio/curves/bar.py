"""The bar above the curves: what a person may choose about them, in one line as long as that is possible."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from studio.curves.options import Options

GAP, SLIDER_PX, LEAST_SLIDER_PX = 8, 90, 56


class CurvesBar(QWidget):
    """Where there is no room for all of it beside each other, boxes move into a menu, and then words go."""

    changed = Signal()  # other options
    watching_changed = Signal()
    fit_requested = Signal()
    export_requested = Signal()

    def __init__(self, ghosts: int, parent: QWidget | None = None) -> None:
        """`ghosts` is how many earlier runs there can be."""
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.axis = QComboBox()
        self.axis.addItems(["Steps", "Epochs"])
        self.axis.setToolTip("What the horizontal axis counts")
        self.axis.setAccessibleName("Horizontal axis")
        self.log = _check_box(
            "Log scale", "Show values by powers of ten, so that small ones can be told apart"
        )
        tip = f"Show the last runs (up to {ghosts}) faintly behind this one"
        self.ghosts = _check_box("Earlier runs", tip, checked=True)
        tip = "Show what chance and simple models reach as quiet lines"
        self.levels = _check_box("To beat", tip, checked=True)
        tip = "Show learning rate, gradient norm, speed and memory instead of the values"
        self.watching = _check_box("Watching", tip)
        self.boxes = (self.log, self.ghosts, self.levels, self.watching)
        self.show_menu = _button("Show", "What the plots show, and how")
        self.show_menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.show_menu.setMenu(self._menu_of_boxes())
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 99)
        self.slider.setPageStep(10)
        self.slider.setMinimumWidth(LEAST_SLIDER_PX)
        self.slider.setMaximumWidth(SLIDER_PX)
        self.slider.setToolTip(
            "Smooth the curves by an exponential moving average; the values themselves stay faint"
        )
        self.slider.setAccessibleName("Smoothing")
        self.smoothing = QLabel("0.00")
        self._words = QLabel("S&moothing")
        self._words.setBuddy(self.slider)
        self.fit = _button("Fit", "Show everything and follow what comes (0, or a double click)")
        self.export = _button(
            "Export…", "Save the curves as a picture (PNG, SVG) or as numbers (CSV)"
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        for widget in (self.axis, *self.boxes, self.show_menu, self._words):
            row.addWidget(widget)
        row.addWidget(self.slider, 1)
        for widget in (self.smoothing, self.fit, self.export):
            row.addWidget(widget)
        row.addStretch()
        self._folded: tuple[bool, bool] | None = None
        self._fold(boxes=False, words=False)
        for box in (self.log, self.ghosts, self.levels):
            box.toggled.connect(self._tell)
        self.watching.toggled.connect(self._tell_watching)
        self.axis.currentIndexChanged.connect(self._tell)
        self.slider.valueChanged.connect(self._tell)
        self.fit.clicked.connect(self.fit_requested)
        self.export.clicked.connect(self.export_requested)

    def _menu_of_boxes(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for box in self.boxes:
            action = menu.addAction(box.text())
            action.setCheckable(True)
            action.setChecked(box.isChecked())
            action.setToolTip(box.toolTip())
            action.toggled.connect(box.setChecked)
            box.toggled.connect(action.setChecked)
        return menu

    @property
    def options(self) -> Options:
        """What is chosen."""
        return Options(
            log=self.log.isChecked(),
            smoothing=self.slider.value() / 100,
            by_epoch=self.axis.currentIndex() == 1,
            ghosts=self.ghosts.isChecked(),
            levels=self.levels.isChecked(),
        )

    def _tell(self, _value: object = None) -> None:
        self.smoothing.setText(f"{self.slider.value() / 100:.2f}")
        self.changed.emit()

    def _tell_watching(self, _on: object = None) -> None:
        self.watching_changed.emit()

    def minimumSizeHint(self) -> QSize:
        """It takes what it gets, and folds."""
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold as little as the width allows."""
        super().resizeEvent(event)
        room = self.width()
        boxes = self._needed(boxes=False, words=False) > room
        self._fold(boxes=boxes, words=boxes and self._needed(boxes=True, words=False) > room)

    def _needed(self, *, boxes: bool, words: bool) -> int:
        """The width of all that stands beside each other, in pixels, if boxes or words are folded away."""
        parts = [self.axis, self.smoothing, self.fit, self.export]
        parts += [self.show_menu] if boxes else [*self.boxes]
        parts += [] if words else [self._words]
        return sum(each.sizeHint().width() + GAP for each in parts) + LEAST_SLIDER_PX

    def _fold(self, *, boxes: bool, words: bool) -> None:
        if (boxes, words) == self._folded:
            return
        self._folded = boxes, words
        for box in self.boxes:
            box.setVisible(not boxes)
        self.show_menu.setVisible(boxes)
        self._words.setVisible(not words)


def _check_box(words: str, tip: str, *, checked: bool = False) -> QCheckBox:
    box = QCheckBox(words)
    box.setChecked(checked)
    box.setToolTip(tip)
    return box


def _button(words: str, tip: str) -> QToolButton:
    made = QToolButton()
    made.setText(words)
    made.setToolTip(tip)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.setAccessibleName(words.rstrip("…"))
    return made
