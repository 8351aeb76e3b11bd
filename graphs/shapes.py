"""The Spec on every wire of a graph, or the reason why there is none; only what an edit touched is computed anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import prod
from typing import TypeAlias

from graphs.elementwise import Elementwise
from graphs.graph import FACE_IN, End, Graph, Node
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
        if self.layer is None or type(self.layer).weights is Layer.weights:
            return {}
        return call(self.layer, self.layer.weights, self.inputs)

    @cached_property
    def parameters(self) -> int:
        """How many numbers the node learns."""
        if self.layer is None or type(self.layer).weights is Layer.weights:
            return 0
        return sum(prod(shape) for shape in self.weights.values())

    @cached_property
    def numbers(self) -> int:
        """How many numbers the largest output has for one sample, where that is known."""
        most = 0
        for spec in self.outputs.values():
            if isinstance(spec.count, int) and spec.count > most:
                most = spec.count
        return most

    @cached_property
    def flops(self) -> Size:
        """Operations of one forward pass of one sample, a multiply-add counted as two."""
        return call(self.layer, self.layer.flops, self.inputs) if self.layer is not None else 0


@dataclass(frozen=True)
class Shapes:
    """Specs of all nodes of one graph. Make it with `shapes_of`."""

    nodes: Mapping[str, NodeShapes] = field(default_factory=dict)
    graph: Graph = field(default_factory=Graph)
    inputs: Mapping[str, Spec] = field(default_factory=dict)  # by port of the network's face

    def output(self, node: str, port: str) -> Spec | None:
        """The Spec at an output port, None if it is not known."""
        found = self.nodes.get(node)
        return found.outputs.get(port) if found else None


MOST_REMEMBERED = 8192
"""Of how many pairs of a layer and its inputs the answer is remembered."""

WAITS = NodeShapes({}, {}, waits=True)


def shapes_of(
    graph: Graph, before: Shapes | None = None, inputs: Mapping[str, Spec] | None = None
) -> Shapes:
    """The Specs of a graph; `before` are those of the graph before the edit.

    `inputs` are those at the input ports of a block's face; what stands behind others of its ports waits.

    Only nodes that differ, and those to which they give something else than before, are looked at again.
    """
    old: Mapping[str, NodeShapes] = before.nodes if before is not None else {}
    known = {node_id: old[node_id] for node_id in graph.nodes if node_id in old}
    todo = _changed(graph, before.graph) if before is not None else set(graph.nodes)
    face = dict(inputs or {})
    if face:
        known[FACE_IN] = NodeShapes({}, face)
    if before is not None and before.inputs != face:
        todo |= {wire.target.node for wire in graph.wires if wire.source.node == FACE_IN}
    for node_id in graph.order if todo else ():
        if node_id not in todo:
            continue
        last = known.get(node_id)
        fresh = _node_shapes(graph.nodes[node_id], graph.incoming[node_id], known)
        if fresh is last:
            continue
        same = last is not None and fresh.outputs == last.outputs
        if same and fresh == last and last is not None and fresh.layer == last.layer:
            continue  # the old one remembers its weights
        known[node_id] = fresh
        if not same:
            for wire in graph.outgoing[node_id]:
                todo.add(wire.target.node)
    if len(graph.order) < len(graph.nodes):
        known.update(dict.fromkeys(graph.nodes.keys() - set(graph.order), WAITS))
    return Shapes({node_id: known[node_id] for node_id in graph.nodes}, graph, face)


def _changed(graph: Graph, before: Graph) -> set[str]:
    """The nodes that are others than before, or are wired otherwise."""
    todo = {each for each, node in graph.nodes.items() if before.nodes.get(each) is not node}
    if graph.incoming is not before.incoming:
        old = before.incoming
        todo |= {each for each, ends in graph.incoming.items() if old.get(each) != ends}
    if len(before.order) < len(before.nodes):  # what stood in or behind a loop may do so no more
        todo |= before.nodes.keys() - set(before.order)
    return todo


def _node_shapes(
    node: Node, incoming: Mapping[str, End], known: Mapping[str, NodeShapes]
) -> NodeShapes:
    layer = node.layer
    if layer is None:
        return NodeShapes({}, {})
    inputs: Specs = {}
    for port, (source, source_port) in incoming.items():
        there = known.get(source)
        spec = there.outputs.get(source_port) if there is not None else None
        if spec is None:
            return NodeShapes(inputs, {}, waits=True)
        inputs[port] = spec
    if node.marks.muted:
        missing = missing_ports(layer, inputs)
        through = {} if missing else _passed_through(layer, inputs)
        return NodeShapes(inputs, through, missing=missing)
    if type(layer).infer is Elementwise.infer and layer.info.params:
        spec = inputs.get("input")
        if spec is not None and spec.is_plain:
            return _unchanged(layer, inputs, spec)
    if node.place is not None:  # remembered, it would keep the whole graph of its block
        return what_layers_make.__wrapped__(layer, tuple(inputs.items()))
    return what_layers_make(layer, tuple(inputs.items()))


def _unchanged(layer: Layer, inputs: Specs, spec: Spec) -> NodeShapes:
    """What a layer makes that leaves the axes as they are: a long row of them has the very same Spec throughout.

    No two such layers need be alike, so nothing is looked up; there may be thousands, so none is made the long way.
    """
    made = object.__new__(NodeShapes)
    known = made.__dict__
    known.update(inputs=inputs, outputs={"output": spec}, fault=None, missing=(), waits=False)
    known["layer"] = layer
    if type(layer).weights is Layer.weights:
        known["parameters"] = 0
    return made


@lru_cache(maxsize=MOST_REMEMBERED)
def what_layers_make(layer: Layer, wired: tuple[tuple[str, Spec], ...]) -> NodeShapes:
    """What a layer makes of what is wired to it. The very same answer for equal ones, which so are looked at once."""
    inputs = dict(wired)
    missing = missing_ports(layer, inputs)
    if missing:
        return NodeShapes(inputs, {}, missing=missing)
    try:
        return NodeShapes(inputs, infer(layer, inputs), layer=layer)
    except Mismatch as fault:
        return NodeShapes(inputs, {}, fault=fault.with_traceback(None))


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
