"""Ways out of a misfit: layers to insert before a port, and parameters to set, each tried before it is offered.

They are tried on the Specs alone, from the port back to where the change is, so that a check stays fast:
nothing else of the graph is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from graphs import edits
from graphs.graph import End, Graph
from graphs.layer import LAYERS, Info, Layer, infer, read
from graphs.rule import Fix
from graphs.shapes import missing_ports
from graphs.spec import Mismatch, Spec

if TYPE_CHECKING:
    from graphs.shapes import NodeShapes, Shapes

MOST_FIXES = 3
OF_SETTINGS = ("G205", "G206", "G207")
"""Codes of misfits that are no matter of what comes in: nothing is inserted that nobody proposed."""

FARTHEST = 6
"""How many layers before a port are looked at for a size to set."""

SIZES = ("out_features", "out_channels", "hidden_size", "embedding_dim")
"""Parameters that decide how many numbers a layer gives."""


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
        words = [f"{info.params[name].title} {_shown(value)}" for name, value in self.params]
        return f"{info.title} with {' and '.join(words)}" if words else info.title


def fixes_for(graph: Graph, shapes: Shapes, node_id: str, known: NodeShapes) -> tuple[Fix, ...]:
    """The ways out of a node's misfit that leave no misfit there, the best first."""
    fault, layer = known.fault, graph.nodes[node_id].layer
    if fault is None or layer is None:
        return ()
    found: dict[str, Fix] = {}
    for fix in _all(graph, shapes, node_id, known):
        found.setdefault(fix.title, fix)
        if len(found) == MOST_FIXES:
            break
    return tuple(found.values())


def _all(graph: Graph, shapes: Shapes, node_id: str, known: NodeShapes) -> Iterator[Fix]:
    fault, layer = known.fault, graph.nodes[node_id].layer
    assert fault is not None
    assert layer is not None
    hinted = [Step(hint.layer, hint.params) for hint in fault.hints if hint.action == "insert"]
    yield from _own_settings(graph, node_id, known)
    yield from _proposed_instead(node_id, layer, known)
    port = fault.port or next(iter(known.inputs), "")
    if port not in known.inputs:
        return
    spec = known.inputs[port]
    yield from _sizes_before(graph, shapes, End(node_id, port), known)
    target = End(node_id, port)
    yield from _insertions(layer, known.inputs, target, ((step,) for step in hinted))
    if fault.code in OF_SETTINGS:
        return
    if fault.code != "G204":  # a window that does not fit is no reason for another layer
        yield from _siblings(graph, node_id, known)
    yield from _insertions(
        layer, known.inputs, target, _candidates(spec, known.inputs, port, hinted)
    )
    if fault.code == "G201":
        for other in known.inputs:
            ways = [(Step("Flatten"),)]
            if known.inputs[other].rank == 2:
                ways.append((Step("Permute", (("axes", (1, 0)),)),))
            yield from _insertions(layer, known.inputs, End(node_id, other), ways)


def _insertions(
    layer: Layer, inputs: Mapping[str, Spec], target: End, ways: Iterable[tuple[Step, ...]]
) -> Iterator[Fix]:
    """Those of these rows of layers that fit before a port."""
    spec = inputs[target.port]
    for steps in ways:
        if _fits(layer, inputs, target.port, _through(steps, spec)):
            title = "Insert " + " and ".join(step.title for step in steps)
            yield Fix(title, partial(insert_steps, target=target, steps=steps))


def _own_settings(graph: Graph, node_id: str, known: NodeShapes) -> Iterator[Fix]:
    """Parameters of the failing node itself that its layer proposes."""
    node = graph.nodes[node_id]
    assert known.fault is not None
    for hint in known.fault.hints:
        if hint.action != "set" or node.cls is None:
            continue
        changed = read(node.cls, {**node.params, **dict(hint.params)})[0]
        if changed is None or not _fits(changed, known.inputs):
            continue
        words = (
            f"{node.cls.info.params[name].title} to {_shown(value)}" for name, value in hint.params
        )
        yield Fix(
            hint.title or f"Set {' and '.join(words)}",
            partial(set_if_there, node_id=node_id, params=dict(hint.params)),
        )


def _proposed_instead(node_id: str, layer: Layer, known: NodeShapes) -> Iterator[Fix]:
    """Another layer in the place of the failing one that the layer itself proposes."""
    for hint in known.fault.hints if known.fault is not None else ():
        if hint.action != "become":
            continue
        changed = read(LAYERS[hint.layer], dict(hint.params))[0]
        given = dict(zip(_ports(changed), known.inputs.values(), strict=False))
        if changed is not None and len(_ports(layer)) == 1 and _fits(changed, given):
            yield Fix(
                f"Make it {changed.info.title}",
                partial(_become, node_id=node_id, type_id=hint.layer, params=dict(hint.params)),
            )


