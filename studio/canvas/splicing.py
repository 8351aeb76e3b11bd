"""Putting a node into a wire, and making room for it by pushing aside what is downstream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs import edits
from graphs.connection import try_wire
from graphs.graph import End
from graphs.ports import first_free_input, outputs_of
from studio.canvas.geometry import GAP_X, WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QPointF

    from graphs.graph import Graph, Wire
    from graphs.shapes import Shapes
    from studio.canvas.scene import Scene

LEAST_GAP = 56.0
REACH = 10.0


def fits_wire(graph: Graph, shapes: Shapes, wire: Wire, node: str) -> bool:
    """Whether a loose node takes in what the wire carries."""
    if node in (wire.source.node, wire.target.node):
        return False
    into = first_free_input(graph, node)
    if into is None or not outputs_of(graph, node):
        return False
    return try_wire(graph, shapes, wire.source, End(node, into)).fits


def wire_for(graph: Graph, scene: Scene, node: str) -> Wire | None:
    """The wire that a loose node lies on and fits into."""
    if graph.incoming[node] or graph.outgoing[node]:
        return None
    item = scene.nodes[node]
    middle = item.frame.center()
    return wire_at(scene, middle, item.box.height / 2)


def wire_at(scene: Scene, point: QPointF, reach: float = REACH) -> Wire | None:
    """The wire near a point of the canvas."""
    return scene.places.wire_at(point, reach)


def place_in_wire(
    graph: Graph, wire: Wire, node: str, sizes: Mapping[str, tuple[float, float]]
) -> Graph:
    """The graph with the node in the wire, and room around it."""
    return make_room(edits.splice(graph, wire, node), node, sizes)


def make_room(graph: Graph, node: str, sizes: Mapping[str, tuple[float, float]]) -> Graph:
    """The graph with everything downstream of a node moved right, if the node stands too close before it.

    A node that is wired from another and stands too close behind it is moved right first.
    """
    if node not in graph.positions:
        return graph
    x, y = graph.positions[node]
    sources = [end.node for end in graph.incoming[node].values() if end.node in graph.positions]
    for source in sources:
        right = graph.positions[source][0] + sizes.get(source, (WIDTH, 0.0))[0]
        if _same_band(graph, sizes, source, node):
            x = max(x, right + LEAST_GAP)
    after = edits.move(graph, {node: (x, y)})
    right = x + sizes.get(node, (WIDTH, 0.0))[0]
    targets = [
        wire.target.node for wire in after.outgoing[node] if wire.target.node in after.positions
    ]
    close = [after.positions[each][0] for each in targets if after.positions[each][0] >= x - WIDTH]
    if not close or min(close) >= right + LEAST_GAP:
        return after
    push = right + GAP_X - min(close)
    pushed = _downstream(after, node) - {node}
    return edits.move(
        after,
        {
            each: (after.positions[each][0] + push, after.positions[each][1])
            for each in pushed
            if each in after.positions
        },
    )


def _same_band(
    graph: Graph, sizes: Mapping[str, tuple[float, float]], one: str, other: str
) -> bool:
    top, other_top = graph.positions[one][1], graph.positions[other][1]
    low = top + sizes.get(one, (0.0, 80.0))[1]
    return top < other_top + sizes.get(other, (0.0, 80.0))[1] and other_top < low


def _downstream(graph: Graph, node: str) -> set[str]:
    found, todo = {node}, [node]
    while todo:
        for wire in graph.outgoing.get(todo.pop(), ()):
            if wire.target.node not in found:
                found.add(wire.target.node)
                todo.append(wire.target.node)
    return found
