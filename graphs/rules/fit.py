"""Rules of fit: what comes to a layer must be what it can work with (G201 to G207)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graphs.connection import sentence
from graphs.mending import fixes_for
from graphs.rule import Checked, Problem, rule

if TYPE_CHECKING:
    from graphs.graph import Graph
    from graphs.spec import Mismatch

MOST_MENDED = 20
"""For how many misfits ways out are looked for at once."""


@rule("G201")
def everything_fits(checked: Checked) -> Iterator[Problem]:
    """Shape (G201), kind (G202), classes (G203) and settings (G204 to G207) suit each layer.

    The first layer that does not fit has the problem; what stands behind it waits. The code is the layer's.
    """
    graph, mended = checked.graph, 0
    for node_id, known in checked.shapes.nodes.items():
        fault = known.fault
        if fault is None:
            continue
        mended += 1
        fixes = fixes_for(graph, checked.shapes, node_id, known) if mended <= MOST_MENDED else ()
        source = graph.incoming[node_id].get(fault.port)
        nodes = (
            (node_id, source.node)
            if source is not None and source.node in graph.nodes
            else (node_id,)
        )
        ports = (fault.port,) if fault.port else ()
        message = sentence(graph.nodes[node_id].phrase, _with_source(graph, node_id, fault))
        yield Problem(fault.code, message, nodes, fixes=fixes, ports=ports)


def _with_source(graph: Graph, node_id: str, fault: Mismatch) -> str:
    """The message with the name of the node that the misfit comes from."""
    source = graph.incoming[node_id].get(fault.port)
    node, info = graph.nodes.get(source.node) if source else None, graph.nodes[node_id].info
    if node is None or info is None or fault.code not in ("G201", "G202", "G203"):
        return fault.message
    row = any(port.many for port in info.inputs)
    if not row and fault.message.count("but gets ") == 1:
        return fault.message.replace("but gets ", f"but {node.name} gives ")
    return f"{fault.message} This comes from {node.name}."
