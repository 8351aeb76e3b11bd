"""Where a block stands: the values and the inputs that its first placement gives it, so that its inside has shapes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from graphs.block import Block
from graphs.content import MAIN
from graphs.shapes import shapes_of
from graphs.spec import Mismatch

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.graph import Graph
    from graphs.resolve import Resolved
    from graphs.shapes import NodeShapes
    from graphs.spec import Spec

Standing: TypeAlias = "tuple[Resolved, dict[str, Spec]]"


def standing(document: Document, network: str) -> Standing | None:
    """The body of the first placement of a network that data reach from `main`, and what stands at its inputs.

    None if it stands nowhere, or something before it does not fit.
    """
    main = document.networks.get(MAIN)
    if main is None or network == MAIN:
        return None
    todo = list(_placed(main, dict(shapes_of(main).nodes)))
    seen: set[int] = set()
    while todo:
        block, inputs = todo.pop(0)
        try:
            rounds = list(islice(block.rounds(inputs), 1))
        except Mismatch:
            rounds = [(0, block.bodies[0], inputs)] if block.bodies and not block.scan else []
        for _, body, given in rounds:
            if block.definition.network == network:
                return body, given
            if id(body) not in seen:
                seen.add(id(body))
                todo += _placed(body.graph, dict(shapes_of(body.graph, inputs=given).nodes))
    return None


def _placed(graph: Graph, known: dict[str, NodeShapes]) -> Iterator[tuple[Block, dict[str, Spec]]]:
    for node_id in graph.placements:
        node, here = graph.nodes[node_id], known[node_id]
        whole = not here.waits and not here.missing and not node.marks.muted
        if isinstance(node.layer, Block) and whole:
            yield node.layer, here.inputs
