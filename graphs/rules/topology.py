"""Rules of wiring: no loops (G101), every needed port wired (G103), every wire at a port that there is (G104)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING

from graphs import edits
from graphs.connection import nothing_at
from graphs.graph import End
from graphs.proposals import proposals
from graphs.rule import Checked, Fix, Problem, rule

if TYPE_CHECKING:
    from graphs.graph import Graph, Node, Wire

MOST_NAMED = 6
MOST_MENDED = 10
"""For how many nodes without input sources are looked for at once."""


@rule("G101")
def data_flows_one_way(checked: Checked) -> Iterator[Problem]:
    """No layer may reach its own input.

    Reports one loop per strongly connected component: listing every simple cycle is
    exponential, and people mend loops one wire at a time.
    """
    graph = checked.graph
    knotted = set(graph.nodes) - set(graph.order)
    if not knotted:
        return
    age = {(wire.source.node, wire.target.node): index for index, wire in enumerate(graph.wires)}
    for loop in _loops(graph, knotted):
        names = [graph.nodes[each].name for each in loop]
        shown = names if len(names) <= MOST_NAMED else [*names[: MOST_NAMED - 1], "..."]
        pairs = zip(loop, (*loop[1:], loop[0]), strict=True)
        source, target = max(pairs, key=age.__getitem__)
        yield Problem(
            "G101",
            f"{' -> '.join((*shown, names[0]))} is a loop. Remove one of its wires.",
            loop,
            fixes=(
                Fix(
                    f"Remove the wire from {graph.nodes[source].name} to {graph.nodes[target].name}",
                    partial(_part, source, target),
                ),
            ),
        )


@rule("G103")
def inputs_are_wired(checked: Checked) -> Iterator[Problem]:
    """Every port that must be wired is. A layer without any wire is not in use, and G401's business."""
    graph, mended = checked.graph, 0
    for node_id, known in checked.shapes.nodes.items():
        if not known.missing:
            continue
        node = graph.nodes[node_id]
        if _is_loose(graph, node):
            continue
        mended += 1
        fixes = proposals(graph, checked.shapes, node_id) if mended <= MOST_MENDED else ()
        if not fixes and (node,) != graph.by_role("loss"):  # the only loss is better kept
            fixes = (Fix(f"Remove {node.name}", partial(_remove, node_id)),)
        yield Problem(
            "G103", nothing_at(node, known.missing), (node_id,), fixes=fixes, ports=known.missing
        )


@rule("G104")
def wires_end_at_ports(checked: Checked) -> Iterator[Problem]:
    """Every wire joins ports that its nodes have."""
    graph = checked.graph
    nodes = graph.nodes
    for wire in graph.wires:
        (source_id, source_port), (target_id, target_port) = wire
        if source_id in nodes:
            source = nodes[source_id]
            outputs = source.sockets[1]
            if (
                outputs is not None
                and source_port not in outputs
                and checked.shapes.nodes[source_id].fault is None
            ):
                yield _no_port(graph, wire, source, "output", outputs)
        if target_id in nodes:
            target = nodes[target_id]
            inputs = target.sockets[0]
            if target_port not in inputs and not _is_in_a_row(target_port, inputs) and target.info:
                yield _no_port(graph, wire, target, "input", inputs)


def _is_in_a_row(port: str, inputs: frozenset[str]) -> bool:
    """Whether a port is one of a row that the node has: the row's name, a dot, and a number."""
    row, _, number = port.partition(".")
    return f"{row}." in inputs and number.isdecimal() and number == str(int(number))


def _loops(graph: Graph, knotted: set[str]) -> Iterator[tuple[str, ...]]:
    """A loop in every knot of these nodes, the nodes in or behind loops."""
    import networkx as nx  # a fifth of a second to import: only graphs with a loop pay

    topology = nx.DiGraph(
        (wire.source.node, wire.target.node)
        for wire in graph.wires
        if wire.source.node in knotted and wire.target.node in knotted
    )
    place = {node: index for index, node in enumerate(topology)}
    for knot in nx.strongly_connected_components(topology):
        first = min(knot, key=place.__getitem__)  # a set has no order that lasts
        if len(knot) > 1 or topology.has_edge(first, first):
            yield _walked(topology.adj, knot, first)


def _walked(
    following: Mapping[str, Iterable[str]], knot: Collection[str], here: str
) -> tuple[str, ...]:
    """A loop in a knot, where every way leads on: walk until a node comes again.

    networkx.find_cycle looks at a filtered view for each node, which takes seconds for a loop of 20,000.
    """
    way: dict[str, int] = {}
    while here not in way:
        way[here] = len(way)
        here = next(each for each in following[here] if each in knot)
    return tuple(way)[way[here] :]


def _is_loose(graph: Graph, node: Node) -> bool:
    """Whether nothing is wired to a plain layer: it has just been put there, or left over."""
    plain = node.info is not None and node.info.role == "layer"
    return plain and not graph.incoming[node.id] and not graph.outgoing[node.id]


def _no_port(graph: Graph, wire: Wire, node: Node, side: str, ports: frozenset[str]) -> Problem:
    other, word, port = wire.target.node, "to", wire.source.port
    if side == "input":
        other, word, port = wire.source.node, "from", wire.target.port
    name = graph.nodes[other].name if other in graph.nodes else "the edge of the block"
    known = (
        ", ".join(f"{each}0" if each.endswith(".") else each for each in sorted(ports)) or "none"
    )
    return Problem(
        "G104",
        f'A wire {word} {name} is at {side} "{port}" of {node.phrase}, but its {side}s are: {known}. Remove the wire.',
        (node.id, other) if other in graph.nodes else (node.id,),
        fixes=(
            *_moved(graph, wire, node, side, ports),
            Fix("Remove the wire", partial(_cut, wire)),
        ),
        ports=(port,),
    )


def _moved(graph: Graph, wire: Wire, node: Node, side: str, ports: frozenset[str]) -> Iterator[Fix]:
    """The same wire at the port that is meant: the one with nearly that name, or the only one that is free."""
    taken = graph.incoming[node.id] if side == "input" else {}
    free = sorted(port for port in ports if port not in taken and not port.endswith("."))
    given = wire.target.port if side == "input" else wire.source.port
    meant = get_close_matches(given, free, n=1) or (free if len(free) == 1 else [])
    for port in meant:
        end = End(node.id, port)
        source, target = (wire.source, end) if side == "input" else (end, wire.target)
        yield Fix(f'Use its {side} "{port}"', partial(_move, wire, source, target))


def _move(wire: Wire, source: End, target: End, graph: Graph) -> Graph:
    """The graph with a wire at other ports; unchanged if it is gone."""
    if wire not in graph.wires:
        return graph
    return edits.connect(edits.disconnect(graph, wire), source, target)


def _part(source: str, target: str, graph: Graph) -> Graph:
    """The graph without any wire from one node to another."""
    both = [
        wire for wire in graph.wires if (wire.source.node, wire.target.node) == (source, target)
    ]
    return edits.disconnect(graph, *both)


def _remove(node_id: str, graph: Graph) -> Graph:
    return edits.remove_nodes(graph, {node_id})


def _cut(wire: Wire, graph: Graph) -> Graph:
    return edits.disconnect(graph, wire)
