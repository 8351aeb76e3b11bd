"""A block's graph as it stands at one place: expressions have values, and what is under a false condition is muted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from graphs.connection import inside, nothing_at, sentence
from graphs.expression import Expression, ExpressionError
from graphs.graph import FACE_IN, FACE_OUT, End, Graph, Node
from graphs.holding import COMPARING, holders
from graphs.shapes import Shapes, shapes_of
from graphs.spec import Mismatch, Spec

if TYPE_CHECKING:
    from graphs.graph import Marks, Placement
    from graphs.layer import Shape
    from graphs.shapes import NodeShapes

INDEX = "i"
"""The name of the round, from 0, inside a repeat; 0 in a block that stands once or is scanned."""

MAX_REPEAT = 10_000

MAIN_ROLES = ("data", "output")
"""What stands in the main network only, which reads data and says what comes out."""

Names: TypeAlias = "Mapping[str, Any]"
SpecsByPort: TypeAlias = "Mapping[str, Spec]"


@dataclass(frozen=True)
class PerRound:
    """A parameter of a repeated block whose value is another in each round."""

    values: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Resolved:
    """A block's graph at one place. Two of them are the same where they are the same object.

    `faults` are sentences about expressions without a value, by node.
    """

    graph: Graph
    faults: Mapping[str, str]

    @cached_property
    def outs(self) -> Mapping[str, End]:
        """Where the value of each output port of the block comes from."""
        return face_ends(self.graph)

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The nodes that the outputs, losses and metrics are computed from, in order of the graph."""
        graph = self.graph
        inner = (node.id for role in COMPARING for node in graph.by_role(role))
        holding = (node_id for role in COMPARING for node_id in holders(graph, role))
        ends = {end.node for end in self.outs.values()} | {
            each for each in (*inner, *holding) if not graph.nodes[each].marks.muted
        }
        found = graph.ancestors(ends)
        return tuple(each for each in self.graph.order if each in found)

    @cached_property
    def _known(self) -> dict[tuple[tuple[str, Spec], ...], tuple[Shapes, Mismatch | None]]:
        return {}

    def shapes(self, inputs: SpecsByPort) -> Shapes:
        """The Specs inside, for these at the input ports.

        Raises:
            Mismatch: something inside does not fit; the sentence names it.
        """
        key = tuple(inputs.items())
        if key not in self._known:
            shapes = shapes_of(self.graph, inputs=inputs)
            self._known[key] = shapes, self._trouble(shapes)
        shapes, trouble = self._known[key]
        if trouble is not None:
            raise trouble
        return shapes

    def outputs(self, inputs: SpecsByPort) -> dict[str, Spec]:
        """The Specs at the output ports, for these at the input ports.

        Raises:
            Mismatch: something inside does not fit; the sentence names it.
        """
        shapes = self.shapes(inputs)
        found = {}
        for port, end in self.outs.items():
            spec = (
                inputs.get(end.port) if end.node == FACE_IN else shapes.output(end.node, end.port)
            )
            if spec is None:
                raise Mismatch(
                    f"Inside it, nothing comes to its output {port}: wire something there.",
                    code="G108",
                )
            found[port] = spec
        return found

    def inside(self, inputs: SpecsByPort) -> Iterator[tuple[Node, NodeShapes]]:
        """What is computed inside: each node and what is known of it."""
        shapes = self.shapes(inputs)
        for node_id in self.needed:
            yield self.graph.nodes[node_id], shapes.nodes[node_id]

    def _trouble(self, shapes: Shapes) -> Mismatch | None:
        """The first thing inside that does not fit, as news about the block."""
        graph = self.graph
        sources = {end.node for end in self.outs.values()}
        if sources - graph.nodes.keys() - {FACE_IN} or len(graph.order) < len(graph.nodes):
            return Mismatch("Inside it, there is a loop: open it and mend that.", code="G108")
        for node_id in self.needed:
            node, known = graph.nodes[node_id], shapes.nodes[node_id]
            if node_id in self.faults:
                return _inside(f"{node.phrase}: {self.faults[node_id]}")
            if node.layer is None:
                why = node.faults[0] if node.faults else "Its type is not known here."
                return _inside(f"{node.phrase}: {why}")
            if node.layer.info.role in MAIN_ROLES:
                return _inside(
                    f"{node.phrase} stands in a block, but data and outputs stand in the main network."
                )
            if known.fault is not None:
                source = graph.incoming[node_id].get(known.fault.port)
                port = source.port if source is not None and source.node == FACE_IN else ""
                words = sentence(node.phrase, known.fault.message)
                return _inside(words, known.fault.code, port)
            if known.missing:
                return _inside(nothing_at(node, known.missing))
            for own, target in node.marks.tie.items():
                other = shapes.nodes.get(target.partition(".")[0])
                theirs = other.weights if other is not None else {}
                if not tie_fits(node, own, target, known.weights, theirs):
                    return _inside(
                        f"{node.phrase} takes {target[:80]} as its {own[:80]}, which is not there or of another size.",
                        "G306",
                    )
            odd = next(
                (port for port, end in graph.incoming[node_id].items() if _no_output(graph, end)),
                None,
            )
            if odd is not None:
                return _inside(
                    f"what is wired to the input {odd} of {node.phrase} is no output of its node.",
                )
        return None


