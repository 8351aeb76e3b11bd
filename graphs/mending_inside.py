"""Ways out of what is wrong inside a block: ready-made edits of the block's network, tried where it is placed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from graphs import edits
from graphs.block import Block
from graphs.content import MAIN
from graphs.graph import FACE_IN, FACE_OUT, End, Graph, Node
from graphs.mending import fixes_for
from graphs.mending_way import amiss
from graphs.proposals import proposals
from graphs.resolve import MAIN_ROLES
from graphs.rule import Fix, within
from graphs.shapes import shapes_of
from graphs.spec import Mismatch

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.resolve import Resolved
    from graphs.shapes import NodeShapes, Shapes
    from graphs.spec import Spec

MOST_FIXES = 3
MOST_TRIES = 12


class Place(NamedTuple):
    """The inside of a block in which something is wrong: its network, the body there, and what stands at its inputs."""

    network: str
    name: str
    body: Resolved
    inputs: dict[str, Spec]


def fixes_inside(document: Document, shapes: Shapes, node_id: str) -> tuple[Fix, ...]:
    """Edits after which nothing in `main` is amiss that was not, and the placement `node_id` no more.

    `shapes` are those of `main`.
    """
    node, known = shapes.graph.nodes[node_id], shapes.nodes[node_id]
    place = _wrong_place(node, known)
    if place is None:
        return ()
    before = amiss(shapes)
    found: dict[str, Fix] = {}
    for tried, fix in enumerate(_candidates(place)):
        if tried == MOST_TRIES or len(found) == MOST_FIXES:
            break
        change = partial(within, place.network, fix.edit)
        after = change(document)
        if after is document:
            continue
        there = shapes_of(after.networks[MAIN], shapes)
        if amiss(there) < before and there.nodes[node_id].fault is None:
            title = f"{fix.title} in {place.name}"
            found.setdefault(title, Fix(title, settings=change))
    return tuple(found.values())


def _wrong_place(node: Node, known: NodeShapes) -> Place | None:
    """The innermost block in which something does not fit."""
    block = node.layer
    if not isinstance(block, Block) or not known.inputs.keys() >= set(
        block.definition.graph.face.inputs
    ):
        return None
    try:
        for _, body, given in block.rounds(known.inputs):
            try:
                whole = body.outputs(given).keys() >= set(block.outputs())
            except Mismatch:
                shapes = shapes_of(body.graph, inputs=given)
                for inner in body.needed:
                    deeper = _wrong_place(body.graph.nodes[inner], shapes.nodes[inner])
                    if deeper is not None and shapes.nodes[inner].fault is not None:
                        return deeper
                whole = False
            if not whole:
                return Place(block.definition.network, node.name, body, given)
    except Mismatch:
        return None
    return None


def _candidates(place: Place) -> Iterator[Fix]:
    """What might mend it, the gentlest first."""
    graph = place.body.graph
    shapes = shapes_of(graph, inputs=place.inputs)
    for node_id in place.body.needed:
        node, known = graph.nodes[node_id], shapes.nodes[node_id]
        if known.fault is not None:
            yield from fixes_for(graph, shapes, node_id, known)
        if known.missing:
            yield from _wired_from_face(place, shapes, node)
            yield from proposals(graph, shapes, node_id)
        if node.layer is not None and node.layer.info.role in MAIN_ROLES:
            yield Fix(f"Remove {node.name}", partial(_remove, node_id))
        for name in node.params if node.layer is None else ():
            title = node.info.params[name].title if node.info and name in node.info.params else name
            yield Fix(f"Reset {title} of {node.name}", partial(_reset, node_id, name))
        if node.marks.tie:
            yield Fix(f"Untie {node.name}", partial(_untie, node_id))
    yield from _outputs(place, shapes)
    yield from _loose_wires(graph)


def _wired_from_face(place: Place, shapes: Shapes, node: Node) -> Iterator[Fix]:
    """A wire from an input of the block to what lacks one."""
    missing = shapes.nodes[node.id].missing
    for port in place.body.graph.face.inputs if len(missing) == 1 else ():
        wired = partial(edits.connect, source=End(FACE_IN, port), target=End(node.id, missing[0]))
        yield Fix(f"Connect the input {port} to {node.name}", wired)


def _outputs(place: Place, shapes: Shapes) -> Iterator[Fix]:
    """Wires to outputs of the block that have none, from what leads nowhere, the last first."""
    graph = place.body.graph
    for port in graph.face.outputs:
        if port in place.body.outs:
            continue
        for node_id in reversed(graph.order):
            for output in shapes.nodes[node_id].outputs if not graph.outgoing[node_id] else ():
                wired = partial(
                    edits.connect, source=End(node_id, output), target=End(FACE_OUT, port)
                )
                yield Fix(f"Connect {graph.nodes[node_id].name} to the output {port}", wired)


def _loose_wires(graph: Graph) -> Iterator[Fix]:
    """Wires that close a loop, the newest first, and those at ports that are none."""
    knotted = graph.nodes.keys() - set(graph.order)
    for wire in reversed(graph.wires):
        source, target = graph.nodes.get(wire.source.node), graph.nodes.get(wire.target.node)
        loops = wire.source.node in knotted and wire.target.node in knotted
        outputs = source.sockets[1] if source is not None else None
        if loops or (outputs is not None and wire.source.port not in outputs):
            ends = [each.name for each in (source, target) if each is not None]
            title = f"Remove the wire from {' to '.join(ends)}"
            yield Fix(title, partial(_cut, wire.source, wire.target))


def _remove(node_id: str, graph: Graph) -> Graph:
    return edits.remove_nodes(graph, {node_id})


def _reset(node_id: str, name: str, graph: Graph) -> Graph:
    return edits.reset_param(graph, node_id, name) if node_id in graph.nodes else graph


def _untie(node_id: str, graph: Graph) -> Graph:
    return edits.set_marks(graph, node_id, tie={}) if node_id in graph.nodes else graph


def _cut(source: End, target: End, graph: Graph) -> Graph:
    gone = [each for each in graph.wires if (each.source, each.target) == (source, target)]
    return edits.disconnect(graph, *gone)
