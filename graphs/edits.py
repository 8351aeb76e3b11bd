"""Edits: functions from a graph to the graph after the edit. They check nothing; rules find what is wrong.

An edit that changes nothing returns the very same graph. Row ports (`inputs.0`, `inputs.1`) stay without
gaps: taking a wire away moves the later ones up.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from graphs.graph import MAX_COORDINATE, MAX_TITLE, End, Graph, Node, Position, Wire
from graphs.layer import LAYERS
from graphs.ports import first_free_input, outputs_of, place_in
from graphs.shapes import shapes_of

if TYPE_CHECKING:
    from graphs.shapes import Shapes

LONGEST_STEM = 56
STEP_X = 220.0
"""How far to the right of a node, in canvas pixels, the next one is put."""


def free_id(taken: Collection[str], stem: str) -> str:
    """An id that is not taken: the stem, or the stem with the first free number from 2."""
    stem = stem[:LONGEST_STEM] or "node"
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def add_node(
    graph: Graph,
    type_id: str,
    position: Position | None = None,
    params: Mapping[str, Any] | None = None,
) -> tuple[Graph, str]:
    """The graph with one more node of a layer type, and its id.

    Raises:
        KeyError: there is no such layer type.
    """
    node_id = free_id(graph.nodes, LAYERS[type_id].info.stem)
    return put(graph, Node(node_id, type_id, dict(params or {})), position), node_id


def put(graph: Graph, node: Node, position: Position | None = None) -> Graph:
    """The graph with this node, in place of the one that has its id."""
    after = graph if graph.nodes.get(node.id) == node else _with(graph, node)
    return after if position is None else move(after, {node.id: position})


def connect(graph: Graph, source: End, target: End) -> Graph:
    """The graph with a wire between two ports; a wire that already ended at the target is replaced."""
    wire = Wire(End(*source), End(*target))
    if wire in graph.wires:
        return graph
    old = next(
        (index for index, each in enumerate(graph.wires) if each.target == wire.target), None
    )
    if old is None:
        return replace(graph, wires=(*graph.wires, wire))
    return replace(graph, wires=(*graph.wires[:old], wire, *graph.wires[old + 1 :]))


def disconnect(graph: Graph, *wires: Wire) -> Graph:
    """The graph without these wires."""
    gone = set(wires)
    kept = tuple(wire for wire in graph.wires if wire not in gone)
    if len(kept) == len(graph.wires):
        return graph
    return replace(graph, wires=_without_gaps(graph, kept, {wire.target.node for wire in gone}))


def remove_nodes(graph: Graph, nodes: Collection[str]) -> Graph:
    """The graph without these nodes and their wires."""
    gone = set(nodes) & graph.nodes.keys()
    if not gone:
        return graph
    kept = tuple(
        wire
        for wire in graph.wires
        if wire.source.node not in gone and wire.target.node not in gone
    )
    lost = {wire.target.node for wire in graph.wires if wire.source.node in gone} - gone
    after = replace(
        graph,
        nodes={each: node for each, node in graph.nodes.items() if each not in gone},
        positions={
            each: position for each, position in graph.positions.items() if each not in gone
        },
    )
    return replace(after, wires=_without_gaps(after, kept, lost))


def remove_and_heal(graph: Graph, nodes: Collection[str], shapes: Shapes | None = None) -> Graph:
    """The graph without these nodes; what came into the first input of one goes to where its outputs went.

    A wire is healed only where what comes then fits as well as before.
    """
    gone = set(nodes) & graph.nodes.keys()
    if not gone:
        return graph
    before = shapes if shapes is not None else shapes_of(graph)
    healed: dict[End, End] = {}
    for wire in graph.wires:
        if wire.source.node in gone and wire.target.node not in gone:
            source = _source_before(graph, wire.source, gone)
            if source is not None:
                healed[wire.target] = source
    joined = replace(
        graph,
        wires=tuple(
            Wire(healed.get(wire.target, wire.source), wire.target) for wire in graph.wires
        ),
    )
    after = shapes_of(joined, before)
    spoiled = [
        wire
        for wire in joined.wires
        if wire.target in healed
        and after.nodes[wire.target.node].fault is not None
        and before.nodes[wire.target.node].fault is None
    ]
    return disconnect(remove_nodes(joined, gone), *spoiled)


def move(graph: Graph, positions: Mapping[str, Position]) -> Graph:
    """The graph with these nodes at these positions, in canvas pixels, held within what a file can keep."""
    held = {
        node: (_within(x), _within(y)) for node, (x, y) in positions.items() if node in graph.nodes
    }
    changed = {node: where for node, where in held.items() if graph.positions.get(node) != where}
    return graph.changed(positions={**graph.positions, **changed}) if changed else graph


def set_params(graph: Graph, node_id: str, /, **params: Any) -> Graph:
    """The graph with other parameters of one node."""
    node = graph.nodes[node_id]
    if all(
        name in node.params and _same(node.params[name], value) for name, value in params.items()
    ):
        return graph
    return _with(
        graph, node.with_params(**params)
    )  # 8 and 8.0 are equal, but not the same to a file


def reset_param(graph: Graph, node_id: str, name: str) -> Graph:
    """The graph with one parameter of a node at its default, which is then not stored."""
    node = graph.nodes[node_id]
    if name not in node.params:
        return graph
    return put(
        graph,
        replace(node, params={each: value for each, value in node.params.items() if each != name}),
    )


def rename(graph: Graph, node_id: str, title: str) -> Graph:
    """The graph with a person's own name for a node, in one line that a file can keep.

    An empty one gives the layer's title back.
    """
    line = "".join(each for each in " ".join(title.split()) if each.isprintable())
    return put(graph, replace(graph.nodes[node_id], title=line[:MAX_TITLE].strip()))


def retype(graph: Graph, node_id: str, type_id: str) -> Graph:
    """The graph with another layer type for a node; its wires stay, and the parameters that both types have."""
    node = graph.nodes[node_id]
    known = LAYERS[type_id].info.params
    params = {name: value for name, value in node.params.items() if name in known}
    return put(graph, replace(node, type=type_id, params=params))


def set_marks(graph: Graph, node_id: str, /, **marks: Any) -> Graph:
    """The graph with other marks of a node (frozen, muted, weights, tie, only, when)."""
    node = graph.nodes[node_id]
    return put(graph, replace(node, marks=replace(node.marks, **marks)))


def duplicate(
    graph: Graph, nodes: Collection[str], offset: Position = (40.0, 40.0)
) -> tuple[Graph, dict[str, str]]:
    """The graph with copies of these nodes and of the wires between them, and the id of each copy."""
    chosen = {each: node for each, node in graph.nodes.items() if each in set(nodes)}
    inner = tuple(
        wire for wire in graph.wires if wire.source.node in chosen and wire.target.node in chosen
    )
    positions = {each: graph.positions[each] for each in chosen if each in graph.positions}
    return paste(graph, Graph(chosen, inner, positions=positions), offset)


def paste(graph: Graph, part: Graph, offset: Position = (0.0, 0.0)) -> tuple[Graph, dict[str, str]]:
    """The graph with all nodes and wires of another one added under free ids, and the new id of each.

    Ties between copied nodes follow the copies.
    """
    if not part.nodes:
        return graph, {}
    new: dict[str, str] = {}
    taken = set(graph.nodes)
    for node in part.nodes.values():
        new[node.id] = free_id(taken, _stem(node))
        taken.add(new[node.id])
    nodes = {new[node.id]: _renamed(node, new) for node in part.nodes.values()}
    wires = tuple(
        Wire(End(new[source.node], source.port), End(new[target.node], target.port))
        for source, target in part.wires
        if source.node in new and target.node in new
    )
    places = {
        new[each]: (x + offset[0], y + offset[1])
        for each, (x, y) in part.positions.items()
        if each in new
    }
    after = replace(
        graph,
        nodes={**graph.nodes, **nodes},
        wires=(*graph.wires, *wires),
        positions={**graph.positions, **places},
    )
    return after, new


def splice(graph: Graph, wire: Wire, node_id: str) -> Graph:
    """The graph with a node put into a wire: in at its first free input, out at its first output.

    A node without inputs or outputs changes nothing.
    """
    into, outputs = first_free_input(graph, node_id), outputs_of(graph, node_id)
    if (
        into is None
        or not outputs
        or wire not in graph.wires
        or node_id in (wire.source.node, wire.target.node)
    ):
        return graph
    after = connect(graph, End(node_id, outputs[0]), wire.target)
    return connect(after, wire.source, End(node_id, into))


def insert_before(
    graph: Graph, target: End, type_id: str, params: Mapping[str, Any] | None = None
) -> tuple[Graph, str]:
    """The graph with a new node in the wire that ends at this port, and its id; it stands between the two.

    Raises:
        KeyError: no wire ends there, or there is no such layer type.
    """
    source = graph.incoming[target.node][target.port]
    after, node_id = add_node(graph, type_id, _between(graph, source.node, target.node), params)
    return splice(after, Wire(source, target), node_id), node_id


def append_after(
    graph: Graph,
    node_id: str,
    type_id: str,
    position: Position | None = None,
    params: Mapping[str, Any] | None = None,
) -> tuple[Graph, str]:
    """The graph with a new node wired to the first output of another, and its id; by default to the right of it."""
    if position is None and node_id in graph.positions:
        x, y = graph.positions[node_id]
        position = (x + STEP_X, y)
    after, new = add_node(graph, type_id, position, params)
    into, outputs = first_free_input(after, new), outputs_of(after, node_id)
    if into is not None and outputs:
        after = connect(after, End(node_id, outputs[0]), End(new, into))
    return after, new


def _source_before(graph: Graph, end: End, gone: set[str]) -> End | None:
    """Where the first input of a node comes from, through all nodes that go away."""
    seen: set[str] = set()
    while end.node in gone:
        node = graph.nodes[end.node]
        if end.node in seen or node.info is None or not node.info.inputs:
            return None
        seen.add(end.node)
        first = node.info.inputs[0]
        source = graph.incoming[end.node].get(f"{first.name}.0" if first.many else first.name)
        if source is None:
            return None
        end = source
    return end


def _without_gaps(
    graph: Graph, wires: tuple[Wire, ...], nodes: Collection[str]
) -> tuple[Wire, ...]:
    """The wires with the row ports of these nodes numbered from 0 without gaps, in their order."""
    rows = {
        (each, port.name)
        for each in nodes
        if each in graph.nodes and (cls := graph.nodes[each].cls) is not None
        for port in cls.info.inputs
        if port.many
    }
    after = list(wires)
    for node, row in rows:
        places = sorted(
            (place, index)
            for index, wire in enumerate(after)
            if wire.target.node == node and (place := place_in(row, wire.target.port)) is not None
        )
        for number, (_, index) in enumerate(places):
            after[index] = Wire(after[index].source, End(node, f"{row}.{number}"))
    return tuple(after)


def _with(graph: Graph, node: Node) -> Graph:
    return graph.changed(nodes={**graph.nodes, node.id: node})


def _within(coordinate: float) -> float:
    """A coordinate that a file can keep; 0 for what is no number."""
    return 0.0 if math.isnan(coordinate) else max(-MAX_COORDINATE, min(MAX_COORDINATE, coordinate))


def _same(old: Any, new: Any) -> bool:
    return type(old) is type(new) and bool(old == new)


def _stem(node: Node) -> str:
    if node.cls is not None:
        return node.cls.info.stem
    base, _, number = node.id.rpartition("_")
    return base if number.isdecimal() and base else node.id


def _renamed(node: Node, new: Mapping[str, str]) -> Node:
    tie = {}
    for weight, owner in node.marks.tie.items():
        there, _, name = owner.partition(".")
        tie[weight] = f"{new.get(there, there)}.{name}"
    marks = replace(node.marks, tie=tie) if tie != node.marks.tie else node.marks
    return replace(node, id=new[node.id], marks=marks)


def _between(graph: Graph, left: str, right: str) -> Position | None:
    if left not in graph.positions or right not in graph.positions:
        return None
    (x1, y1), (x2, y2) = graph.positions[left], graph.positions[right]
    return ((x1 + x2) / 2, (y1 + y2) / 2)
