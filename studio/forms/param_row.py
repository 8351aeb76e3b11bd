"""One parameter in a form: its title, its editor, a button that resets it, and what is wrong with it."""

from __future__ import annotations

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

    def show_value(self, values: dict[str, Any]) -> None:
        """Show the node's value, or the default; say so if the stored one is wrong."""
        value = values.get(self.param.name, self.param.default)
        fault = ""
        if isinstance(value, Expression):
            fault = f"This is the expression {value}; it can be changed in the file only."
        else:
            try:
                value = self.param.read(value)
            except ValueError as error:
                fault = str(error)
        self.field.set_value(value)
        self.field.setEnabled(not isinstance(value, Expression))
        self._reset.setVisible(
            self.param.name in values and values[self.param.name] != self.param.default
        )
        self.say(fault)

    def say(self, fault: str) -> None:
        """Show a sentence below the field, or nothing."""
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))

    def _edited(self, value: object) -> None:
        self.edited.emit(self.param.name, value)

    def _ask_reset(self) -> None:
        self.reset.emit(self.param.name)


def _shown(value: Any) -> str:
    return (
        "auto"
        if value is None
        else " x ".join(map(str, value))
        if isinstance(value, tuple)
        else str(value)
    )
