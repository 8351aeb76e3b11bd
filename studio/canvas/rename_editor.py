"""The one text field of the canvas: it appears over a node's name, and its end is one undo step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QLineEdit

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent
    from PySide6.QtWidgets import QWidget

LONGEST_NAME = 80


class RenameEditor(QLineEdit):
    """`renamed(node, title)` comes once, when Enter is pressed or the focus goes; Esc gives up."""

    renamed = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMaxLength(LONGEST_NAME)
        self.setAccessibleName("Name of the layer")
        self._node = ""
        self.editingFinished.connect(self._finish)
        self.hide()

    def begin(self, node: str, name: str, rect: QRect) -> None:
        """Edit the name of a node in this rectangle of the parent."""
        self._node = node
        self.setText(name)
        self.selectAll()
        self.setGeometry(rect.x(), rect.y(), max(rect.width(), 120), max(rect.height(), 26))
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives up; all else is text."""
        if event.key() == Qt.Key.Key_Escape:
            self._node = ""
            self._close()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving the field takes the name."""
        super().focusOutEvent(event)
        self._finish()

    def _finish(self) -> None:
        node, self._node = self._node, ""
        if node:
            self.renamed.emit(node, self.text())
            self._close()

    def _close(self) -> None:
        had_focus = self.hasFocus()
        self.hide()
        if had_focus:
            self.parentWidget().setFocus(Qt.FocusReason.OtherFocusReason)
