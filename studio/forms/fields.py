"""Editors for declared parameters: one small widget per kind of `Param`, used by every form."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QWidget,
)

from graphs.param import MAX_INT, Param
from studio.forms.spin_box import SEVERAL, SpinBox


class Field(QWidget):
    """Shows one value and says when a person has given another.

    `edited` carries a value that `Param.read` has accepted; `refused` a sentence for one that it has not
    ("" once the text is right again).
    """

    edited = Signal(object)
    refused = Signal(str)

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    @abstractmethod
    def set_value(self, value: Any) -> None:
        """Show a value without saying that it was edited."""

    @abstractmethod
    def show_several(self) -> None:
        """Say that there are several values, none of which can be shown; the next edit is one for all."""

    def _add(self, widget: QWidget) -> None:
        words = ". ".join(
            part.rstrip(".")
            for part in (self.param.doc, self.param.range_words.capitalize())
            if part
        )
        widget.setToolTip(words + ".")
        widget.setAccessibleName(self.param.title)
        widget.setAccessibleDescription(words)
        self._row.addWidget(widget, 1)
        if self.focusProxy() is None:
            self.setFocusProxy(widget)

    def _offer(self, value: Any) -> None:
        try:
            read = self.param.read(value)
        except ValueError as error:
            self.refused.emit(str(error))
            return
        self.refused.emit("")
        self.edited.emit(read)


class IntField(Field):
    """A whole number; an optional one shows "auto" for none."""

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        low, high = whole_range(param)
        self._none = low - 1 if param.optional else None
        self._spin = SpinBox(low if self._none is None else self._none, high, param.unit)
        if self._none is not None:
            self._spin.name_lowest("auto")
        self._add(self._spin)
        self._spin.valueChanged.connect(self._changed)

    def set_value(self, value: Any) -> None:
        """Show a whole number, or none."""
        shown = self._none if value is None else value
        self._spin.show_number(shown if isinstance(shown, int) else self._spin.lowest)

    def show_several(self) -> None:
        """Show "several"."""
        self._spin.show_several()

    def _changed(self, number: int) -> None:
        if not self._spin.several:
            self._offer(None if number == self._none else number)


class PairField(Field):
    """Height and width, side by side."""

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        low, high = whole_range(param)
        self._spins = (SpinBox(low, high, param.unit), SpinBox(low, high, param.unit))
        for spin, side in zip(self._spins, ("height", "width"), strict=True):
            self._add(spin)
            spin.setAccessibleName(f"{param.title}, {side}")
            spin.valueChanged.connect(self._changed)

    def set_value(self, value: Any) -> None:
        """Show two whole numbers; one means both."""
        pair = value if isinstance(value, (tuple, list)) else (value, value)
        for spin, number in zip(self._spins, pair, strict=False):
            spin.show_number(number if isinstance(number, int) else spin.lowest)

    def show_several(self) -> None:
        """Show "several" on both sides."""
        for spin in self._spins:
            spin.show_several()

    def _changed(self, number: int) -> None:
        if any(
            spin.several for spin in self._spins
        ):  # of several pairs the first number is for both sides
            for spin in self._spins:
                spin.show_number(number)
        self._offer(tuple(spin.value() for spin in self._spins))


class BoolField(Field):
    """Yes or no."""

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        self._box = QCheckBox()
        self._add(self._box)
        self._box.clicked.connect(self._changed)

    def set_value(self, value: Any) -> None:
        """Show yes or no."""
        self._box.setTristate(False)
        self._box.setChecked(value is True)

    def show_several(self) -> None:
        """Show neither yes nor no; a click makes it yes."""
        self._box.setCheckState(Qt.CheckState.PartiallyChecked)

    def _changed(self, checked: bool) -> None:
        self._box.setTristate(False)
        self._offer(checked)


class ChoiceField(Field):
    """One of a few."""

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        self._box = QComboBox()
        self._box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._box.setMinimumContentsLength(8)
        self._choices = ((None,) if param.optional else ()) + tuple(param.choices)
        for choice in self._choices:
            self._box.addItem("none" if choice is None else str(choice))
        self._box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._box.installEventFilter(self)
        self._add(self._box)
        self._box.activated.connect(self._changed)

    def set_value(self, value: Any) -> None:
        """Show the choice; one that is not offered shows as empty."""
        with QSignalBlocker(self._box):
            self._box.setCurrentIndex(self._choices.index(value) if value in self._choices else -1)
            self._box.setPlaceholderText("")

    def show_several(self) -> None:
        """Show "several"."""
        with QSignalBlocker(self._box):
            self._box.setCurrentIndex(-1)
            self._box.setPlaceholderText(SEVERAL)

    def _changed(self, index: int) -> None:
        self._offer(self._choices[index])

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        """A passing mouse wheel scrolls the form and does not choose."""
        if event.type() == QEvent.Type.Wheel and not self._box.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class TextField(Field):
    """A text, a number with a point or exponent, or a short list of numbers; read when the edit ends."""

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        self._line = QLineEdit()
        self._shown: Any = None
        self._add(self._line)
        self._line.editingFinished.connect(self._finished)

    def show_several(self) -> None:
        """Show "several" until something is typed."""
        self.set_value(None)
        self._line.setPlaceholderText(SEVERAL)

    def set_value(self, value: Any) -> None:
        """Show the value as people write it."""
        self._shown = value
        self._line.setPlaceholderText("auto" if self.param.optional else "")
        with QSignalBlocker(self._line):
            self._line.setText(as_text(value))
        self._line.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes the edit back; arrows up and down step a number."""
        if event.key() == Qt.Key.Key_Escape and self._line.text() != as_text(self._shown):
            self.set_value(self._shown)
            self.refused.emit("")
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.param.kind == "float":
            self._step(1 if event.key() == Qt.Key.Key_Up else -1)
        else:
            super().keyPressEvent(event)

    def _step(self, direction: int) -> None:
        try:
            number = float(self._line.text())
        except ValueError:
            return
        digit = (
            10.0 ** (len(f"{abs(number):.0f}") - 1) if abs(number) >= 1 else _leading(abs(number))
        )
        stepped = float(f"{number + direction * digit:.6g}")
        self._line.setText(as_text(stepped if number else direction * 0.1))
        self._finished()

    def _finished(self) -> None:
        text = self._line.text().strip()
        if text == as_text(self._shown):
            self.refused.emit("")
            return
        try:
            value = from_text(self.param, text)
        except ValueError as error:
            self.refused.emit(str(error))
            return
        self._offer(value)


