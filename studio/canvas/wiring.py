"""Which port of a node takes a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.connection import try_wire
from graphs.edits import connect
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
        if port not in wired and try_wire(graph, shapes, source, End(node, port)).fits:
            return port
    return None if strict else first_free_input(graph, node)


def fitting_output(graph: Graph, node: str) -> str | None:
    """The first output of a node, if it has any."""
    return next(iter(outputs_of(graph, node)), None)


def with_target(graph: Graph, shapes: Shapes, node: str) -> Graph:
    """The graph with the other inputs of a new loss or metric wired, where just one column of data fits each.

    A loss behind the scores can only want the labels: nobody should have to say so.
    """
    cls = graph.nodes[node].cls
    if cls is None or cls.info.role not in ("loss", "metric") or not graph.incoming[node]:
        return graph
    columns = [
        End(data.id, port) for data in graph.by_role("data") for port in outputs_of(graph, data.id)
    ]
    for port in cls.info.inputs:
        target = End(node, port.name)
        if port.many or port.optional or port.name in graph.incoming[node]:
            continue
        fits = [column for column in columns if fits_for_certain(graph, shapes, column, target)]
        if len(fits) == 1:
            graph = connect(graph, fits[0], target)
    return graph


def fits_for_certain(graph: Graph, shapes: Shapes, source: End, target: End) -> bool:
    """Whether a wire fits, and all that is needed to say so is known.

    Class labels are the right column even where the scores do not suit them: the layer before the loss is amiss.
    """
    trial = try_wire(graph, shapes, source, target)
    labels = trial.carries is not None and trial.carries.kind == "class"
    amiss = trial.code == "G203" or (labels and trial.blames not in ("", target.port))
    return trial.why_not is None and (bool(trial.gives) or (trial.warning is not None and amiss))
