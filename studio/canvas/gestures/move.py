"""Moving nodes: they snap to the grid, and a loose one dropped on a wire is put into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from graphs import edits
from studio.canvas.geometry import snapped
from studio.canvas.gesture import Gesture
from studio.canvas.splicing import place_in_wire, wire_for

if TYPE_CHECKING:
    from graphs.graph import Graph, Position, Wire
    from studio.canvas.bench import Bench, Pointer


class Move(Gesture):
    """A press on a node. A click alone selects it; a drag is one undo step."""

    def __init__(self, bench: Bench, node: str) -> None:
        super().__init__(bench)
        self._node = node
        self._press = QPointF()
        self._from: dict[str, tuple[float, float]] = {}
        self._moved = False
        self._click_selects_only = False
        self._wire: Wire | None = None
        self._before: frozenset[str] = frozenset()

    def start(self, at: Pointer) -> None:
        """Select the node, unless it is one of several that are."""
        store = self.bench.store
        self._press, self._before = at.canvas, store.selection
        if at.holds(Qt.KeyboardModifier.ControlModifier):
            store.select(store.selection ^ {self._node})
        elif at.holds(Qt.KeyboardModifier.ShiftModifier):
            store.select(store.selection | {self._node})
        elif self._node in store.selection:
            self._click_selects_only = True
        else:
            store.select({self._node})
        self._from = self.bench.scene.positions(store.selection | {self._node})

    def move(self, at: Pointer) -> None:
        """Take the nodes along, once the hand has really moved."""
        away = at.canvas - self._press
        far = (
            max(abs(away.x()), abs(away.y())) * self.bench.camera.zoom
            >= QApplication.startDragDistance() / 2
        )
        if not self._moved and not far:
            return
        self._moved = True
        x, y = self._from[self._node]
        to_x, to_y = snapped(x + away.x(), y + away.y())
        self.bench.scene.shift(self._from, to_x - x, to_y - y)
        self._light(None if at.holds(Qt.KeyboardModifier.AltModifier) else self._wire_below())

    def end(self, at: Pointer) -> None:
        """Make the move an edit, or the click a selection."""
        self.move(at)
        if not self._moved:
            if self._click_selects_only:
                self.bench.store.select({self._node})
            return
        before = self.bench.store.document
        self._edit(self.bench.scene.positions(self._from))
        if (
            self.bench.store.document is before
        ):  # a read-only document, or a way round back to the start
            self.bench.scene.shift(self._from, 0.0, 0.0)

    def cancel(self) -> None:
        """Put everything back."""
        self.bench.scene.shift(self._from, 0.0, 0.0)
        self._light(None)
        self.bench.store.select(self._before)

    def _edit(self, positions: dict[str, Position]) -> None:
        store, wire = self.bench.store, self._wire
        self._light(None)
        name = store.graph.nodes[self._node].name
        if wire is not None:
            sizes = self.bench.scene.sizes()

            def insert(graph: Graph) -> Graph:
                return place_in_wire(edits.move(graph, positions), wire, self._node, sizes)

            store.edit(f"Insert {name}", insert)
            return
        text = f"Move {name}" if len(positions) == 1 else f"Move {len(positions)} nodes"
        store.edit(text, lambda graph: edits.move(graph, positions))

    def _wire_below(self) -> Wire | None:
        if len(self._from) != 1:
            return None
        return wire_for(self.bench.store.graph, self.bench.scene, self._node)

    def _light(self, wire: Wire | None) -> None:
        for old, lit in ((self._wire, False), (wire, True)):
            item = self.bench.scene.wires.get(old) if old else None
            if item is not None:
                item.mark(lit=lit)
        self._wire = wire