class PathField(TextField):
    """A file or folder, typed or chosen in a dialog."""

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        self._browse = QToolButton()
        self._browse.setText("…")
        self._browse.setToolTip(f"Choose {param.title.lower()}")
        self._browse.setAccessibleName(f"Choose {param.title.lower()}")
        self._row.addWidget(self._browse)
        self._browse.clicked.connect(self._choose)

    def set_value(self, value: Any) -> None:
        """Of a long path the end is seen, which tells it from others."""
        super().set_value(value)
        self._line.setCursorPosition(len(self._line.text()))

    def _choose(self) -> None:
        folder = "folder" in self.param.doc.lower()
        if folder:
            chosen = QFileDialog.getExistingDirectory(self, self.param.title, self._line.text())
        else:
            kinds = "Tables (*.csv *.tsv *.txt);;All files (*)"
            chosen, _ = QFileDialog.getOpenFileName(
                self, self.param.title, self._line.text(), kinds
            )
        if chosen:
            self._line.setText(chosen)
            self._finished()


def field_for(param: Param, parent: QWidget | None = None) -> Field:
    """The editor for a parameter."""
    kinds: dict[str, type[Field]] = {
        "int": IntField,
        "bool": BoolField,
        "choice": ChoiceField,
        "pair": PairField,
        "path": PathField,
    }
    return kinds.get(param.kind, TextField)(param, parent)


def whole_range(param: Param) -> tuple[int, int]:
    """Lowest and highest whole number that a parameter takes."""
    low = (
        int(param.ge)
        if param.ge is not None
        else int(param.gt) + 1
        if param.gt is not None
        else -MAX_INT + 1
    )
    high = (
        int(param.le)
        if param.le is not None
        else int(param.lt) - 1
        if param.lt is not None
        else MAX_INT
    )
    return low, high


def as_text(value: Any) -> str:
    """A value as people write it in a form."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(as_text(each) for each in value)
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return str(value)


def from_text(param: Param, text: str) -> Any:
    """What a person typed, as a value for `Param.read`.

    Raises:
        ValueError: a number was wanted and this is none.
    """
    if param.optional and text in ("", "auto", "none"):
        return None
    if param.kind == "float":
        return _number(param, text, float)
    if param.kind == "ints":
        return tuple(
            _number(param, each, int) for each in text.replace(" ", ",").split(",") if each
        )
    if param.kind == "floats":
        return tuple(
            _number(param, each, float) for each in text.replace(" ", ",").split(",") if each
        )
    return text


def _number(param: Param, text: str, kind: type[int | float]) -> int | float:
    try:
        return kind(text)
    except ValueError:
        wanted = "a number" if kind is float else "whole numbers"
        raise ValueError(f'{param.title} must be {wanted}, but is "{text[:40]}".') from None


def _leading(number: float) -> float:
    exponent = f"{number:e}".partition("e")[2]
    return 10.0 ** int(exponent)
