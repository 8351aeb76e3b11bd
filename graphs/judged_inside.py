"""What rules find in the blocks of the main network: each where it first stands, told of the node that places it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from graphs.content import MAIN
from graphs.rule import Checked, Fix, Problem, within
from graphs.shapes import shapes_of
from graphs.standing import standing

if TYPE_CHECKING:
    from graphs.graph import Graph


def blocks_with(checked: Checked, role: str) -> Iterator[Checked]:
    """The networks of the document but `main` that have a node of this role and are placed, as they first stand."""
    for network, graph in checked.document.networks.items():
        there = network != MAIN and graph.by_role(role)
        found = standing(checked.document, network) if there else None
        if found is not None:
            body, inputs = found
            shapes = shapes_of(body.graph, inputs=inputs)
            yield Checked(checked.document, network, body.graph, shapes)


def told_outside(problem: Problem, network: str, main: Graph) -> Problem:
    """A problem of a block's inside as one of the node of `main` that it stands in; its fixes edit the block."""
    at = next((each for each in main.placements if _holds(main, each, network)), "")
    name = main.nodes[at].phrase if at else network
    fixes = tuple(
        Fix(f"{fix.title} in {name}", settings=partial(within, network, fix.edit))
        for fix in problem.fixes
    )
    nodes = (at,) if at else ()
    return replace(
        problem, message=f"Inside {name}, {problem.message}", nodes=nodes, fixes=fixes, ports=()
    )


def _holds(graph: Graph, node_id: str, network: str) -> bool:
    node = graph.nodes[node_id]
    if node.place is None or node.definition is None or node.layer is None:
        return False  # one that contains itself has no layer
    inner = node.definition.graph
    return node.place.network == network or any(
        _holds(inner, each, network) for each in inner.placements
    )
