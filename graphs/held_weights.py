"""Which weights the network of a document holds: whose they are, their keys in its state_dict, and their shapes.

Known without torch, so that what fits of an earlier run can be shown while a person edits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphs.block import Block
from graphs.layers.normalization import BatchNorm1d, BatchNorm2d, BatchNorm3d
from graphs.plan import evaluation_plan, objective_plan, owner_of, prediction_plan
from graphs.shapes import Shapes, shapes_of

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.graph import Node
    from graphs.layer import Shape
    from graphs.shapes import NodeShapes

STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
"""What a norm keeps beside its weights; it changes while it is trained, as they do."""


@dataclass(frozen=True)
class Held:
    """One weight, or running statistic: whose it is, its name there, its shape, and what the screen calls the node.

    `owner` is the path of the node ("hidden", "stage.0.conv2d"), or the name by which it shares its weights; `node`
    is that path in either case, of the first node that holds it.
    """

    owner: str
    weight: str
    shape: Shape
    title: str
    node: str = ""

    @property
    def key(self) -> str:
        """Its key in the state_dict."""
        return f"{self.owner}.{self.weight}"


def held_weights(document: Document, known: Shapes | None = None) -> dict[str, Held]:
    """What training changes, by key, in the order of the network; a tied weight stands where it is tied to.

    Tables that follow from parameters alone, such as the class weights of a loss, are not among them. `known` are
    the shapes of `main`, where they were found already.

    Raises:
        CannotBuild: the network cannot be built.
    """
    plans = [objective_plan(document, each) for each in document.objectives]
    plans += [prediction_plan(document), evaluation_plan(document)]
    shapes = {id(known.graph): known} if known is not None else {}
    seen: set[tuple[int, str]] = set()
    found: dict[str, Held] = {}
    for plan in plans:
        graph = plan.graph
        if id(graph) not in shapes:
            shapes[id(graph)] = shapes_of(graph)
        for each in plan.calls:
            if (id(graph), each.node) in seen:
                continue
            seen.add((id(graph), each.node))
            node = graph.nodes[each.node]
            here = shapes[id(graph)].nodes[each.node]
            for held in _held(node, here, owner_of(node), node.name, node.id):
                found.setdefault(held.key, held)
    return found


def _held(node: Node, known: NodeShapes, owner: str, title: str, path: str) -> Iterator[Held]:
    layer = known.layer
    if isinstance(layer, Block):  # a scan, and what is placed inside it: all others are laid open
        for index, body, given in layer.rounds(known.inputs):
            way = f".{index}." if layer.repeated else "."
            for inner, inside in body.inside(given):
                own, there = inner.marks.weights or owner + way + inner.id, path + way + inner.id
                yield from _held(inner, inside, own, f"{inner.name} in {title}", there)
        return
    for name, shape in known.weights.items():
        if name not in node.marks.tie:
            yield Held(owner, name, shape, title, path)
    if isinstance(layer, BatchNorm1d | BatchNorm2d | BatchNorm3d) and layer.track_running_stats:
        channels = known.inputs["input"].fixed(0, "the number of channels")
        for name in STATISTICS:
            shape = () if name == "num_batches_tracked" else (channels,)
            yield Held(owner, name, shape, title, path)
