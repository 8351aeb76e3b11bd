"""Ways out of a misfit farther back than its port: a size to set, a layer to take out, axes to swap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from graphs.graph import End, Graph
from graphs.layer import Layer, infer
from graphs.mending_steps import Step, fits, insert_before_all, set_if_there, take_out, through
from graphs.rule import Fix
from graphs.shapes import shapes_of
from graphs.spec import Mismatch, Spec

if TYPE_CHECKING:
    from graphs.graph import Node
    from graphs.shapes import NodeShapes, Shapes

FARTHEST = 6
"""How many layers before a port are looked at."""

SIZES = ("out_features", "out_channels", "hidden_size", "embedding_dim")
"""Parameters that decide how many numbers a layer gives."""

OF_ANY_ORDER = ("Activation", "Dropout", "Normalization", "Shape")
"""Categories of layers before which no axes are swapped: they pass either way, and some mean another thing then."""

SWAP = Step("Permute", (("axes", (1, 0)),))
PLANE = 2


class Stop(NamedTuple):
    """A layer on the way back from a port: where the way enters it, and the output at which it leaves."""

    node: Node
    port: str
    out: str


def fewer_before(graph: Graph, shapes: Shapes, target: End, known: NodeShapes) -> Iterator[Fix]:
    """A layer of shape too many on the way to a port, taken out."""
    way = way_back(graph, shapes, target)
    yield from _that_mend(graph, shapes, _taken_out(shapes, target, known, way))


def turned_before(graph: Graph, shapes: Shapes, target: End, known: NodeShapes) -> Iterator[Fix]:
    """Axes swapped before a layer farther back than the port, and back again where that is needed."""
    way = way_back(graph, shapes, target)
    if known.inputs[target.port].rank == PLANE:
        yield from _that_mend(graph, shapes, _swapped(graph, shapes, target, known, way))


def _that_mend(graph: Graph, shapes: Shapes, fixes: Iterator[Fix]) -> Iterator[Fix]:
    """Those after which less of the whole graph is amiss, and nothing that was not."""
    before = amiss(shapes)
    for fix in fixes:
        if amiss(shapes_of(fix.edit(graph), shapes, shapes.inputs)) < before:
            yield fix


def amiss(shapes: Shapes) -> frozenset[str]:
    """The nodes that do not fit, lack an input, or are of no known layer."""
    return frozenset(
        node_id
        for node_id, known in shapes.nodes.items()
        if known.fault is not None or known.missing or shapes.graph.nodes[node_id].layer is None
    )


def _taken_out(shapes: Shapes, target: End, known: NodeShapes, way: list[Stop]) -> Iterator[Fix]:
    for index, stop in enumerate(way):
        info = stop.node.info
        if info is not None and info.category == "Shape":
            spec = shapes.nodes[stop.node.id].inputs[stop.port]
            if _arrives_by(shapes, way[:index], target, known, spec):
                yield Fix(f"Take out {stop.node.name}", partial(take_out, stop.node.id))


def _swapped(
    graph: Graph, shapes: Shapes, target: End, known: NodeShapes, way: list[Stop]
) -> Iterator[Fix]:
    ends = [target, *(End(stop.node.id, stop.port) for stop in way)]
    swaps = {index for index, stop in enumerate(way) if stop.node.type == SWAP.type}
    apt = [0, *(index for index, stop in enumerate(way, 1) if _reads_axes(stop.node))]
    apt = [index for index in apt if not swaps & {index - 1, index}]  # else it undoes one
    singles = [(index,) for index in apt if index]
    pairs = [(far, near) for near, far in combinations(apt, 2)]
    for places in (*singles, *pairs):
        far = places[0]
        given = shapes.nodes[ends[far].node].inputs[ends[far].port]
        if _arrives_by(shapes, way[:far], target, known, given, frozenset(places)):
            where = " and ".join(graph.nodes[ends[each].node].name for each in places)
            wires = tuple(ends[each] for each in places)
            yield Fix(
                f"Insert {SWAP.title} before {where}",
                partial(insert_before_all, targets=wires, step=SWAP),
            )


def _reads_axes(node: Node) -> bool:
    return node.info is not None and node.info.category not in OF_ANY_ORDER


def _arrives_by(
    shapes: Shapes,
    way: list[Stop],
    target: End,
    known: NodeShapes,
    spec: Spec,
    swapped: frozenset[int] = frozenset(),
) -> bool:
    """Whether a Spec passes all layers of a way, and fits at the port.

    Axes are swapped at the ports of these numbers: 0 is the failing layer's, 1 that of the first layer of the way.
    """
    layer = shapes.graph.nodes[target.node].layer
    assert layer is not None
    given: Spec | None = spec
    try:
        for index in range(len(way), -1, -1):
            given = through((SWAP,), given) if given is not None and index in swapped else given
            if given is None or index == 0:
                return fits(layer, known.inputs, target.port, given)
            stop = way[index - 1]
            inner = stop.node.layer
            assert inner is not None
            given = infer(inner, {**shapes.nodes[stop.node.id].inputs, stop.port: given})[stop.out]
    except Mismatch:
        return False
    return False


def way_back(graph: Graph, shapes: Shapes, target: End) -> list[Stop]:
    """The layers before a port, the nearest first, as far as each has one wired input."""
    way: list[Stop] = []
    end = graph.incoming[target.node].get(target.port)
    while end is not None and len(way) < FARTHEST:
        node = graph.nodes.get(end.node)
        if node is None or node.layer is None or node.place is not None:
            break
        inputs = shapes.nodes[node.id].inputs
        if len(inputs) != 1:
            break
        port = next(iter(inputs))
        way.append(Stop(node, port, end.port))
        end = graph.incoming[node.id].get(port)
    return way


def sizes_before(graph: Graph, shapes: Shapes, target: End, known: NodeShapes) -> Iterator[Fix]:
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
