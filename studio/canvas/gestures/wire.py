"""Drawing a wire from port to port, or taking the end of one elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from graphs import edits
from graphs.connection import Trial, try_wire
from graphs.graph import End, Wire
from studio.canvas.geometry import wire_path
from studio.canvas.gesture import Gesture
from studio.canvas.hit import Hit, port_at
from studio.canvas.ink import pen
from studio.canvas.wire_label import axes_words

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from graphs.graph import Graph
    from studio.canvas.bench import Bench, Pointer


class DrawWire(Gesture):
    """A press on a port. From an output to an input or back; from a wired input the wire's end is taken along."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, bench: Bench, at: Hit) -> None:
        super().__init__(bench)
        graph = bench.store.graph
        self._old: Wire | None = None
        self._from, self._forward = End(at.node, at.port), at.output
        source = None if at.output else graph.incoming[at.node].get(at.port)
        if source is not None:
            self._old = Wire(source, self._from)
            self._from, self._forward = source, True
        self._graph: Graph = (
            replace(graph, wires=tuple(each for each in graph.wires if each != self._old))
            if self._old
            else graph
        )
        self._loops = (
            self._graph.ancestors({self._from.node})
            if self._forward
            else _behind(self._graph, self._from.node)
        )
        self._trials: dict[Hit, Trial] = {}
        self._fixed = self._loose = QPointF()
        self._press = QPointF()
        self._over: Hit | None = None
        self._moved = False

    def start(self, at: Pointer) -> None:
        """Fix one end at the port."""
        fixed = self.bench.scene.port_point(self._from, output=self._forward)
        self._fixed = fixed if fixed is not None else at.canvas
        self._press = self._loose = at.canvas

    def move(self, at: Pointer) -> None:
        """Follow the mouse; say what would come of letting go here."""
        if not self._moved:
            away = at.canvas - self._press
            if max(abs(away.x()), abs(away.y())) * self.bench.camera.zoom < 3.0:
                return
            self._begin()
        old = self._area
        over = self._target_at(at.canvas)
        point = (
            self.bench.scene.port_point(End(over.node, over.port), output=over.output)
            if over
            else None
        )
        self._loose = point if point is not None else at.canvas
        self._hover(over)
        trial = self._trial(over) if over else None
        if over is not None and trial is not None:
            self.bench.tip.show_at(
                at.view,
                self._words(over, trial),
                refuses=trial.why_not is not None,
                warns=trial.warning is not None,
            )
        else:
            self.bench.tip.hide()
        self.bench.repaint(old | self._area)

    def end(self, at: Pointer) -> None:
        """Connect, refuse with the reason, or ask in the palette what shall stand there."""
        if not self._moved:
            self.cancel()
            return
        over = self._over
        self._finish()
        if over is None:
            self._drop_on_nothing(at)
            return
        trial = self._trial(over)
        if trial.why_not is not None:
            self.bench.tip.show_at(at.view, trial.why_not, refuses=True, stays=True)
            self.bench.say(trial.why_not)
            return
        source, target = self._ends(over)
        nodes, old = self.bench.store.graph.nodes, self._old
        if old == Wire(source, target):
            return

        def change(graph: Graph) -> Graph:
            after = edits.connect(graph, source, target)
            return edits.disconnect(after, old) if old in after.wires and old is not None else after

        self.bench.store.edit(
            f"Connect {nodes[source.node].name} to {nodes[target.node].name}", change
        )

    def cancel(self) -> None:
        """Leave all wires as they were."""
        self._finish()

    def paint(self, painter: QPainter) -> None:
        """The loose wire."""
        if not self._moved:
            return
        ink = self.bench.scene.sight.ink
        trial = self._trial(self._over) if self._over is not None else None
        refused = trial is not None and trial.why_not is not None
        warns = trial is not None and trial.warning is not None
        line = pen(ink.error if refused else ink.warning if warns else ink.accent, 2.4)
        if refused:
            line.setDashPattern([2.0, 2.5])
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(wire_path(*self._run))
        painter.setBrush(line.color())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(self._loose, 3.5, 3.5)

    @property
    def _run(self) -> tuple[QPointF, QPointF]:
        return (self._fixed, self._loose) if self._forward else (self._loose, self._fixed)

    @property
    def _area(self) -> QRectF:
        return wire_path(*self._run).controlPointRect().adjusted(-8, -8, 8, 8)

    def _begin(self) -> None:
        self._moved = True
        scene = self.bench.scene
        if self._old is not None:
            scene.wires[self._old].setVisible(False)
        scene.sight.ports = {(self._from.node, self._from.port, self._forward): "welcome"}
        for node in scene.places.nodes_in(self.bench.visible(), touching=True):
            self._try_all(node)
        self.bench.repaint(None)

    def _try_all(self, node: str) -> None:
        states = self.bench.scene.sight.ports
        assert states is not None
        if node == self._from.node:
            return
        for over in self._ports(node):
            fits = self._trial(over).why_not is None
            states[over.node, over.port, over.output] = "welcome" if fits else "refused"

    def _ports(self, node: str) -> list[Hit]:
        look = self.bench.scene.nodes[node].look
        assert look is not None
        return [
            Hit("port", node, port.name, not self._forward)
            for port in (look.inputs if self._forward else look.outputs)
        ]

    def _target_at(self, point: QPointF) -> Hit | None:
        """The port that letting go here would reach: the one below, or the first of the node that would take it."""
        over = port_at(self.bench.scene, point)
        if (
            over is not None
            and over.output is not self._forward
            and (over.node, over.port) != self._from
        ):
            return over
        node = self.bench.scene.places.node_at(point)
        if node is None or node == self._from.node:
            return None
        ports = self._ports(node)
        wired = self._graph.incoming[node]
        free = [each for each in ports if not self._forward or each.port not in wired]
        fitting = (each for each in free if self._trial(each).fits)
        drawable = (each for each in free if self._trial(each).why_not is None)
        return next(fitting, None) or next(drawable, free[0] if free else Hit("node", node))

    def _trial(self, over: Hit) -> Trial:
        if over.kind == "node":
            return Trial(self._full(over.node))
        if over not in self._trials:
            source, target = self._ends(over)
            loop = over.node in self._loops
            before = {target.node} if loop else {source.node}
            shapes = self.bench.store.report.shapes
            self._trials[over] = try_wire(self._graph, shapes, source, target, before)
        return self._trials[over]

    def _full(self, node: str) -> str:
        phrase = self._graph.nodes[node].phrase
        if not self._forward:
            return f"{phrase} has no output."
        if not self._ports(node):
            return f"{phrase} has no input."
        return f"{phrase} has no free input. Drop the wire on a port to replace the one there."

    def _ends(self, over: Hit) -> tuple[End, End]:
        there = End(over.node, over.port)
        return (self._from, there) if self._forward else (there, self._from)

    def _words(self, over: Hit, trial: Trial) -> str:
        if not trial.fits:
            return trial.why_not or trial.warning or ""
        nodes = self.bench.store.graph.nodes
        source, target = self._ends(over)
        if trial.gives:
            words = f"{nodes[target.node].name} gives " + ", ".join(
                axes_words(spec) for spec in trial.gives
            )
        elif trial.carries is not None:
            words = f"{axes_words(trial.carries)} to {nodes[target.node].name}"
        else:
            words = f"{nodes[source.node].name} to {nodes[target.node].name}"
        if trial.replaces is not None and self._forward:
            words += f"\nReplaces the wire from {nodes[trial.replaces.node].name}"
        return words

    def _drop_on_nothing(self, at: Pointer) -> None:
        if self._old is not None:
            old = self._old
            self.bench.store.edit("Remove wire", lambda graph: edits.disconnect(graph, old))
            return
        self.bench.tip.hide()
        self.bench.open_palette(at.canvas, source=self._from if self._forward else None,
                                target=None if self._forward else self._from)  # fmt: skip

    def _hover(self, over: Hit | None) -> None:
        scene = self.bench.scene
        for each in {self._over, over} - {None}:
            assert each is not None
            if each.node in scene.nodes:
                scene.nodes[each.node].update()
        self._over = over
        port = over if over is not None and over.kind == "port" else None
        scene.sight.hovered_port = (port.node, port.port, port.output) if port else None
        if port is not None and scene.sight.ports is not None:
            state = "welcome" if self._trial(port).why_not is None else "refused"
            scene.sight.ports[port.node, port.port, port.output] = state

    def _finish(self) -> None:
        scene = self.bench.scene
        scene.sight.ports = scene.sight.hovered_port = None
        self.bench.tip.hide()
        self._moved = False
        item = scene.wires.get(self._old) if self._old else None
        if item is not None:
            item.setVisible(True)
        self.bench.repaint(None)


def _behind(graph: Graph, node: str) -> set[str]:
    """A node and everything that is computed from it."""
    found, todo = {node}, [node]
    while todo:
        for wire in graph.outgoing.get(todo.pop(), ()):
            if wire.target.node not in found:
                found.add(wire.target.node)
                todo.append(wire.target.node)
    return found