def _siblings(graph: Graph, node_id: str, known: NodeShapes) -> Iterator[Fix]:
    """Layers that do the same, for what comes in here; a size that is left to set is another problem."""
    node = graph.nodes[node_id]
    assert known.fault is not None
    assert node.layer is not None
    for wanted in siblings(node.layer.info):
        common = {name: value for name, value in node.params.items() if name in wanted.params}
        changed = read(LAYERS[wanted.type], common)[0]
        ports = dict(zip(_ports(node.layer), _ports(changed), strict=False))
        if changed is None or not known.inputs.keys() <= ports.keys():
            continue
        given = {ports[port]: spec for port, spec in known.inputs.items()}
        left = _misfit(changed, given)
        turns = known.fault.port == "target" and wanted.usual_for != "mask"
        if left is None or (turns and left.port != "target"):
            yield Fix(
                f"Make it {wanted.title}", partial(swap, node_id=node_id, type_id=wanted.type)
            )


def siblings(info: Info) -> list[Info]:
    """The layers that do the same for other inputs: its kin, or the usual losses (metrics) of each kind of target."""
    if any(port.name == "target" for port in info.inputs):
        kin = [other for other in _infos() if other.role == info.role and other.usual_for]
    else:
        kin = [other for other in _infos() if info.kin and other.kin == info.kin]
    return [other for other in kin if other.type != info.type]


def _infos() -> list[Info]:
    return [cls.info for cls in LAYERS.values()]


def _ports(layer: Layer | None) -> tuple[str, ...]:
    return tuple(port.name for port in layer.info.inputs) if layer is not None else ()


def swap(graph: Graph, node_id: str, type_id: str) -> Graph:
    """The graph with another layer type for a node, its wires at the same places; unchanged if it is gone."""
    if node_id not in graph.nodes:
        return graph
    ports = dict(
        zip(
            _ports(graph.nodes[node_id].layer),
            (p.name for p in LAYERS[type_id].info.inputs),
            strict=False,
        )
    )
    for wire in [each for each in graph.wires if each.target.node == node_id]:
        there = End(node_id, ports.get(wire.target.port, wire.target.port))
        if there != wire.target:
            graph = edits.connect(edits.disconnect(graph, wire), wire.source, there)
    return edits.retype(graph, node_id, type_id)


def _sizes_before(graph: Graph, shapes: Shapes, target: End, known: NodeShapes) -> Iterator[Fix]:
    """The nearest size before the port, set to one that fits."""
    layer = graph.nodes[target.node].layer
    assert layer is not None
    proposed = known.fault.hints if known.fault is not None else ()
    asked = (dict(hint.params).get("size") for hint in proposed if hint.action == "before")
    wanted = (
        *(each for each in asked if isinstance(each, int)),
        *wanted_sizes(known.inputs, target.port),
    )
    way: list[tuple[str, str]] = [
        (target.node, target.port)
    ]  # (node, its input port) back from the target
    end = graph.incoming[target.node].get(target.port)
    while end is not None and len(way) <= FARTHEST:
        node = graph.nodes.get(end.node)
        if node is None or node.layer is None or len(node.layer.outputs()) != 1:
            return
        names = [name for name in SIZES if name in node.layer.info.params]
        inputs = shapes.nodes[node.id].inputs
        for name in names:
            for size in wanted:
                changed = replace(node.layer, **{name: size})  # type: ignore[type-var]
                if _arrives(graph, shapes, changed, inputs, way):
                    title = node.layer.info.params[name].title
                    yield Fix(
                        f"Set {title} of {node.name} to {size}",
                        partial(set_if_there, node_id=node.id, params={name: size}),
                    )
        if names or len(inputs) != 1:
            return
        port = next(iter(inputs))
        way.append((node.id, port))
        end = graph.incoming[node.id].get(port)


def _arrives(
    graph: Graph,
    shapes: Shapes,
    changed: Layer,
    inputs: Mapping[str, Spec],
    way: list[tuple[str, str]],
) -> bool:
    """Whether what a changed layer gives passes all layers on the way to the port, and fits there."""
    try:
        spec = next(iter(infer(changed, inputs).values()))
        for node_id, port in reversed(way):
            layer = graph.nodes[node_id].layer
            assert layer is not None
            given = infer(layer, {**shapes.nodes[node_id].inputs, port: spec})
            spec = next(iter(given.values()))
    except Mismatch:
        return False
    return True


