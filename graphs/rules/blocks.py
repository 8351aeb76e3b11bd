"""Rules of blocks: conditions stand inside (G105), placements are right (G107), tied weights are alike (G306)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from graphs import edits
from graphs.content import MAIN
from graphs.graph import NO_MARKS
from graphs.resolve import has_expression, tie_fits
from graphs.rule import Checked, Fix, Problem, rule

if TYPE_CHECKING:
    from graphs.graph import Graph, Node


@rule("G105")
def conditions_stand_inside_blocks(checked: Checked) -> Iterator[Problem]:
    """A condition speaks of promoted parameters and of the round of a repeat, which only blocks have."""
    if checked.network != MAIN:
        return
    for node in checked.graph.nodes.values():
        if node.marks is not NO_MARKS and node.marks.when is not None:
            yield Problem(
                "G105",
                f"{node.phrase} stands under a condition, which only has a meaning inside a block. Drop it.",
                (node.id,),
                fixes=(Fix("Drop the condition", partial(_mark, node.id, "when", None)),),
            )


@rule("G107")
def placements_are_right(checked: Checked) -> Iterator[Problem]:
    """What a placement says of its block is true: parameters, rounds, outputs; and the block has an end."""
    for node_id in checked.graph.placements:
        node = checked.graph.nodes[node_id]
        if checked.network != MAIN and _speaks_of_outside(node):
            continue
        for fault in node.faults:
            wrong = tuple(node.params)
            resets = (Fix("Reset its parameters", partial(_reset, node_id, wrong)),)
            remove = Fix(f"Remove {node.name}", partial(_remove, node_id))
            helps = wrong and not _after_reset(checked.graph, node_id, wrong)
            yield Problem(
                "G107",
                f"{node.phrase}: {fault}",
                (node_id,),
                fixes=(*(resets if helps else ()), remove),
            )


@rule("G306")
def tied_weights_are_alike(checked: Checked) -> Iterator[Problem]:
    """A tie names a weight of another node, of the same size."""
    graph, shapes = checked.graph, checked.shapes
    for node in graph.nodes.values():
        for own, target in node.marks.tie.items() if node.marks is not NO_MARKS else ():
            other_id, _, weight = target.partition(".")
            other = graph.nodes.get(other_id)
            if other is None:
                words = f"but there is no node {other_id[:80]}"
            else:
                if not shapes.nodes[node.id].outputs or not shapes.nodes[other_id].outputs:
                    continue  # one of them waits
                mine, theirs = shapes.nodes[node.id].weights, shapes.nodes[other_id].weights
                if tie_fits(node, own, target, mine, theirs):
                    continue
                there = own in mine and weight in theirs
                words = (
                    f"but those have {_size(mine[own])} and {_size(theirs[weight])} numbers"
                    if there
                    else "but there is no such weight"
                )
            yield Problem(
                "G306",
                f"{node.phrase} takes {target[:80]} as its {own[:80]}, {words}. Untie them.",
                (node.id, *((other_id,) if other is not None else ())),
                fixes=(Fix("Untie them", partial(_mark, node.id, "tie", {})),),
            )


def _speaks_of_outside(node: Node) -> bool:
    """Whether a placement inside a block has expressions, which have values only where the block is placed."""
    return has_expression((*node.params.values(), node.place.repeat if node.place else None))


def _after_reset(graph: Graph, node_id: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return _reset(node_id, names, graph).nodes[node_id].faults


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "1"


def _mark(node_id: str, name: str, value: object, graph: Graph) -> Graph:
    return edits.set_marks(graph, node_id, **{name: value}) if node_id in graph.nodes else graph


def _reset(node_id: str, names: tuple[str, ...], graph: Graph) -> Graph:
    for name in names if node_id in graph.nodes else ():
        graph = edits.reset_param(graph, node_id, name)
    return graph


def _remove(node_id: str, graph: Graph) -> Graph:
    return edits.remove_nodes(graph, {node_id})
