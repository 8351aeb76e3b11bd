"""A layer to insert, and rows of them in wires: what mending is made of, tried on Specs alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphs import edits
from graphs.graph import End, Graph
from graphs.layer import LAYERS, Layer, infer, read
from graphs.shapes import missing_ports
from graphs.spec import Mismatch, Spec

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True)
class Step:
    """A layer to insert, with parameters."""

    type: str
    params: tuple[tuple[str, Any], ...] = ()

    @property
    def layer(self) -> Layer | None:
        """The layer itself, None if there is none of this type or with these parameters."""
        return read(LAYERS[self.type], dict(self.params))[0] if self.type in LAYERS else None

    @property
    def title(self) -> str:
        """What it is called on a button."""
        info = LAYERS[self.type].info
        if self.type == "Conv2d" and dict(self.params).get("kernel_size") == (1, 1):
            return f"1x1 {info.title} with Out channels {dict(self.params)['out_channels']}"
        words = [f"{info.params[name].title} {shown(value)}" for name, value in self.params]
        return f"{info.title} with {' and '.join(words)}" if words else info.title


def through(steps: tuple[Step, ...], spec: Spec) -> Spec | None:
    """What comes out of a row of layers."""
    for step in steps:
        layer = step.layer
        if layer is None:
            return None
        try:
            spec = next(iter(infer(layer, {layer.info.inputs[0].name: spec}).values()))
        except Mismatch:
            return None
    return spec


def fits(
    layer: Layer, inputs: Mapping[str, Spec], port: str = "", spec: Spec | None = None
) -> bool:
    """Whether a layer takes these inputs, with another Spec at one port if one is named; None fits nowhere."""
    if port and spec is None:
        return False
    given = {**inputs, port: spec} if port and spec is not None else inputs
    return not missing_ports(layer, given) and misfit(layer, given) is None


def misfit(layer: Layer, given: Mapping[str, Spec]) -> Mismatch | None:
    """Why a layer refuses these inputs; None if it does not."""
    try:
        infer(layer, given)
    except Mismatch as fault:
        return fault
    return None


def insert_steps(
    graph: Graph, target: End, steps: tuple[Step, ...], also: Collection[End] = ()
) -> Graph:
    """The graph with these layers in the wire that ends at a port; unchanged if none does.

    `also` are ports that had the same source, and get then what the first one gets.
    """
    source = graph.incoming.get(target.node, {}).get(target.port)
    if source is None:
        return graph
    for step in steps:  # each goes in right before the target, so behind the one before it
        graph, _ = edits.insert_before(graph, target, step.type, dict(step.params))
    for end in also:
        if graph.incoming.get(end.node, {}).get(end.port) == source:
            graph = edits.connect(graph, graph.incoming[target.node][target.port], end)
    return graph


def insert_before_all(graph: Graph, targets: Collection[End], step: Step) -> Graph:
    """The graph with a layer of its own in each wire that ends at one of these ports."""
    for target in targets:
        graph = insert_steps(graph, target, (step,))
    return graph


def take_out(node_id: str, graph: Graph) -> Graph:
    """The graph without a node: what came in goes on to where its output went; unchanged if nothing came in."""
    source = next(iter(graph.incoming.get(node_id, {}).values()), None)
    if source is None:
        return graph
    for wire in graph.outgoing[node_id]:
        graph = edits.connect(graph, source, wire.target)
    return edits.remove_nodes(graph, {node_id})


def set_if_there(graph: Graph, node_id: str, params: Mapping[str, Any]) -> Graph:
    """The graph with other parameters of a node; unchanged if it is gone."""
    return edits.set_params(graph, node_id, **params) if node_id in graph.nodes else graph


def shown(value: Any) -> str:
    """A parameter's value as a button says it."""
    if isinstance(value, tuple):
        return ", ".join(map(shown, value)) or "nothing"
    return (
        {True: "on", False: "off", None: "none"}[value]
        if isinstance(value, bool | None)
        else f"{value}"
    )
