"""Rule of cost (G601): nothing so large that no machine could hold it is ever built."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from graphs import edits
from graphs.cost import absurd
from graphs.count_words import byte_words, count_words
from graphs.rule import Checked, Fix, Problem, rule

if TYPE_CHECKING:
    from graphs.graph import Graph, Node

BYTES_TO_TRAIN = 16
"""A weight, its gradient and the two means that Adam keeps, in single precision."""

MUCH_MEMORY = 8 * 10**9
"""More than many machines have to spare, in bytes: worth a warning before training begins."""


@rule("G601")
def nothing_is_absurdly_large(checked: Checked) -> Iterator[Problem]:
    """Weights and outputs have a size that a machine could hold."""
    found = list(absurd(checked.shapes))
    for node_id, words in found:
        yield _problem(checked.graph.nodes[node_id], words)
    total = sum(known.parameters for known in checked.shapes.nodes.values())
    if not found and BYTES_TO_TRAIN * total > MUCH_MEMORY:
        yield _warning(checked, total)


def _warning(checked: Checked, total: int) -> Problem:
    largest = max(checked.shapes.nodes, key=lambda each: checked.shapes.nodes[each].parameters)
    node = checked.graph.nodes[largest]
    own = checked.shapes.nodes[largest].parameters
    return Problem(
        "G601",
        f"This network needs about {byte_words(BYTES_TO_TRAIN * total)} of memory to train {count_words(total)} "
        f"weights; {count_words(own)} are those of {node.phrase}. Choose smaller sizes if the machine has less.",
        (largest,),
        "warning",
    )


def _problem(node: Node, words: str) -> Problem:
    fixes = (
        (Fix(f"Reset the settings of {node.name}", partial(_reset, node.id)),)
        if node.params
        else ()
    )
    return Problem(
        "G601",
        f"{node.phrase} {words}, more than any machine can hold. Choose smaller sizes.",
        (node.id,),
        fixes=fixes,
    )


def _reset(node_id: str, graph: Graph) -> Graph:
    for name in list(graph.nodes[node_id].params) if node_id in graph.nodes else ():
        graph = edits.reset_param(graph, node_id, name)
    return graph
