"""Rule of cost (G601): nothing so large that no machine could hold it is ever built."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from graphs import edits
from graphs.count_words import byte_words, count_words
from graphs.rule import Checked, Fix, Problem, rule

if TYPE_CHECKING:
    from graphs.graph import Graph, Node

MOST_PARAMETERS = 10**11
"""Weights of all nodes together: 400 GB in single precision, and four times that to train them."""

BYTES_TO_TRAIN = 16
"""A weight, its gradient and the two means that Adam keeps, in single precision."""

MUCH_MEMORY = 8 * 10**9
"""More than many machines have to spare, in bytes: worth a warning before training begins."""

MOST_NUMBERS = 10**11
"""Numbers in one output for one sample."""


@rule("G601")
def nothing_is_absurdly_large(checked: Checked) -> Iterator[Problem]:
    """Weights and outputs have a size that a machine could hold."""
    graph, total = checked.graph, 0
    for node_id, known in checked.shapes.nodes.items():
        node, own = graph.nodes[node_id], known.parameters
        total += own
        if own > MOST_PARAMETERS:
            yield _problem(node, f"would have {count_words(own)} weights ({byte_words(4 * own)})")
        if known.numbers > MOST_NUMBERS:
            words = f"would give {count_words(known.numbers)} numbers for each sample"
            yield _problem(node, f"{words} ({byte_words(4 * known.numbers)})")
    if total > MOST_PARAMETERS and all(
        known.parameters <= MOST_PARAMETERS for known in checked.shapes.nodes.values()
    ):
        largest = max(checked.shapes.nodes, key=lambda each: checked.shapes.nodes[each].parameters)
        yield _problem(
            graph.nodes[largest],
            f"and the other layers would have {count_words(total)} weights together ({byte_words(4 * total)})",
        )
    elif BYTES_TO_TRAIN * total > MUCH_MEMORY and total <= MOST_PARAMETERS:
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
