"""One parameter in a form: title, field, reset button, and a line for what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from graphs.param import Param
from studio.fields import Field, as_text, field_for
from studio.theme import Theme


class ParamRow(QObject):
    """Two rows of a grid with three columns. It shows values and says what a person wants; it changes nothing."""

    edited = Signal(str, object)  # name, a value that Param.read accepts
    reset = Signal(str)  # name

    def __init__(self, param: Param, grid: QGridLayout, row: int, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.param = param
        self.title = QLabel(param.title, parent)
        self.title.setToolTip(param.doc)
        self.field: Field = field_for(param, parent)
        self.title.setBuddy(self.field)
        self.button = QToolButton(parent)
        self.button.setText("↺")
        self.button.setAutoRaise(True)
        self.button.setAccessibleName(f"Reset {param.title}")
        self.button.setToolTip(f"Back to {as_text(param.default) or 'auto'}")
        policy = self.button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.button.setSizePolicy(policy)
        self.fault = QLabel(parent)
        self.fault.setWordWrap(True)
        self.fault.setStyleSheet(f"color: {theme.error};")
        self.fault.hide()
        grid.addWidget(self.title, row, 0)
        grid.addWidget(self.field, row, 1)
        grid.addWidget(self.button, row, 2)
        grid.addWidget(self.fault, row + 1, 0, 1, 3)
        self.field.edited.connect(self._tell_edited)
        self.field.refused.connect(self.say)
        self.button.clicked.connect(self._tell_reset)

    def show_value(self, values: Mapping[str, Any]) -> None:
        """Show the parameter's value among these, or its default; say so if it is wrong."""
        value = values.get(self.param.name, self.param.default)
        fault = ""
        try:
            value = self.param.read(value) if value is not None else None
        except ValueError as error:
            fault = str(error)
        self.field.set_value(value)
        self.button.setVisible(value != self.param.default)
        self.say(fault)

    def set_enabled(self, enabled: bool) -> None:
        """Let it be edited, or only seen."""
        for widget in (self.title, self.field, self.button):
            widget.setEnabled(enabled)

    def say(self, fault: str) -> None:
        """Show a sentence below the field, or nothing."""
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))

    def _tell_edited(self, value: object) -> None:
        self.edited.emit(self.param.name, value)

    def _tell_reset(self) -> None:
        self.reset.emit(self.param.name)
