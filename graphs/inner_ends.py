"""Losses and metrics of a network by path, those inside its blocks included: `stage.0.loss`, as in ids of weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graphs.block import Block
from graphs.holding import holders

if TYPE_CHECKING:
    from graphs.graph import Graph, Node


def ends_of(graph: Graph, role: str) -> dict[str, Node]:
    """The nodes of a role, "loss" or "metric", in order of the file; those of a repeat once for each round.

    A muted block has none, and a scanned one may hold none.
    """
    if not graph.placements:
        return {node.id: node for node in graph.by_role(role)}
    return dict(_found(graph, role, ""))


def end_at(graph: Graph, path: str) -> tuple[Node, str] | None:
    """The loss or metric at a path, and its name on the screen: "Accuracy", "Accuracy in Stage, round 2"."""
    node = graph.nodes.get(path)
    if node is not None:
        return node, node.name
    inner = (
        {**ends_of(graph, "loss"), **ends_of(graph, "metric")}.get(path) if "." in path else None
    )
    if inner is None:
        return None
    way = path.split(".")[:-1]
    words = [graph.nodes[way[0]].name]
    words += [
        f"round {int(each) + 1}" if each.isdecimal() else each.replace("_", " ") for each in way[1:]
    ]
    return inner, f"{inner.name} in {', '.join(words)}"


def _found(graph: Graph, role: str, prefix: str) -> Iterator[tuple[str, Node]]:
    inner = set(holders(graph, role))
    for node_id, node in graph.nodes.items():
        if node.cls is not None and node.cls.info.role == role:
            yield prefix + node_id, node
        elif node_id in inner and isinstance(node.layer, Block) and node.layer.scan is None:
            for index, body in enumerate(node.layer.bodies):
                rest = f"{index}." if node.layer.repeated else ""
                yield from _found(body.graph, role, f"{prefix}{node_id}.{rest}")
