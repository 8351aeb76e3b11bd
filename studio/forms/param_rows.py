"""The parameters of a layer as rows of a form, the rarer ones folded away; of several nodes at once as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QToolButton, QVBoxLayout, QWidget

from graphs.param import Param
from studio.forms.param_row import ParamRow
from studio.looks.theme import Theme


class ParamRows(QWidget):
    """One row for each parameter that is not hidden. `unfolded` opens what is folded away from the start."""

    edited = Signal(str, object)  # the parameter's name, and a value that it takes
    reset = Signal(str)

    def __init__(
        self,
        params: Sequence[Param],
        theme: Theme,
        *,
        unfolded: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[ParamRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        shown = [each for each in params if not each.hidden]
        column.addLayout(self._grid([each for each in shown if not each.advanced]))
        rare = [each for each in shown if each.advanced]
        if rare:
            column.addWidget(self._fold(rare, unfolded=unfolded))

    @property
    def empty(self) -> bool:
        """Whether there is nothing to set."""
        return not self._rows

    def show_values(self, *nodes: Mapping[str, Any]) -> None:
        """Show the parameters of one node, or of several nodes together."""
        for row in self._rows:
            row.show_values(nodes)

    def _grid(self, params: Sequence[Param]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, 90)
        for index, param in enumerate(params):
            row = ParamRow(param, grid, 2 * index, self._theme, self)
            row.edited.connect(self.edited)
            row.reset.connect(self.reset)
            self._rows.append(row)
        return grid

    def _fold(self, params: Sequence[Param], *, unfolded: bool) -> QWidget:
        fold = QWidget()
        inside = QWidget(fold)
        inside_rows = QVBoxLayout(inside)
        inside_rows.setContentsMargins(0, 0, 0, 0)
        inside_rows.addLayout(self._grid(params))
        button = QToolButton(fold)
        button.setText("More")
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setArrowType(Qt.ArrowType.RightArrow)
        button.setAccessibleName("Show more parameters")
        button.toggled.connect(inside.setVisible)
        button.toggled.connect(self._turn_arrow)
        inside.setVisible(False)
        column = QVBoxLayout(fold)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(button)
        column.addWidget(inside)
        button.setChecked(unfolded)
        return fold

    @Slot(bool)
    def _turn_arrow(self, opened: bool) -> None:
        button = self.sender()
        assert isinstance(button, QToolButton)
        button.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
