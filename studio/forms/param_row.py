"""One parameter in a form: its title, its editor, a button that resets it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from graphs.expression import Expression
from graphs.param import Param
from studio.forms.fields import Field, field_for
from studio.looks.theme import Theme


class ParamRow(QObject):
    """One parameter of one node in a grid: title, field, reset button, and a line for what is wrong."""

    edited = Signal(str, object)
    reset = Signal(str)

    def __init__(
        self, param: Param, grid: QGridLayout, row: int, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.param = param
        self._title = QLabel(param.title, parent)
        self._title.setToolTip(param.doc)
        self.field: Field = field_for(param, parent)
        self._title.setBuddy(self.field)
        self._reset = QToolButton(parent)
        self._reset.setText("↺")
        self._reset.setAutoRaise(True)
        self._reset.setAccessibleName(f"Reset {param.title}")
        self._reset.setToolTip(f"Back to {_shown(param.default)}")
        policy = self._reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(policy)
        self._fault = QLabel(parent)
        self._fault.setWordWrap(True)
        self._fault.setStyleSheet(f"color: {theme.error};")
        self._fault.setVisible(False)
        grid.addWidget(self._title, row, 0)
        grid.addWidget(self.field, row, 1)
        grid.addWidget(self._reset, row, 2)
        grid.addWidget(self._fault, row + 1, 0, 1, 3)
        self.field.edited.connect(self._edited)
        self.field.refused.connect(self.say)
        self._reset.clicked.connect(self._ask_reset)

    def show_values(self, nodes: Sequence[Mapping[str, Any]]) -> None:
        """Show what these nodes store, or the default; say so if it is wrong.

        Where several nodes differ the field says "several", and what is typed there goes to all.
        """
        name, default = self.param.name, self.param.default
        values = [each.get(name, default) for each in nodes]
        fixed = next((each for each in values if isinstance(each, Expression)), None)
        fault = ""
        if any(_differ(values[0], each) for each in values):
            self.field.show_several()
        else:
            fault = self._show_one(values[0])
        if fixed is not None:
            fault = f"This is the expression {fixed}; it can be changed in the file only."
        self.field.setEnabled(fixed is None)
        self._reset.setVisible(any(name in each and each[name] != default for each in nodes))
        self.say(fault)

    def _show_one(self, value: Any) -> str:
        """Show a value; the sentence that says what is wrong with it."""
        fault = ""
        if not isinstance(value, Expression):
            try:
                value = self.param.read(value)
            except ValueError as error:
                fault = str(error)
        self.field.set_value(value)
        return fault

    def say(self, fault: str) -> None:
        """Show a sentence below the field, or nothing."""
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))

    def _edited(self, value: object) -> None:
        self.edited.emit(self.param.name, value)

    def _ask_reset(self) -> None:
        self.reset.emit(self.param.name)


def _differ(value: Any, other: Any) -> bool:
    """Whether two stored values are shown as two: 3 and [3, 3] are one pair, a list and a tuple one list."""
    if isinstance(value, (list, tuple)) or isinstance(other, (list, tuple)):
        return _listed(value) != _listed(other)
    return type(value) is not type(other) or value != other


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value, value]


def _shown(value: Any) -> str:
    return (
        "auto"
        if value is None
        else " x ".join(map(str, value))
        if isinstance(value, tuple)
        else str(value)
    )
