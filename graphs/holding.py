"""Which networks hold a node of some role, such as a loss, themselves or in a block, however deep."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphs.graph import Graph, Node

COMPARING = ("loss", "metric")
"""What is computed wherever it stands, though nothing may be wired to it."""


def holds(graph: Graph, role: str) -> bool:
    """Whether a node of this role stands in a network or in a block of it."""
    return first_inside(graph, role) is not None


def first_inside(graph: Graph, role: str) -> Node | None:
    """The first node of this role in a network or in a block of it."""
    known: dict[str, Node | None] = graph.__dict__.setdefault("_first_inside", {})
    if role not in known:
        known[role] = None  # a network that contains itself ends here
        own = [node for node in graph.by_role(role) if not node.marks.muted]
        inner = (_placed(graph.nodes[each], role) for each in graph.placements)
        known[role] = next(filter(None, (*own, *inner)), None)
    return known[role]


def holders(graph: Graph, role: str) -> list[str]:
    """The placements of a network in which a node of this role stands."""
    return [each for each in graph.placements if _placed(graph.nodes[each], role) is not None]


def compared_inside(graph: Graph) -> Iterator[str]:
    """The sentences about losses and metrics in what is scanned: a scan cannot compare in every step."""
    for role in COMPARING:
        node = first_inside(graph, role)
        if node is not None:
            yield (
                f"It scans, and {node.phrase} inside it would compare in every step. Wire what it compares "
                "out of the block, and compare there."
            )


def _placed(node: Node, role: str) -> Node | None:
    if node.definition is None or node.definition.fault or node.marks.muted:
        return None
    return first_inside(node.definition.graph, role)