def wanted_sizes(inputs: Mapping[str, Spec], port: str) -> tuple[int, ...]:
    """Sizes that other inputs ask of this one: the number of their classes, and their own sizes."""
    sizes: dict[int, None] = {}
    for other, spec in inputs.items():
        if other != port:
            for size in (spec.of, *reversed(spec.sizes)):
                if isinstance(size, int) and size > 0:
                    sizes[size] = None
            if not spec.dims and spec.kind == "class" and spec.of == 2:
                sizes[1] = None
    return tuple(sizes)[:3]


def _candidates(
    spec: Spec, inputs: Mapping[str, Spec], port: str, hinted: list[Step]
) -> Iterator[tuple[Step, ...]]:
    """What may turn one Spec into another, the gentlest first."""
    flatten, pool = Step("Flatten"), Step("GlobalAveragePool")
    linear = [Step("Linear", (("out_features", size),)) for size in wanted_sizes(inputs, port)]
    if spec.kind in ("token", "class"):
        yield (Step("Embedding"),)
    if spec.rank == 2:
        yield (Step("Permute", (("axes", (1, 0)),)),)
        yield (Step("Select"),)
    if spec.rank == 3:
        yield (Step("Permute", (("axes", (2, 0, 1)),)),)
        yield (Step("Permute", (("axes", (1, 2, 0)),)),)
    if spec.rank > 1:
        yield (flatten,)
        yield (pool,)
        yield from ((flatten, step) for step in (*hinted, *linear) if step.type == "Linear")
    yield from ((step,) for step in linear)
    sizes = [spec_.sizes for name, spec_ in inputs.items() if name != port]
    yield from ((step,) for step in _convolutions(spec, sizes))
    yield from ((step,) for step in _resized(spec, sizes))
    if spec.rank and all(isinstance(size, int) for size in spec.sizes):
        yield (Step("Reshape", (("shape", (1, *spec.sizes)),)),)
        yield from ((Step("Reshape", (("shape", wanted),)),) for wanted in sizes if _whole(wanted))


def _convolutions(spec: Spec, others: list[tuple[Any, ...]]) -> Iterator[Step]:
    image = 3
    channels = [sizes[0] for sizes in others if len(sizes) == image and isinstance(sizes[0], int)]
    if spec.rank == image:
        for count in dict.fromkeys(channels):
            yield Step("Conv2d", (("out_channels", count), ("kernel_size", (1, 1))))


def _resized(spec: Spec, others: list[tuple[Any, ...]]) -> Iterator[Step]:
    """An image brought to the sides of another."""
    sides = [sizes[1:] for sizes in others if len(sizes) == spec.rank == 3 and _whole(sizes)]
    for each in dict.fromkeys(sides):
        yield Step("Interpolate", (("size", each),))


def _whole(sizes: tuple[Any, ...]) -> bool:
    return bool(sizes) and all(isinstance(size, int) for size in sizes)


def _through(steps: tuple[Step, ...], spec: Spec) -> Spec | None:
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


def _fits(
    layer: Layer, inputs: Mapping[str, Spec], port: str = "", spec: Spec | None = None
) -> bool:
    if port and spec is None:
        return False
    given = {**inputs, port: spec} if port and spec is not None else inputs
    return not missing_ports(layer, given) and _misfit(layer, given) is None


def _misfit(layer: Layer, given: Mapping[str, Spec]) -> Mismatch | None:
    try:
        infer(layer, given)
    except Mismatch as fault:
        return fault
    return None


def _become(graph: Graph, node_id: str, type_id: str, params: Mapping[str, Any]) -> Graph:
    """The graph with another layer, of these parameters, for a node; unchanged if it is gone."""
    return set_if_there(swap(graph, node_id, type_id), node_id, params)


def insert_steps(graph: Graph, target: End, steps: tuple[Step, ...]) -> Graph:
    """The graph with these layers in the wire that ends at a port; unchanged if none does."""
    if target.port not in graph.incoming.get(target.node, {}):
        return graph
    for step in steps:  # each goes in right before the target, so behind the one before it
        graph, _ = edits.insert_before(graph, target, step.type, dict(step.params))
    return graph


def set_if_there(graph: Graph, node_id: str, params: Mapping[str, Any]) -> Graph:
    """The graph with other parameters of a node; unchanged if it is gone."""
    return edits.set_params(graph, node_id, **params) if node_id in graph.nodes else graph


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value)) or "nothing"
    return (
        {True: "on", False: "off", None: "none"}[value]
        if isinstance(value, bool | None)
        else f"{value}"
    )
