"""The items of the canvas, kept the same as the graph: what an edit did not touch is not touched here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from graphs.graph import Graph
from graphs.shapes import NodeShapes
from studio.arrays import np
from studio.canvas.bubble import Bubbles
from studio.canvas.far_view import FarStyle
from studio.canvas.lanes import Lanes, may_need_lane
from studio.canvas.node_item import NodeItem
from studio.canvas.node_look import look_at
from studio.canvas.places import Places
from studio.canvas.tidying import tidied
from studio.canvas.wire_item import WireItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt
    from PySide6.QtCore import QObject

    from graphs.check import Report
    from graphs.graph import End, Position, Wire
    from graphs.rule import Problem
    from studio.canvas.sight import Sight

UNKNOWN = NodeShapes({}, {})
EDGE = 400_000.0
"""How far the canvas reaches from its origin; scroll bars need whole numbers below two billion."""


class Scene(QGraphicsScene):
    """Node and wire items by id and by wire, and the same as arrays (`places`)."""

    def __init__(self, sight: Sight, parent: QObject | None = None) -> None:
        super().__init__(-EDGE, -EDGE, 2 * EDGE, 2 * EDGE, parent)
        self.sight = sight
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[Wire, WireItem] = {}
        self.places, self.far = Places(), FarStyle()
        self.problems: dict[str, tuple[Problem, ...]] = {}
        self.bubbles = Bubbles(sight, self._covers)
        self.graph = Graph()
        self.hovered: str | None = None
        self.notes: tuple[Problem, ...] = ()  # on the last run, marked as warnings
        self.first_failing: str | None = None
        self._keys: dict[str, tuple[Any, ...]] = {}
        self._selection: frozenset[str] = frozenset()

    def show_graph(self, graph: Graph, report: Report, *, anew: bool = False) -> None:
        """Hold the items of this graph; `anew` paints all of them again, as for another theme."""
        self.problems = _by_node((*report.problems, *self.notes))
        self.first_failing = _first_failing(graph, self.problems)
        self._drop_gone(graph)
        moved = self._place_nodes(graph, report, anew=anew)
        rewired = (
            graph.wires is not self.graph.wires or graph.nodes.keys() != self.graph.nodes.keys()
        )
        self.graph = graph
        if (
            rewired
            or len(self.wires) != len(self.places.wires)
            or len(self.nodes) != len(self.places.nodes)
        ):
            self._match_wires(graph)
            self._lay_wires(self.wires)
        elif moved:
            self._lay_wires(
                {
                    self.places.wires[row]: None
                    for node in moved
                    for row in self.places.touching.get(node, ())
                }
            )
        self._carry(graph, report)
        self._fill_far(report)
        self._show_bubbles(anew=anew)

    def hover(self, node: str | None) -> None:
        """Draw this node as the one under the mouse; its problem is told, if it has one."""
        if node == self.hovered:
            return
        for each, hovered in ((self.hovered, False), (node, True)):
            item = self.nodes.get(each) if each else None
            if item is not None:
                item.hovered = hovered
                item.update()
        self.hovered = node
        self._show_bubbles()

    def show_selection(self, nodes: frozenset[str]) -> None:
        """Draw these nodes, and the wires at them, as selected."""
        for node in self._selection ^ nodes:
            item = self.nodes.get(node)
            if item is not None:
                item.chosen = node in nodes
                item.update()
        self._selection = nodes
        for wire, wire_item in self.wires.items():
            wire_item.mark(chosen=wire.source.node in nodes or wire.target.node in nodes)
        self._choose_far()
        self._show_bubbles()

    @property
    def selection(self) -> frozenset[str]:
        """The nodes that are drawn as selected."""
        return self._selection

    def shift(self, start: Mapping[str, Position], dx: float, dy: float) -> None:
        """Draw nodes moved from these positions, while a hand still holds them; the graph does not know."""
        rows: set[int] = set()
        for node, (x, y) in start.items():
            node_item = self.nodes.get(node)
            if node_item is not None:
                node_item.setPos(x + dx, y + dy)
                self.places.put_node(node, x + dx, y + dy)
                rows.update(self.places.touching.get(node, ()))
        for row in rows:
            wire = self.places.wires[row]
            start_point, end_point = self.wire_ends(wire)
            item = self.wires[wire]
            item.lie(
                start_point,
                end_point,
                item.lane if may_need_lane(start_point.x(), end_point.x()) else None,
            )
            self.places.put_wire(row, start_point, end_point, item.lane)

    def positions(self, nodes: Iterable[str]) -> dict[str, Position]:
        """Where these nodes are drawn."""
        return {
            each: (self.nodes[each].x(), self.nodes[each].y())
            for each in nodes
            if each in self.nodes
        }

    def sizes(self) -> dict[str, tuple[float, float]]:
        """How big all nodes are drawn."""
        return {node: (item.box.width, item.box.height) for node, item in self.nodes.items()}

    def port_point(self, end: End, *, output: bool) -> QPointF | None:
        """Where a port is; None if it is not drawn."""
        item = self.nodes.get(end.node)
        return item.port_point(end.port, output=output) if item else None

    def wire_ends(self, wire: Wire) -> tuple[QPointF, QPointF]:
        """Where a wire begins and ends; at a node that lost its port, at the node's top."""
        start = self.port_point(wire.source, output=True)
        end = self.port_point(wire.target, output=False)
        return start or self.nodes[wire.source.node].pos(), end or self.nodes[
            wire.target.node
        ].pos()

    def node_rect(self, node: str) -> QRectF:
        """A node's rectangle.

        Raises:
            KeyError: there is no such node.
        """
        return self.nodes[node].frame

    def _drop_gone(self, graph: Graph) -> None:
        for node in self.nodes.keys() - graph.nodes.keys():
            self.bubbles.drop(node)
            self.removeItem(self.nodes.pop(node))
            self._keys.pop(node, None)
        for wire in self.wires.keys() - set(graph.wires):
            self.removeItem(self.wires.pop(wire))

    def _place_nodes(self, graph: Graph, report: Report, *, anew: bool) -> set[str]:
        """Look at every node whose parts are other objects than before; those are returned that moved or grew."""
        incoming, outgoing, ink = graph.incoming, graph.outgoing, self.sight.ink
        rewired = anew or graph.wires is not self.graph.wires
        changed: set[str] = set()
        for node_id, node in graph.nodes.items():
            known = report.shapes.nodes.get(node_id, UNKNOWN)
            problems = self.problems.get(node_id, ())
            last = self._keys.get(node_id)
            if (
                not rewired
                and last
                and last[0] is node
                and last[1] is known
                and last[2] is problems
            ):
                continue
            ports = (incoming[node_id].keys(), {wire.source.port for wire in outgoing[node_id]})
            key = (node, known, problems, *ports)
            item, old = self.nodes.get(node_id), self._keys.get(node_id)
            if item is None:
                item = self.nodes[node_id] = NodeItem(node_id, self.sight)
                self.addItem(item)
                old = None
            same = old is not None and old[0] is node and old[1] is known and old[2] is problems
            if anew or not (same or old == key) or (old is not None and old[3:] != key[3:]):
                look = look_at(graph, node, known, problems)
                if anew or look != item.look:
                    box = item.box
                    item.wear(look, ink)
                    if box != item.box or anew:
                        changed.add(node_id)
            self._keys[node_id] = (node, known, problems, set(ports[0]), ports[1])
        positions = graph.positions
        if not graph.nodes.keys() <= positions.keys():
            positions = {**tidied(graph, self.sizes()), **positions}
        for node_id in graph.nodes:
            item = self.nodes[node_id]
            x, y = positions[node_id]
            if item.x() != x or item.y() != y:
                item.setPos(x, y)
                changed.add(node_id)
        return changed

    def _match_wires(self, graph: Graph) -> None:
        for wire in graph.wires:
            if (
                wire not in self.wires
                and wire.source.node in self.nodes
                and wire.target.node in self.nodes
            ):
                item = self.wires[wire] = WireItem(wire, self.sight)
                item.mark(
                    chosen=wire.source.node in self._selection
                    or wire.target.node in self._selection
                )
                self.addItem(item)

    def _lay_wires(self, moved: Iterable[Wire]) -> None:
        """Draw wires between their ports; long ones all anew, for nodes may have come into their way or left it."""
        ends = {wire: self.wire_ends(wire) for wire in moved if wire in self.wires}
        rects = self._rects()
        lanes = Lanes(rects)
        for wire, item in self.wires.items():
            start, end = ends.get(wire, (item.start, item.end))
            if may_need_lane(start.x(), end.x()):
                item.lie(
                    start, end, lanes.give(wire.source, start.x(), start.y(), end.x(), end.y())
                )
            elif wire in ends:
                item.lie(start, end, None)
        self._fill_places(rects)

    def _carry(self, graph: Graph, report: Report) -> None:
        refused = {
            (node, port)
            for node, known in report.shapes.nodes.items()
            if known.fault is not None
            for port in ((known.fault.port,) if known.fault.port else graph.incoming.get(node, ()))
        }
        for wire, item in self.wires.items():
            spec = report.shapes.output(wire.source.node, wire.source.port)
            state = "error" if wire.target in refused else "" if spec is not None else "waits"
            item.carry(spec, state)

    def _show_bubbles(self, *, anew: bool = False) -> None:
        """The first failing node tells its problem at all times; others while they are selected alone or hovered."""
        alone = next(iter(self._selection)) if len(self._selection) == 1 else None
        due = dict.fromkeys(
            each for each in (self.first_failing, alone, self.hovered) if each in self.problems
        )
        self.bubbles.show(
            [(self.nodes[each], _worst(self.problems[each])) for each in due if each], anew=anew
        )

    def _covers(self, rect: QRectF) -> bool:
        return bool(self.places.nodes_in(rect, touching=True))

    def bounds(self, nodes: Iterable[str] | None = None) -> QRectF | None:
        """The rectangle of these nodes and what hangs on them; of all, if none are given. None if there are none."""
        chosen = self.nodes if nodes is None else nodes
        found = self.places.bounds(None if nodes is None else list(nodes))
        if found is None:
            return None
        rect = QRectF(QPointF(*found[:2]), QPointF(*found[2:]))
        for node, bubble in self.bubbles.items.items():
            if node in chosen:
                rect |= bubble.home
        return rect

    def _fill_places(self, rects: npt.NDArray[Any]) -> None:
        wires = self.wires.values()
        ends = np.array(
            [(w.start.x(), w.start.y(), w.end.x(), w.end.y()) for w in wires], float
        ).reshape(-1, 4)
        lanes = np.array([np.nan if w.lane is None else w.lane for w in wires], float)
        self.places.reset(list(self.nodes), rects, list(self.wires), ends, lanes)

    def _rects(self) -> npt.NDArray[Any]:
        rects = [
            (item.x(), item.y(), item.box.width, item.box.height) for item in self.nodes.values()
        ]
        return np.array(rects, float).reshape(-1, 4)

    def _fill_far(self, report: Report) -> None:
        if not self.nodes:
            return  # nothing is to be seen from afar, and the window shows without numpy
        index = {name: number for number, name in enumerate(self.sight.ink.strips)}
        looks = [item.look for item in self.nodes.values()]
        far = self.far
        far.category = np.array(
            [index.get(look.category, len(index)) if look else 0 for look in looks], dtype=np.int16
        )
        far.names = [look.name if look else "" for look in looks]
        far.waits = np.array(
            [bool(look and (look.state == "waits" or look.muted)) for look in looks], dtype=bool
        )
        far.wire_waits = np.array(
            [item.state == "waits" for item in self.wires.values()], dtype=bool
        )
        rows = self.places.rows
        worst = {
            p.nodes[0]: p.severity
            for p in reversed(report.problems)
            if p.nodes and p.nodes[0] in rows
        }
        far.badges = [(rows[node], severity) for node, severity in worst.items()]
        self._choose_far()

    def _choose_far(self) -> None:
        if not self.nodes:
            return
        self.far.chosen = np.zeros(len(self.places.nodes), dtype=bool)
        self.far.chosen[
            [self.places.rows[each] for each in self._selection if each in self.places.rows]
        ] = True


def _by_node(problems: tuple[Problem, ...]) -> dict[str, tuple[Problem, ...]]:
    found: dict[str, tuple[Problem, ...]] = {}
    for problem in problems:
        if problem.nodes:
            found[problem.nodes[0]] = (*found.get(problem.nodes[0], ()), problem)
    return found


def _worst(problems: tuple[Problem, ...]) -> Problem:
    return next((each for each in problems if each.severity == "error"), problems[0])


def _first_failing(graph: Graph, problems: Mapping[str, tuple[Problem, ...]]) -> str | None:
    failing = {
        node for node, found in problems.items() if any(each.severity == "error" for each in found)
    }
    return next((node for node in (*graph.order, *graph.nodes) if node in failing), None)
