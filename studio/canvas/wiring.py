"""Which port of a node takes a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.connection import try_wire
from graphs.graph import End
from graphs.ports import first_free_input, inputs_of, outputs_of

if TYPE_CHECKING:
    from graphs.graph import Graph
    from graphs.shapes import Shapes


def fitting_input(
    graph: Graph, shapes: Shapes, source: End, node: str, *, strict: bool = False
) -> str | None:
    """The first free input that takes what the source gives; unless `strict`, else the first free one."""
    wired = graph.incoming[node]
    for port in inputs_of(graph, node):
        if port not in wired and try_wire(graph, shapes, source, End(node, port)).why_not is None:
            return port
    return None if strict else first_free_input(graph, node)


def fitting_output(graph: Graph, node: str) -> str | None:
    """The first output of a node, if it has any."""
    return next(iter(outputs_of(graph, node)), None)
