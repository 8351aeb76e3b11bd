"""The boxes for what a layer is marked as: frozen, muted; for one node, or for several together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from graphs import edits
from graphs.graph import Graph, Node
from studio.store import Store

TITLES = {
    "frozen": ("Frozen", "Training does not change its weights."),
    "muted": ("Muted", "Passes its input through."),
}
VERBS = {"frozen": ("Unfreeze", "Freeze"), "muted": ("Unmute", "Mute")}


class MarkBoxes(QWidget):
    """A box for each mark; half filled where the nodes differ, and then a click marks all."""

    marked = Signal(str, bool)  # the mark, and whether it is wanted

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._boxes: dict[str, QCheckBox] = {}
        for mark, (title, tip) in TITLES.items():
            box = QCheckBox(title)
            box.setObjectName(mark)
            box.setToolTip(tip)
            box.clicked.connect(self._click)
            column.addWidget(box)
            self._boxes[mark] = box

    def show_nodes(self, nodes: Sequence[Node]) -> None:
        """Show how these nodes are marked; only layers can be."""
        self.setVisible(all(node.info is not None and node.info.role == "layer" for node in nodes))
        for mark, box in self._boxes.items():
            marked = {bool(getattr(node.marks, mark)) for node in nodes}
            if len(marked) > 1:
                box.setCheckState(Qt.CheckState.PartiallyChecked)
            else:
                box.setTristate(False)
                box.setChecked(marked == {True})

    def _click(self, on: bool) -> None:
        box = self.sender()
        assert isinstance(box, QCheckBox)
        box.setTristate(False)
        self.marked.emit(box.objectName(), on)


def mark_nodes(store: Store, nodes: Sequence[str], words: str, mark: str, *, on: bool) -> None:
    """Mark these nodes, called by these words, in one undo step."""

    def change(graph: Graph) -> Graph:
        for node in nodes:
            graph = edits.set_marks(graph, node, **{mark: on})
        return graph

    store.edit(f"{VERBS[mark][on]} {words}", change)
