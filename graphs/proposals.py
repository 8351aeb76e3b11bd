"""Which outputs could feed the inputs of a node that are not wired, tried before they are offered."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial
from itertools import islice, permutations
from typing import TYPE_CHECKING

from graphs import edits
from graphs.graph import End, Graph
from graphs.layer import infer
from graphs.rule import Fix
from graphs.shapes import missing_ports
from graphs.spec import Mismatch

if TYPE_CHECKING:
    from graphs.layer import Layer
    from graphs.shapes import Shapes
    from graphs.spec import Spec

MOST_SOURCES = 12
MOST_TRIES = 200
MOST_WAYS, MOST_FIXES = 12, 3
TARGET = "target"
"""What losses and metrics call what the data say."""


def proposals(graph: Graph, shapes: Shapes, node_id: str) -> tuple[Fix, ...]:
    """Fixes that wire all missing inputs of a node with something that fits; none if nothing does."""
    node = graph.nodes[node_id]
    if node.layer is None:
        return ()
    inputs = shapes.nodes[node_id].inputs
    sources = list(islice(_sources(graph, shapes, node_id), MOST_SOURCES))
    if TARGET in _ports(node.layer):  # what is compared with itself is always right
        there = set(graph.incoming[node_id].values())
        sources = [each for each in sources if each[0] not in there]
    found = []
    data = {each.id for each in graph.by_role("data")}
    ways = list(islice(assignments(node.layer, inputs, sources), MOST_WAYS))
    if TARGET in _ports(node.layer):
        ways = _as_meant(ways, data)
    if (
        not ways
    ):  # the labels of ten classes belong to the loss, even if 64 scores come there as yet
        several = len(missing_ports(node.layer, inputs)) > 1
        likely = sources if several else [each for each in sources if each[0].node in data]
        amiss = list(islice(assignments(node.layer, inputs, likely, classes=False), MOST_WAYS))
        amiss = _as_meant(amiss, data)
        ways = amiss if len(amiss) == 1 else _only_way(graph, node.layer, inputs, sources)
    for wired in ways[:MOST_FIXES]:
        names = [_name(graph, end) for end in wired.values()]
        title = f"Connect {' and '.join(names)} to {node.name}"
        found.append(Fix(title, partial(wire_all, node_id, wired)))
    return tuple(found)


def _as_meant(ways: list[dict[str, End]], data: Collection[str]) -> list[dict[str, End]]:
    """Those in which a target comes from the data and all else from layers; all of them if there is none."""
    apt = [
        each
        for each in ways
        if all((end.node in data) == (port == TARGET) for port, end in each.items())
    ]
    return apt or ways


def _only_way(
    graph: Graph, layer: Layer, inputs: Mapping[str, Spec], sources: list[tuple[End, Spec]]
) -> list[dict[str, End]]:
    """The wires that are meant where there is one answer and one column to compare it with, whatever their sizes.

    The misfit that this leaves says which size to set.
    """
    if TARGET not in _ports(layer):
        return []
    data = {each.id for each in graph.by_role("data")}
    ends = [end for end, _ in sources]
    free = [end for end in ends if end.node in data and not _is_computed_on(graph, end)]
    answers = [end for end in ends if end.node not in data]
    wired: dict[str, End] = {}
    for port in missing_ports(layer, inputs):
        likely = free if port == TARGET else answers
        if len(likely) != 1 or likely[0] in wired.values():
            return []
        wired[port] = likely[0]
    return [wired]


def _is_computed_on(graph: Graph, end: End) -> bool:
    """Whether a layer gets it."""
    takers = (
        graph.nodes.get(each.target.node) for each in graph.outgoing[end.node] if each.source == end
    )
    return any(
        each is not None and each.info is not None and each.info.role == "layer" for each in takers
    )


def _ports(layer: Layer) -> tuple[str, ...]:
    return tuple(port.name for port in layer.info.inputs)


def assignments(
    layer: Layer,
    inputs: Mapping[str, Spec],
    sources: list[tuple[End, Spec]],
    *,
    classes: bool = True,
) -> Iterator[dict[str, End]]:
    """Ways to wire all missing ports of a layer, each source at most once, that its `infer` accepts.

    Without `classes`, labels may go where the scores do not suit them.
    """
    missing = missing_ports(layer, inputs)
    for row in islice(permutations(sources, len(missing)), MOST_TRIES):
        given = {**inputs, **{port: spec for port, (_, spec) in zip(missing, row, strict=True)}}
        if missing_ports(layer, given):
            continue
        try:
            infer(layer, given)
        except Mismatch as fault:
            labels = all(given[port].kind == "class" for port in missing)
            if classes or not (fault.code == "G203" or (labels and fault.port not in missing)):
                continue
        yield {port: end for port, (end, _) in zip(missing, row, strict=True)}


def _sources(graph: Graph, shapes: Shapes, node_id: str) -> Iterator[tuple[End, Spec]]:
    """Outputs that could be meant, the likeliest first: what enters losses, loose ends, columns of data."""
    behind = descendants(graph, node_id)
    cls = graph.nodes[node_id].cls
    sink = cls is not None and cls.info.role in ("loss", "metric", "output")
    ends: dict[End, None] = {}
    if sink:
        for node in graph.by_role("loss"):
            ends.update(dict.fromkeys(graph.incoming[node.id].values()))
    loose = [each for each in reversed(list(graph.nodes)) if not graph.outgoing[each]]
    data = [node.id for node in graph.by_role("data")]
    for each in (*loose, *data):
        node = graph.nodes[each]
        if node.info is not None and node.info.role in ("layer", "data"):
            ends.update(dict.fromkeys(End(each, port) for port in shapes.nodes[each].outputs))
    for end in ends:
        spec = shapes.output(*end)
        if spec is not None and end.node not in behind:
            yield end, spec


def descendants(graph: Graph, node_id: str) -> set[str]:
    """A node and everything that is computed from it."""
    found, todo = {node_id}, [node_id]
    while todo:
        for wire in graph.outgoing.get(todo.pop(), ()):
            if wire.target.node not in found:
                found.add(wire.target.node)
                todo.append(wire.target.node)
    return found


def wire_all(node_id: str, wired: Mapping[str, End], graph: Graph) -> Graph:
    """The graph with these wires to the ports of a node; unchanged if it or a source is gone."""
    if node_id not in graph.nodes or any(end.node not in graph.nodes for end in wired.values()):
        return graph
    for port, end in wired.items():
        graph = edits.connect(graph, end, End(node_id, port))
    return graph


def _name(graph: Graph, end: End) -> str:
    node = graph.nodes[end.node]
    several = node.layer is not None and len(node.layer.outputs()) > 1
    return f"{end.port} of {node.name}" if several else node.name