def tie_fits(
    node: Node, own: str, target: str, mine: Mapping[str, Shape], theirs: Mapping[str, Shape]
) -> bool:
    """Whether a node can have a weight of another as its own: both are there, of one size, and not the same."""
    other, _, weight = target.partition(".")
    return other != node.id and own in mine and weight in theirs and mine[own] == theirs[weight]


def _inside(words: str, code: str = "G108", port: str = "") -> Mismatch:
    return Mismatch(inside(words), code=code, port=port)


def _no_output(graph: Graph, end: End) -> bool:
    node = graph.nodes.get(end.node)
    return node is not None and node.layer is not None and end.port not in node.layer.outputs()


def face_ends(graph: Graph) -> dict[str, End]:
    """Where the value of each output port of a network's face comes from; ports without a wire are left out."""
    wired = {wire.target.port: wire.source for wire in graph.wires if wire.target.node == FACE_OUT}
    return {port: wired[port] for port in graph.face.outputs if port in wired}


def carried(graph: Graph) -> dict[str, str]:
    """Which output feeds which input in the next round: output by input.

    Ports of one name do; a lone output that is left feeds a lone input that is left.
    """
    face = graph.face
    pairs = {name: name for name in face.inputs if name in face.outputs}
    inputs = [name for name in face.inputs if name not in pairs]
    outputs = [name for name in face.outputs if name not in pairs]
    if len(inputs) == len(outputs) == 1:
        pairs[inputs[0]] = outputs[0]
    return pairs


def resolve(graph: Graph, names: Names) -> Resolved:
    """The graph with the values of its expressions, where names stand for these values (and `i` for the round)."""
    nodes: dict[str, Node] = {}
    faults: dict[str, str] = {}
    for node_id, node in graph.nodes.items():
        try:
            nodes[node_id] = _resolve(node, names)
        except ExpressionError as error:
            nodes[node_id], faults[node_id] = node, str(error)
    if all(nodes[each] is graph.nodes[each] for each in nodes):
        return Resolved(graph, faults)
    return Resolved(graph.changed(nodes=nodes), faults)


def _resolve(node: Node, names: Names) -> Node:
    place, repeat = node.place, None
    if place is not None and place.repeat is not None:
        repeat = rounds(place, names)
        if repeat is not place.repeat:
            place = replace(place, repeat=repeat)
    params = node.params
    if has_expression(tuple(params.values())):
        params = {name: _value(value, names, repeat) for name, value in params.items()}
    marks = _marks(node.marks, names)
    if place is node.place and params is node.params and marks is node.marks:
        return node
    return replace(node, params=params, place=place, marks=marks)


def _marks(marks: Marks, names: Names) -> Marks:
    if marks.when is None:
        return marks
    there = bool(marks.when.value(names))
    return replace(marks, when=None, muted=marks.muted or not there)


def _value(value: Any, names: Names, repeat: int | None) -> Any:
    """A parameter's value; where it depends on the round of the block that it is given to, one for each."""
    if repeat is None or INDEX not in mentions(value):
        return evaluated(value, names)
    return PerRound(tuple(evaluated(value, {**names, INDEX: index}) for index in range(repeat)))


def rounds(place: Placement, names: Names) -> int:
    """How often a block is repeated.

    Raises:
        ExpressionError: that has no value, or none that is a count.
    """
    count = evaluated(place.repeat, names)
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MAX_REPEAT:
        raise ExpressionError(
            f"It is repeated {count} times, but must be a whole number of times, at most {MAX_REPEAT:,}."
        )
    return count


def evaluated(value: Any, names: Names) -> Any:
    """The value with that of each expression in it.

    Raises:
        ExpressionError: one has none.
    """
    if isinstance(value, Expression):
        return value.value(names)
    if isinstance(value, tuple):
        return tuple(evaluated(each, names) for each in value)
    return value


def has_expression(value: Any) -> bool:
    """Whether an expression stands somewhere in a value."""
    return isinstance(value, Expression) or (
        isinstance(value, tuple) and any(map(has_expression, value))
    )


def mentions(value: Any) -> frozenset[str]:
    """The names in all expressions of a value; none in one that cannot be read."""
    if isinstance(value, Expression):
        try:
            return value.names()
        except ExpressionError:
            return frozenset()
    if isinstance(value, tuple):
        return frozenset().union(*map(mentions, value))
    return frozenset()


def mentioned(graph: Graph) -> frozenset[str]:
    """The names in all expressions of a graph."""
    found: set[str] = set()
    for node in graph.nodes.values():
        found |= mentions(tuple(node.params.values()))
        found |= mentions(node.marks.when)
        found |= mentions(node.place.repeat) if node.place is not None else frozenset()
    return frozenset(found)
