"""Ways out of a misfit: layers to insert before a port, and parameters to set, each tried before it is offered.

They are tried on the Specs alone, from the port back to where the change is, so that a check stays fast:
nothing else of the graph is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from graphs import edits
from graphs.graph import End, Graph
from graphs.layer import LAYERS, Info, Layer, read
from graphs.mending_steps import (
    Step,
    fits,
    insert_steps,
    misfit,
    set_if_there,
    shown,
    take_out,
    through,
)
from graphs.mending_way import (
    amiss,
    fewer_before,
    sizes_before,
    turned_before,
    wanted_sizes,
    way_back,
)
from graphs.rule import Fix
from graphs.shapes import shapes_of
from graphs.spec import Spec

if TYPE_CHECKING:
    from graphs.graph import Node
    from graphs.shapes import NodeShapes, Shapes

MOST_FIXES = 3
TAKING_AXES = ("Shape", "Pooling")
"""Categories of layers that may have taken away the axes that are missing later."""

MOST_WHOLE = 300
"""Up to how many nodes ways out are tried on a whole graph, which takes longer than an edit may."""

OF_SETTINGS = ("G205", "G206", "G207")
"""Codes of misfits that are no matter of what comes in: nothing is inserted that nobody proposed."""


def fixes_for(
    graph: Graph, shapes: Shapes, node_id: str, known: NodeShapes, *, on: bool = True
) -> tuple[Fix, ...]:
    """The ways out of a node's misfit that leave no misfit there, the best first.

    With `on`, a proposed layer that moves the misfit on to another node comes with what mends that, and where nothing
    mends it layers are taken out.
    """
    fault, layer = known.fault, graph.nodes[node_id].layer
    if fault is None or layer is None:
        return ()
    found: dict[str, Fix] = {}
    on = on and len(graph.nodes) <= MOST_WHOLE
    proposed = any(hint.layer == "Reshape" for hint in fault.hints)  # which moves axes on
    for fix in _all(graph, shapes, node_id, known):
        better = _carried_on(graph, shapes, fix) if on and proposed else fix
        found.setdefault(better.title, better)
        if len(found) == MOST_FIXES:
            break
    if not found and on:
        found = {fix.title: fix for fix in _last_resorts(graph, shapes, node_id, known)}
    return tuple(found.values())[:MOST_FIXES]


def _last_resorts(graph: Graph, shapes: Shapes, node_id: str, known: NodeShapes) -> Iterator[Fix]:
    """Where nothing else mends a misfit: layers taken out, one before that took axes away or the failing one itself."""
    node, port = graph.nodes[node_id], known.fault.port if known.fault is not None else ""
    if node.layer is not None and port in known.inputs and known.inputs[port].rank == 1:
        ways = list(_for_a_row(port, known.inputs))
        for fix in _insertions(node.layer, known.inputs, End(node_id, port), ways):
            yield _carried_on(graph, shapes, fix)
    for stop in way_back(graph, shapes, End(node_id, port)):
        if stop.node.info is not None and stop.node.info.category in TAKING_AXES:
            fix = _carried_on(graph, shapes, _taking_out(stop.node), node_id)
            if amiss(shapes_of(fix.edit(graph), shapes, shapes.inputs)) < amiss(shapes):
                yield fix
    if node.place is not None:
        return  # a block is rather mended inside
    if node.info is None or node.info.role != "layer" or len(graph.incoming[node_id]) != 1:
        return
    if graph.outgoing[node_id]:
        yield _carried_on(graph, shapes, _taking_out(node))
    else:
        yield Fix(f"Remove {node.name}", partial(edits.remove_nodes, nodes={node_id}))


def _for_a_row(port: str, inputs: Mapping[str, Spec]) -> Iterator[tuple[Step, ...]]:
    """What makes of a row of numbers steps with room for several heads, or an image as another input has it."""
    yield Step("Reshape", (("shape", (-1, 1)),)), Step("Linear")
    for other, spec in inputs.items():
        if other != port and spec.rank > 1 and _whole(spec.sizes):
            count = Step("Linear", (("out_features", spec.count),))
            yield count, Step("Reshape", (("shape", spec.sizes),))


def _taking_out(node: Node) -> Fix:
    return Fix(f"Take out {node.name}", partial(take_out, node.id))


def _carried_on(graph: Graph, shapes: Shapes, fix: Fix, still: str = "") -> Fix:
    """A way out together with what mends the misfit that it uncovers, or leaves at the node `still`.

    Alone if there is none, or no way out of that.
    """
    after = fix.edit(graph)
    there = shapes_of(after, shapes, shapes.inputs)
    left, known = amiss(there), amiss(shapes)
    new = next((each for each in after.order if each in left - (known - {still})), None)
    for second in fixes_for(after, there, new, there.nodes[new], on=False) if new else ():
        if amiss(shapes_of(second.edit(after), there, there.inputs)) < known:
            title = f"{fix.title}, and {second.title[:1].lower()}{second.title[1:]}"
            return Fix(title, partial(_both, fix, second))
    return fix


def _both(first: Fix, second: Fix, graph: Graph) -> Graph:
    return second.edit(first.edit(graph))


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
    yield from sizes_before(graph, shapes, End(node_id, port), known)
    target = End(node_id, port)
    also = _also_misfit(graph, shapes, target)
    yield from _insertions(layer, known.inputs, target, ((step,) for step in hinted), also)
    if fault.code in OF_SETTINGS:
        return
    if fault.code != "G204":  # a window that does not fit is no reason for another layer
        yield from _siblings(graph, node_id, known)
    if fault.code == "G201":
        yield from fewer_before(graph, shapes, target, known)
    yield from _insertions(
        layer, known.inputs, target, _candidates(spec, known.inputs, port, hinted), also
    )
    if fault.code == "G201":
        yield from turned_before(graph, shapes, target, known)
    if fault.code == "G201":
        for other in known.inputs:
            ways = [(Step("Flatten"),)]
            if known.inputs[other].rank == 2:
                ways.append((Step("Permute", (("axes", (1, 0)),)),))
            yield from _insertions(layer, known.inputs, End(node_id, other), ways)


def _insertions(
    layer: Layer,
    inputs: Mapping[str, Spec],
    target: End,
    ways: Iterable[tuple[Step, ...]],
    also: Mapping[End, tuple[Layer, Mapping[str, Spec]]] | None = None,
) -> Iterator[Fix]:
    """Those of these rows of layers that fit before a port; those of the ports `also` that they suit get the same."""
    spec = inputs[target.port]
    for steps in ways:
        made = through(steps, spec)
        if fits(layer, inputs, target.port, made):
            title = "Insert " + " and ".join(step.title for step in steps)
            suited = tuple(
                end
                for end, (other, given) in (also or {}).items()
                if fits(other, given, end.port, made)
            )
            yield Fix(title, partial(insert_steps, target=target, steps=steps, also=suited))


def _also_misfit(
    graph: Graph, shapes: Shapes, target: End
) -> Mapping[End, tuple[Layer, Mapping[str, Spec]]]:
    """Other losses and metrics that get the same at a port as this one, and that it does not fit either."""
    source = graph.incoming[target.node].get(target.port)
    found: dict[End, tuple[Layer, Mapping[str, Spec]]] = {}
    judges = (each for role in ("loss", "metric") for each in graph.by_role(role))
    for node in judges if source is not None and target.node in graph.nodes else ():
        known = shapes.nodes[node.id]
        if node.id == target.node or known.fault is None or node.layer is None:
            continue
        for port, end in graph.incoming[node.id].items():
            if end == source and port in known.inputs:
                found[End(node.id, port)] = node.layer, known.inputs
    return found


def _own_settings(graph: Graph, node_id: str, known: NodeShapes) -> Iterator[Fix]:
    """Parameters of the failing node itself that its layer proposes."""
    node = graph.nodes[node_id]
    assert known.fault is not None
    for hint in known.fault.hints:
        if hint.action != "set" or node.cls is None:
            continue
        changed = read(node.cls, {**node.params, **dict(hint.params)})[0]
        if changed is None or not fits(changed, known.inputs):
            continue
        words = (
            f"{node.cls.info.params[name].title} to {shown(value)}" for name, value in hint.params
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
        count = len(known.inputs)
        alike = len(_ports(layer, count)) == len(_ports(changed, count)) == count
        given = dict(zip(_ports(changed, count), known.inputs.values(), strict=False))
        if changed is not None and alike and fits(changed, given):
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
        left = misfit(changed, given)
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


def _ports(layer: Layer | None, count: int = 1) -> tuple[str, ...]:
    """The input ports of a layer, of a row of them so many."""
    return _named(layer.info, count) if layer is not None else ()


def _named(info: Info, count: int) -> tuple[str, ...]:
    names: list[str] = []
    for port in info.inputs:
        names += [f"{port.name}.{index}" for index in range(count)] if port.many else [port.name]
    return tuple(names)


def swap(graph: Graph, node_id: str, type_id: str) -> Graph:
    """The graph with another layer type for a node, its wires at the same places; unchanged if it is gone."""
    if node_id not in graph.nodes:
        return graph
    count = len(graph.incoming[node_id])
    there = _named(LAYERS[type_id].info, count)
    ports = dict(zip(_ports(graph.nodes[node_id].layer, count), there, strict=False))
    for wire in [each for each in graph.wires if each.target.node == node_id]:
        there = End(node_id, ports.get(wire.target.port, wire.target.port))
        if there != wire.target:
            graph = edits.connect(edits.disconnect(graph, wire), wire.source, there)
    return edits.retype(graph, node_id, type_id)


def _candidates(
    spec: Spec, inputs: Mapping[str, Spec], port: str, hinted: list[Step]
) -> Iterator[tuple[Step, ...]]:
    """What may turn one Spec into another, the gentlest first."""
    flatten, pool = Step("Flatten"), Step("GlobalAveragePool")
    linear = [Step("Linear", (("out_features", size),)) for size in wanted_sizes(inputs, port)]
    if spec.kind in ("token", "class"):
        yield (Step("Embedding"),)
    if spec.kind == "token":
        yield from ((Step("Embedding"), step) for step in linear)
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
    if not spec.dims:
        yield from ((Step("Unsqueeze"), *steps) for steps in ((), *((each,) for each in linear)))
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


def _become(graph: Graph, node_id: str, type_id: str, params: Mapping[str, Any]) -> Graph:
    """The graph with another layer, of these parameters, for a node; unchanged if it is gone."""
    return set_if_there(swap(graph, node_id, type_id), node_id, params)
