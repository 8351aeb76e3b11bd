"""Rules of marks: muted data feed nothing (G106), shared weights are the same (G304), each mode fits (G305)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from graphs import edits
from graphs.block import Block
from graphs.connection import sentence
from graphs.content import MAIN
from graphs.graph import NO_MARKS
from graphs.in_mode import MODE_WORDS, MODES, depends_on_mode, in_mode, needed_for, rests
from graphs.rule import Checked, Fix, Problem, rule, within
from graphs.shapes import shapes_of
from graphs.standing import standing

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.graph import Graph, Node, Only
    from graphs.shapes import NodeShapes, Shapes


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
    """Where a node runs in one mode only, what passes it by in another fits as well; inside blocks, too."""
    if not depends_on_mode(checked.document):
        return
    found: dict[tuple[str, Resting, str], list[str]] = {}
    for mode in MODES:
        there = _there(checked, mode)
        if there is None:
            continue
        shapes, needed = there
        for node_id in shapes.graph.order:
            words = _misfit(checked, shapes, node_id) if node_id in needed else ""
            passed = _passed_by(checked, node_id, mode) if words else None
            if passed is not None:
                found.setdefault((node_id, passed, words), []).append(MODE_WORDS[mode])
    for (node_id, passed, words), modes in found.items():
        yield Problem(
            "G305",
            f"In {' and '.join(modes)}, where {passed.name} does not run: {words}",
            tuple(dict.fromkeys((node_id, passed.stands))),
            fixes=(_let_run(checked, passed),),
        )


@dataclass(frozen=True)
class Resting:
    """A node that does not run in a mode: itself or, in another network, what stands here and holds it."""

    node: str
    network: str
    stands: str
    name: str


def _there(checked: Checked, mode: Only) -> tuple[Shapes, frozenset[str]] | None:
    """The Specs in this mode, and the nodes that are needed in it; None for a block that stands nowhere."""
    document = in_mode(checked.document, mode)
    if checked.network != MAIN:
        placed = standing(document, checked.network)
        if placed is None:
            return None
        body, inputs = placed
        needed = needed_for(body.graph, body.needed)
        return shapes_of(body.graph, checked.shapes, inputs), needed
    graph = document.main
    ends = [
        node.id
        for role in (("output",) if mode == "predict" else ("loss", "metric"))
        for node in graph.by_role(role)
        if not node.marks.muted
    ]
    if mode == "predict" and not ends:
        ends = [
            end.node
            for node in graph.by_role("loss")
            for end in list(graph.incoming[node.id].values())[:1]
        ]
    return shapes_of(graph, checked.shapes), needed_for(graph, ends)


def _misfit(checked: Checked, shapes: Shapes, node_id: str) -> str:
    """What is wrong with a node in a mode, and is not if all nodes run; "" if nothing is."""
    node, usual = checked.graph.nodes[node_id], checked.shapes.nodes[node_id]
    known = shapes.nodes[node_id]
    if usual.fault is not None or usual.waits:
        return ""
    if known.fault is not None:
        return sentence(node.phrase, known.fault.message)
    if known.layer is None or usual.layer is None:
        return ""
    for name, shape in known.weights.items():
        made = usual.weights.get(name, shape)
        if made != shape:
            return f"{node.phrase} would need other weights: {name} would be {_size(shape)} instead of {_size(made)}."
    return ""


def _passed_by(checked: Checked, node_id: str, mode: Only) -> Resting | None:
    """The last node on the way to this one that does not run in the mode."""
    graph, before = checked.graph, checked.graph.ancestors({node_id})
    for each in reversed(graph.order):
        if each not in before:
            continue
        node = graph.nodes[each]
        if rests(node, mode):
            return Resting(each, checked.network, each, node.name)
        inner = _resting_inside(checked.document, node, mode)
        if inner is not None:
            network, other = inner
            return Resting(other.id, network, each, f"{other.name} in {node.name}")
    return None


def _resting_inside(document: Document, node: Node, mode: Only) -> tuple[str, Node] | None:
    """The last node of the network that a placement names, or of those in it, that does not run in the mode."""
    if node.place is None or node.layer is None or node.marks.muted:
        return None
    graph = document.networks[node.place.network]
    for each in reversed(graph.order):
        if rests(graph.nodes[each], mode):
            return node.place.network, graph.nodes[each]
        inner = _resting_inside(document, graph.nodes[each], mode)
        if inner is not None:
            return inner
    return None


def _let_run(checked: Checked, passed: Resting) -> Fix:
    always = partial(_mark, passed.node, "only", value=None)
    title = f"Let {passed.name} always run"
    if passed.network == checked.network:
        return Fix(title, always)
    return Fix(title, settings=partial(within, passed.network, always))


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "1"


def _mark(node_id: str, name: str, graph: Graph, *, value: object) -> Graph:
    return edits.set_marks(graph, node_id, **{name: value}) if node_id in graph.nodes else graph
