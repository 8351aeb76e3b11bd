"""Rules of marks: muted data feed nothing (G106), shared weights are the same (G304), each mode fits (G305)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, get_args

from graphs import edits
from graphs.block import Block
from graphs.connection import sentence
from graphs.content import MAIN
from graphs.graph import NO_MARKS, Only
from graphs.rule import Checked, Fix, Problem, rule
from graphs.shapes import shapes_of

if TYPE_CHECKING:
    from graphs.graph import Graph, Node
    from graphs.shapes import NodeShapes

MODE_WORDS = {"train": "training", "evaluate": "evaluation", "predict": "prediction"}


@rule("G106")
def muted_data_feed_nothing(checked: Checked) -> Iterator[Problem]:
    """A muted layer hands its input on; muted data have none."""
    for node in checked.graph.by_role("data"):
        if node.marks.muted and checked.graph.outgoing[node.id]:
            yield Problem(
                "G106",
                f"{node.phrase} is muted, but something needs its data. Unmute it.",
                (node.id,),
                fixes=(Fix(f"Unmute {node.name}", partial(_mark, node.id, "muted", value=False)),),
            )


@rule("G304")
def shared_weights_are_the_same(checked: Checked) -> Iterator[Problem]:
    """Nodes with one name for their weights are the same layer, with weights of the same sizes."""
    graph, shapes = checked.graph, checked.shapes
    first: dict[str, Node] = {}
    for node in graph.nodes.values():
        name = node.marks.weights if node.marks is not NO_MARKS else ""
        if not name or node.layer is None:
            continue
        own = (
            Fix(
                f"Give {node.name} weights of its own", partial(_mark, node.id, "weights", value="")
            ),
        )
        if name in graph.nodes and name != node.id:
            yield Problem(
                "G304",
                f'{node.phrase} shares weights by the name "{name}", but that is the id of {graph.nodes[name].name}. '
                "Choose another name.",
                (node.id, name),
                fixes=own,
            )
            continue
        other = first.setdefault(name, node)
        if not shapes.nodes[node.id].outputs or not shapes.nodes[other.id].outputs:
            continue  # one of them waits
        if (
            node.layer != other.layer
            or shapes.nodes[node.id].weights != shapes.nodes[other.id].weights
        ):
            yield Problem(
                "G304",
                f"{node.phrase} and {other.phrase} share weights, but are not the same layer on inputs of the same "
                "size. Make them equal, or give each its own.",
                (node.id, other.id),
                fixes=own,
            )
    yield from _shared_inside(checked, first)


def _shared_inside(checked: Checked, first: dict[str, Node]) -> Iterator[Problem]:
    """The same of what shares weights inside blocks, said of the blocks."""
    graph, shapes = checked.graph, checked.shapes
    if checked.network != MAIN or not graph.placements:
        return
    seen = {name: (node.id, shapes.nodes[node.id]) for name, node in first.items()}
    for node_id in graph.placements:
        for name, known in _named(shapes.nodes[node_id]):
            if name in graph.nodes:
                words = f'shares weights inside it by the name "{name}", but that is the id of'
                other_id, ending = name, ". Choose another name."
            elif seen.setdefault(name, (node_id, known))[1].weights == known.weights and (
                seen[name][1].layer == known.layer
            ):
                continue
            else:
                words = f'shares weights inside it by the name "{name}" with what is not the same layer in'
                other_id, ending = seen[name][0], ". Make them equal, or choose another name."
            yield Problem(
                "G304",
                f"{graph.nodes[node_id].phrase} {words} {graph.nodes[other_id].name}{ending}",
                (node_id, other_id),
            )
            break


def _named(known: NodeShapes) -> Iterator[tuple[str, NodeShapes]]:
    """The names of shared weights inside a block, with what bears them."""
    if not isinstance(known.layer, Block):
        return
    for _, body, inputs in known.layer.rounds(known.inputs):
        for node, inside in body.inside(inputs):
            if node.marks.weights:
                yield node.marks.weights, inside
            yield from _named(inside)


@rule("G305")
def every_mode_fits(checked: Checked) -> Iterator[Problem]:
    """Where a node runs in one mode only, what passes it by in another fits as well."""
    graph = checked.graph
    if checked.network != MAIN or all(node.marks.only is None for node in graph.nodes.values()):
        return
    for mode in get_args(Only):
        out = {
            node.id: node for node in graph.nodes.values() if node.marks.only not in (None, mode)
        }
        nodes = dict(graph.nodes)
        for node in out.values():
            nodes[node.id] = replace(node, marks=replace(node.marks, muted=True))
        there = graph.changed(nodes=nodes)
        for node_id, known in shapes_of(there, checked.shapes).nodes.items():
            if known.fault is None or checked.shapes.nodes[node_id].fault is not None:
                continue
            passed = [
                each for each in there.order if each in out and each in graph.ancestors({node_id})
            ]
            if not passed:
                continue
            node, last = graph.nodes[node_id], graph.nodes[passed[-1]]
            words = sentence(node.phrase, known.fault.message)
            yield Problem(
                "G305",
                f"In {MODE_WORDS[mode]}, where {last.name} does not run: {words}",
                (node_id, last.id),
                fixes=(
                    Fix(f"Let {last.name} always run", partial(_mark, last.id, "only", value=None)),
                ),
            )


def _mark(node_id: str, name: str, graph: Graph, *, value: object) -> Graph:
    return edits.set_marks(graph, node_id, **{name: value}) if node_id in graph.nodes else graph
