"""The Spec on every wire of a graph, or the reason why there is none; only what an edit touched is computed anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import TypeAlias

from graphs.graph import Graph, Node
from graphs.layer import Layer, Shape, call, infer
from graphs.size import Size
from graphs.spec import Mismatch, Spec

Specs: TypeAlias = "dict[str, Spec]"


@dataclass(frozen=True)
class NodeShapes:
    """What is known of one node: Specs by input and by output port, and why there are no outputs, if so."""

    inputs: Specs
    outputs: Specs
    fault: Mismatch | None = None
    missing: tuple[str, ...] = ()  # input ports that must be wired and are not
    waits: bool = False  # something before it fails; it says nothing itself
    layer: Layer | None = field(
        default=None, compare=False, repr=False
    )  # what computes the outputs

    @cached_property
    def weights(self) -> Mapping[str, Shape]:
        """Names and shapes of what the node learns; empty where nothing is known or computed."""
        return call(self.layer, self.layer.weights, self.inputs) if self.layer is not None else {}

    @cached_property
    def parameters(self) -> int:
        """How many numbers the node learns."""
        return sum(prod(shape) for shape in self.weights.values())

    @cached_property
    def flops(self) -> Size:
        """Operations of one forward pass of one sample, a multiply-add counted as two."""
        return call(self.layer, self.layer.flops, self.inputs) if self.layer is not None else 0


@dataclass
class Shapes:
    """Specs of all nodes of one graph. Make it with `shapes_of`; it remembers for the next edit."""

    nodes: dict[str, NodeShapes] = field(default_factory=dict)
    memo: dict[str, tuple[Layer, Specs, NodeShapes]] = field(default_factory=dict, repr=False)

    def output(self, node: str, port: str) -> Spec | None:
        """The Spec at an output port, None if it is not known."""
        found = self.nodes.get(node)
        return found.outputs.get(port) if found else None


def shapes_of(graph: Graph, before: Shapes | None = None) -> Shapes:
    """The Specs of a graph; `before` are those of the graph before the edit, whose results are used again."""
    memo = before.memo if before else {}
    shapes = Shapes()
    for node_id in graph.order:
        node = graph.nodes[node_id]
        known = _node_shapes(node, graph.incoming[node_id], shapes, memo.get(node_id))
        shapes.nodes[node_id] = known
        if node.layer is not None and not known.waits:
            shapes.memo[node_id] = (node.layer, known.inputs, known)
    for node_id in graph.nodes:
        if node_id not in shapes.nodes:
            shapes.nodes[node_id] = NodeShapes({}, {}, waits=True)
    return shapes


def _node_shapes(
    node: Node,
    incoming: Mapping[str, tuple[str, str]],
    shapes: Shapes,
    memo: tuple[Layer, Specs, NodeShapes] | None,
) -> NodeShapes:
    layer = node.layer
    if layer is None:
        return NodeShapes({}, {})
    inputs: Specs = {}
    for port, (source, source_port) in incoming.items():
        spec = shapes.output(source, source_port)
        if spec is None:
            return NodeShapes(inputs, {}, waits=True)
        inputs[port] = spec
    if memo is not None and memo[0] is layer and memo[1] == inputs:
        return memo[2]
    missing = missing_ports(layer, inputs)
    if missing:
        return NodeShapes(inputs, {}, missing=missing)
    if node.marks.muted:
        return NodeShapes(inputs, _passed_through(layer, inputs))
    try:
        return NodeShapes(inputs, infer(layer, inputs), layer=layer)
    except Mismatch as fault:
        return NodeShapes(inputs, {}, fault=fault)


def _passed_through(layer: Layer, inputs: Specs) -> Specs:
    """A muted node hands on what stands at its first input, in order of the ports."""
    for port in layer.info.inputs:
        first = f"{port.name}.0" if port.many else port.name
        if first in inputs:
            return dict.fromkeys(layer.outputs(), inputs[first])
    return {}


def missing_ports(layer: Layer, wired: Mapping[str, object]) -> tuple[str, ...]:
    """The input ports that must be wired and are not; a row of ports needs its first and no gaps."""
    missing: list[str] = []
    for port in layer.info.inputs:
        if port.many:
            used = sorted(
                int(each.rpartition(".")[2]) for each in wired if each.startswith(f"{port.name}.")
            )
            gaps = [index for index in range((used[-1] + 1) if used else 1) if index not in used]
            missing += [f"{port.name}.{index}" for index in gaps]
        elif not port.optional and port.name not in wired:
            missing.append(port.name)
    return tuple(missing)
