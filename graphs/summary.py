"""What a checked network costs and what is wrong with it, as plain values: the contract of `check --json`."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from graphs.block import Block
from graphs.cost import activation_bytes
from graphs.size import Symbolic

if TYPE_CHECKING:
    from graphs.check import Report
    from graphs.graph import Node
    from graphs.shapes import NodeShapes
    from graphs.size import Size


def summary(report: Report) -> dict[str, Any]:
    """The report as JSON values, with parameters, FLOPs and bytes of activations by node and in total.

    FLOPs and bytes are those of one sample, forward; a multiply-add counts as two. Where a size depends
    on a length of the data they are an expression of it, as a text. Shared weights count once.
    """
    graph = report.document.networks[report.network]
    nodes = {}
    parameters, flops, activation = 0, _zero(), _zero()
    owners: set[str] = set()
    for node_id, node in graph.nodes.items():
        known = report.shapes.nodes[node_id]
        here = activation_bytes(known)
        nodes[node_id] = {
            "type": node.type or (node.place.network if node.place else ""),
            "outputs": {
                port: [_plain(size) for size in spec.sizes] for port, spec in known.outputs.items()
            },
            "parameters": known.parameters + sum(_shared_inside(known).values()),
            "flops": _plain(known.flops),
            "activation_bytes": _plain(here),
        }
        owner = node.marks.weights or f"node {node_id}"
        for name, own in {owner: _own_numbers(node, known), **_shared_inside(known)}.items():
            parameters += own if name not in owners else 0
            owners.add(name)
        flops, activation = known.flops + flops, here + activation
    return {
        "ok": report.ok,
        "problems": [
            {
                "code": problem.code,
                "severity": problem.severity,
                "message": problem.message,
                "nodes": list(problem.nodes),
                "fixes": [fix.title for fix in problem.fixes],
            }
            for problem in report.problems
        ],
        "nodes": nodes,
        "parameters": parameters,
        "flops": _plain(flops),
        "activation_bytes": _plain(activation),
    }


def _own_numbers(node: Node, known: NodeShapes) -> int:
    """How many numbers a node learns, without those that another gives it by a tie."""
    return sum(prod(shape) for name, shape in known.weights.items() if name not in node.marks.tie)


def _shared_inside(known: NodeShapes) -> dict[str, int]:
    """The shared weights inside a block by name, and how many numbers they hold."""
    return known.layer.shared(**known.inputs) if isinstance(known.layer, Block) else {}


def _zero() -> Size:
    return 0


def _plain(size: Size) -> int | str:
    return str(size) if isinstance(size, Symbolic) else size
