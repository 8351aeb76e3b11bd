"""Which ports a node shows in a graph: its outputs, its inputs, and the next free one of a row of inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.graph import End

if TYPE_CHECKING:
    from graphs.graph import Graph


def outputs_of(graph: Graph, node_id: str) -> tuple[str, ...]:
    """The output ports of a node; where its parameters are wrong, what the type or the wires tell."""
    node = graph.nodes[node_id]
    if node.layer is not None:
        return node.layer.outputs()
    declared = node.info.outputs if node.info is not None else ()
    wired = (wire.source.port for wire in graph.outgoing[node_id])
    return tuple(dict.fromkeys((*declared, *wired)))


def inputs_of(graph: Graph, node_id: str) -> tuple[str, ...]:
    """The input ports of a node; a row of ports ends with one that is free, for the next wire."""
    node = graph.nodes[node_id]
    wired = graph.incoming[node_id]
    if node.info is None:
        return tuple(wired)
    ports: list[str] = []
    for port in node.info.inputs:
        if port.many:
            ports += [
                f"{port.name}.{index}" for index in range(row_length(graph, node_id, port.name) + 1)
            ]
        else:
            ports.append(port.name)
    return tuple(ports)


def row_length(graph: Graph, node_id: str, row: str) -> int:
    """How many places of a row of ports are in use, gaps counted: one more than the highest index wired."""
    places = [
        place for port in graph.incoming[node_id] if (place := place_in(row, port)) is not None
    ]
    return max(places, default=-1) + 1


def place_in(row: str, port: str) -> int | None:
    """The index of a port in a row: 2 for `inputs.2` in `inputs`; None if it is not of that row."""
    name, _, index = port.rpartition(".")
    return int(index) if name == row and index.isdecimal() and index.isascii() else None


def first_free_input(graph: Graph, node_id: str) -> str | None:
    """The first input port without a wire, those that must be wired before those that may be."""
    node = graph.nodes[node_id]
    if node.info is None:
        return None
    wired = graph.incoming[node_id]
    optional = {port.name for port in node.info.inputs if port.optional}
    free = [port for port in inputs_of(graph, node_id) if port not in wired]
    return next(iter(sorted(free, key=lambda port: port in optional)), None)


def has_input(graph: Graph, end: End) -> bool:
    """Whether a wire may end there: the node has this port (any next place of a row)."""
    node = graph.nodes.get(end.node)
    return node is not None and node.info is not None and end.port in inputs_of(graph, end.node)
