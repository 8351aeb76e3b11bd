"""Drawing a wire with keys: arrows go through the ports that would take it, Enter connects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from graphs import edits
from graphs.connection import try_wire
from graphs.graph import End
from graphs.ports import inputs_of, outputs_of
from studio.canvas.geometry import wire_path
from studio.canvas.gesture import Gesture
from studio.canvas.ink import pen
from studio.canvas.wire_label import axes_words

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from studio.canvas.bench import Bench, Pointer

NEXT = (Qt.Key.Key_Right, Qt.Key.Key_Down)
BEFORE = (Qt.Key.Key_Left, Qt.Key.Key_Up)
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ChooseWire(Gesture):
    """From one node to any input that is free and fits; Tab takes the node's next output."""

    scrolls_at_edge = False

    def __init__(self, bench: Bench, node: str) -> None:
        super().__init__(bench)
        self._node = node
        self._outputs = outputs_of(bench.store.graph, node)
        self._output = 0
        self._targets: list[End] = []
        self._index = 0

    def start(self, at: Pointer) -> None:
        """Offer the nearest input on the right."""
        self._offer()

    def move(self, at: Pointer) -> None:
        """The mouse has no say here."""

    def end(self, at: Pointer) -> None:
        """Connect."""
        self._clear()
        if self._targets:
            source, target, nodes = (
                self._source,
                self._targets[self._index],
                self.bench.store.graph.nodes,
            )
            text = f"Connect {nodes[source.node].name} to {nodes[target.node].name}"
            self.bench.store.edit(text, lambda graph: edits.connect(graph, source, target))

    def cancel(self) -> None:
        """Connect nothing."""
        self._clear()

    def key(self, key: Qt.Key) -> str:
        """Arrows and Tab choose, Enter connects."""
        if key in NEXT or key in BEFORE:
            self._index = (self._index + (1 if key in NEXT else -1)) % max(len(self._targets), 1)
            self._show()
        elif key == Qt.Key.Key_Tab:
            self._output = (self._output + 1) % len(self._outputs)
            self._offer()
        elif key in ENTER:
            return "end"
        return "stay"

    def paint(self, painter: QPainter) -> None:
        """The wire that Enter would make."""
        if not self._targets:
            return
        start, end = self._run
        painter.setPen(pen(self.bench.scene.sight.ink.accent, 2.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(wire_path(start, end))

    @property
    def _source(self) -> End:
        return End(self._node, self._outputs[self._output])

    @property
    def _run(self) -> tuple[QPointF, QPointF]:
        scene = self.bench.scene
        start = scene.port_point(self._source, output=True)
        end = scene.port_point(self._targets[self._index], output=False)
        return start or QPointF(), end or QPointF()

    def _offer(self) -> None:
        """All inputs that take the output, from left to right, beginning behind the node."""
        store, scene = self.bench.store, self.bench.scene
        graph, shapes, source = store.graph, store.report.shapes, self._source
        before = graph.ancestors({self._node})
        found = [
            End(node, port)
            for node in graph.nodes
            if node not in before
            for port in inputs_of(graph, node)
            if port not in graph.incoming[node]
            and try_wire(graph, shapes, source, End(node, port), before).why_not is None
        ]
        here = scene.nodes[self._node].x()
        found.sort(
            key=lambda end: (
                scene.nodes[end.node].x() < here,
                scene.nodes[end.node].x(),
                scene.nodes[end.node].y(),
            )
        )
        self._targets, self._index = found, 0
        self._show()

    def _show(self) -> None:
        scene, nodes, source = self.bench.scene, self.bench.store.graph.nodes, self._source
        ports = {(source.node, source.port, True): "welcome"}
        ports |= {(end.node, end.port, False): "welcome" for end in self._targets}
        scene.sight.ports = ports
        corner = self.bench.camera.to_viewport(scene.node_rect(self._node).bottomLeft())
        if not self._targets:
            words = f"No free input takes {source.port} of {nodes[self._node].name}."
            self.bench.tip.show_at(corner, words, refuses=True)
        else:
            target = self._targets[self._index]
            scene.sight.hovered_port = (target.node, target.port, False)
            self.bench.camera.reveal(scene.node_rect(target.node))
            spec = self.bench.store.report.shapes.output(*source)
            carried = f" ({axes_words(spec)})" if spec else ""
            port = "" if target.port == "input" else f", {target.port}"
            words = f"{nodes[source.node].name}{carried} to {nodes[target.node].name}{port}"
            place = self.bench.camera.to_viewport(self._run[1])
            self.bench.tip.show_at(place, f"{words}\nEnter connects, arrows choose, Esc gives up")
        self.bench.repaint(None)

    def _clear(self) -> None:
        self.bench.scene.sight.ports = self.bench.scene.sight.hovered_port = None
        self.bench.tip.hide()
        self.bench.repaint(None)
