"""The form of the run settings: every edit is one step of undo; steps of one spin are one."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.forms.param_row import ParamRow
from studio.forms.run_settings import Section, Setting, sections
from studio.looks.plain_tip import plain_tip
from studio.looks.theme import Theme
from studio.store import Store

ONE_SPIN_S = 1.0
"""Edits of one setting that follow each other so soon are one step of undo."""

NARROW_BOX_PX = 90
"""So narrow a box of choices or numbers may become: its longest choice must not push the rest out of a narrow dock."""

_merge_keys = itertools.count(0x5000_0000)  # far from those of others: only equal keys merge


class RunForm(QWidget):
    """Shows the settings of the document, and writes them through the store."""

    def __init__(self, store: Store, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._theme = store, theme
        self._objective = 0
        self._rare_open = False
        self._shape: object = None
        self._inside = QWidget()
        self._settings: dict[str, Setting] = {}
        self.rows: dict[str, ParamRow] = {}
        self._hints: dict[str, QLabel] = {}
        self._last: tuple[str, float, int] = ("", 0.0, 0)
        self._clock: Callable[[], float] = time.monotonic
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._inside)
        outer.addStretch(1)
        store.changed.connect(self._sync)
        store.opened.connect(self._reopen)
        self._sync()

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme, self._shape = theme, None
        self._sync()

    @Slot()
    def _reopen(self) -> None:
        self._objective = 0
        self._shape = None
        self._sync()

    @Slot(object, object)
    def _sync(self, _before: object = None, _after: object = None) -> None:
        document = self._store.document
        found = sections(document, self._objective)
        self._settings = {
            f"{section.title}.{each.param.name}": each
            for section in found
            for each in section.settings
        }
        shape = (
            [(key, each.param) for key, each in self._settings.items()],
            [each.name for each in document.objectives],
            self._rare_open,
        )
        if shape != self._shape:
            self._shape = shape
            self._rebuild(found)
        for key, row in self.rows.items():
            setting = self._settings[key]
            row.show_values([{setting.param.name: setting.value}])
            self._hints[key].setText(setting.hint)
            self._hints[key].setVisible(bool(setting.hint))
        self.setEnabled(not document.read_only)
        self.setToolTip(plain_tip(document.read_only))

    def _rebuild(self, found: tuple[Section, ...]) -> None:
        focused = next(
            (
                key
                for key, row in self.rows.items()
                if row.field.isAncestorOf(self.focusWidget() or self)
            ),
            "",
        )
        self.layout().removeWidget(self._inside)
        self._inside.hide()
        self._inside.deleteLater()
        self._inside = QWidget(self)
        self.rows, self._hints = {}, {}
        grid = QGridLayout(self._inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for section in found:
            self._add_section(section, grid)
        grid.addWidget(self._rare_button(), grid.rowCount(), 0, 1, 3)
        self.layout().insertWidget(0, self._inside)
        if focused in self.rows:
            self.rows[focused].field.setFocus()

    def _add_section(self, section: Section, grid: QGridLayout) -> None:
        title = QLabel(section.title)
        title.setStyleSheet(f"color: {self._theme.muted_text}; font-weight: 600; padding-top: 6px;")
        title.setIndent(0)
        if len(section.settings) > 1 or section.title != "Early stopping":
            grid.addWidget(title, grid.rowCount(), 0, 1, 3)
        if section.title == "Optimizer" and len(self._store.document.objectives) > 1:
            grid.addWidget(self._objective_box(), grid.rowCount(), 0, 1, 3)
        for setting in section.settings:
            if setting.param.advanced and not self._rare_open:
                continue
            key = f"{section.title}.{setting.param.name}"
            row = ParamRow(setting.param, grid, grid.rowCount(), self._theme, self._inside)
            row.setObjectName(key)
            row.edited.connect(self._edit)
            row.reset.connect(self._reset)
            hint = QLabel(parent=self._inside)
            hint.setWordWrap(True)
            hint.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            hint.setStyleSheet(f"color: {self._theme.muted_text};")
            grid.addWidget(hint, grid.rowCount(), 1, 1, 2)
            self.rows[key], self._hints[key] = row, hint
            for box in row.field.findChildren(QComboBox) + row.field.findChildren(QAbstractSpinBox):
                box.setMinimumWidth(NARROW_BOX_PX)

    def _objective_box(self) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName("Objective")
        box.setToolTip("The objective whose optimizer and schedule are shown")
        box.addItems([each.name for each in self._store.document.objectives])
        box.setCurrentIndex(self._objective)
        box.activated.connect(self._choose_objective)
        return box

    def _choose_objective(self, index: int) -> None:
        self._objective = index
        self._shape = None
        self._sync()

    def _rare_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("Fewer settings" if self._rare_open else "More settings")
        button.setAccessibleName(button.text())
        button.setAutoRaise(True)
        button.clicked.connect(self._switch_rare)
        return button

    def _switch_rare(self) -> None:
        self._rare_open = not self._rare_open
        self._sync()

    @Slot(str, object)
    def _edit(self, _name: str, value: Any) -> None:
        self._write(self.sender().objectName(), value)

    @Slot(str)
    def _reset(self, _name: str) -> None:
        self._write(self.sender().objectName(), None)

    def _write(self, key: str, value: Any) -> None:
        setting = self._settings[key]
        try:
            after = setting.write(self._store.document, value)
        except ValueError as error:
            self.rows[key].say(str(error))
            return
        self._store.edit_document(setting.words, lambda _before: after, self._merge_key(key))

    def _merge_key(self, key: str) -> int:
        last, moment, merge = self._last
        now = self._clock()
        if key != last or now - moment > ONE_SPIN_S:
            merge = next(_merge_keys)
        self._last = key, now, merge
        return merge
