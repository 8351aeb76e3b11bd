"""Rules of blocks: conditions stand inside (G105), placements are right (G107), tied weights are alike (G306)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
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
            remove = Fix(f"Remove {node.name}", partial(_remove, node_id))
            yield Problem(
                "G107",
                f"{node.phrase}: {fault}",
                (node_id,),
                fixes=(*_corrections(checked.graph, node), remove),
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


def _corrections(graph: Graph, node: Node) -> Iterator[Fix]:
    """What of a placement can be taken back so that nothing is wrong with it: the least that helps."""
    known = node.info.params if node.info is not None else {}
    every = tuple(node.params)
    for names in (*((name,) for name in every), *((every,) if len(every) > 1 else ())):
        if not _after_reset(graph, node.id, names):
            title = known[names[0]].title if names[0] in known else ""
            one = f"Reset {title}" if title else f"Remove {names[0][:80]}"
            reset = partial(_reset, node.id, names)
            yield Fix(one if len(names) == 1 else "Reset its parameters", reset)
            return
    ports = node.info.outputs if node.info is not None else ()
    wrong = [port for port in node.place.outputs if port not in ports] if node.place else []
    if wrong:
        yield Fix(f"Leave out {', '.join(wrong[:3])}", partial(_keep_outputs, node.id, ports))


def _keep_outputs(node_id: str, ports: tuple[str, ...], graph: Graph) -> Graph:
    """The graph where a placement says of no other outputs what becomes of them."""
    node = graph.nodes.get(node_id)
    if node is None or node.place is None:
        return graph
    kept = {port: how for port, how in node.place.outputs.items() if port in ports}
    after = replace(node, place=replace(node.place, outputs=kept))
    return graph.changed(nodes={**graph.nodes, node_id: after})


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
