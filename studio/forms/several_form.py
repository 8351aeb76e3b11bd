"""The form of several nodes: the parameters that all of them have, edited together as one undo step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from graphs import edits
from graphs.graph import Graph, Node
from graphs.param import Param, Path
from studio.forms.mark_boxes import MarkBoxes, mark_nodes
from studio.forms.muted_label import muted_label
from studio.forms.param_rows import ParamRows
from studio.forms.schema_reading import portable
from studio.looks.theme import Theme
from studio.store import Store

MOST_TYPES = 6
"""So many kinds of layers are named; the others are counted."""


class SeveralForm(QWidget):
    """Made for these nodes; a field says "several" where they differ, and what is given there goes to all."""

    def __init__(
        self, store: Store, nodes: Sequence[Node], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._ids = store, tuple(node.id for node in nodes)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(10, 10, 10, 10)
        rows.setSpacing(8)
        head = QLabel(f"{len(nodes)} nodes")
        font = head.font()
        font.setBold(True)
        head.setFont(font)
        rows.addWidget(head)
        rows.addWidget(muted_label(type_words(nodes), theme))
        shared = shared_params(nodes)
        self._titles = {param.name: param.title for param in shared}
        rare = any(
            param.advanced and param.name in node.params for param in shared for node in nodes
        )
        self._params = ParamRows(shared, theme, unfolded=rare)
        self._params.edited.connect(self._edit)
        self._params.reset.connect(self._reset)
        rows.addWidget(self._params)
        self._params.setVisible(not self._params.empty)
        if self._params.empty:
            words = "They have no parameter in common. Select one to see its parameters."
            rows.addWidget(muted_label(words, theme))
        self._marks = MarkBoxes()
        self._marks.marked.connect(self._mark)
        rows.addWidget(self._marks)
        rows.addStretch(1)
        self.sync(nodes)
        self.setEnabled(not store.document.read_only)

    def sync(self, nodes: Sequence[Node]) -> None:
        """Show the nodes as they are now."""
        self._params.show_values(*(node.params for node in nodes))
        self._marks.show_nodes(nodes)

    def _edit(self, name: str, value: object) -> None:
        if isinstance(value, Path):
            value = Path(portable(value, self._store))
        self._for_all(
            f"Set {self._titles[name]}",
            lambda graph, node: edits.set_params(graph, node, **{name: value}),
        )

    def _reset(self, name: str) -> None:
        self._for_all(f"Reset {name}", lambda graph, node: edits.reset_param(graph, node, name))

    def _for_all(self, verb: str, change: Callable[[Graph, str], Graph]) -> None:
        def change_all(graph: Graph) -> Graph:
            for node in self._ids:
                graph = change(graph, node)
            return graph

        self._store.edit(f"{verb} of {len(self._ids)} nodes", change_all)

    def _mark(self, mark: str, on: bool) -> None:
        mark_nodes(self._store, self._ids, f"{len(self._ids)} nodes", mark, on=on)


def shared_params(nodes: Sequence[Node]) -> list[Param]:
    """The parameters that all these nodes have, and that take the same values in each, in the first one's order."""
    if any(node.info is None for node in nodes):
        return []
    first, *others = ({p.name: p for p in node.info.params.values()} for node in nodes if node.info)
    return [
        param
        for name, param in first.items()
        if all(name in other and _takes(other[name]) == _takes(param) for other in others)
    ]


def _takes(param: Param) -> Param:
    """What of a parameter says which values it takes, and not the words."""
    return replace(param, default=None, doc="", label="", advanced=False)


def type_words(nodes: Sequence[Node]) -> str:
    """How many there are of each kind: "2 Linear, 1 ReLU"."""
    counted = Counter(node.info.title if node.info else node.type for node in nodes).most_common()
    words = ", ".join(f"{count} {title}" for title, count in counted[:MOST_TYPES])
    more = sum(count for _, count in counted[MOST_TYPES:])
    return f"{words}, {more} more" if more else words
