"""Rules of fit: what comes to a layer must be what it can work with (G201 to G207)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graphs.connection import sentence
from graphs.content import MAIN
from graphs.mending import fixes_for
from graphs.mending_inside import fixes_inside
from graphs.rule import Checked, Fix, Problem, rule

if TYPE_CHECKING:
    from graphs.graph import Graph
    from graphs.shapes import NodeShapes
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
        fixes = _fixes(checked, node_id, known) if mended <= MOST_MENDED else ()
        source = graph.incoming[node_id].get(fault.port)
        nodes = (
            (node_id, source.node)
            if source is not None and source.node in graph.nodes
            else (node_id,)
        )
        ports = (fault.port,) if fault.port else ()
        message = sentence(graph.nodes[node_id].phrase, _with_source(graph, node_id, fault))
        yield Problem(fault.code, message, nodes, fixes=fixes, ports=ports)


def _fixes(checked: Checked, node_id: str, known: NodeShapes) -> tuple[Fix, ...]:
    """Ways out; for what is wrong inside a block of `main`, those inside it first."""
    outside = fixes_for(checked.graph, checked.shapes, node_id, known)
    if checked.network != MAIN or checked.graph.nodes[node_id].place is None:
        return outside
    return (*fixes_inside(checked.document, checked.shapes, node_id), *outside)


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
