"""A placed network behaves like a layer: `Block`, made of that network and of what stands at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

from graphs.connection import INSIDE, ROUND
from graphs.expression import ExpressionError
from graphs.holding import compared_inside
from graphs.layer import Info, Input, Layer
from graphs.param import unknown_parameter
from graphs.promoted import promoted_param
from graphs.resolve import (
    INDEX,
    PerRound,
    Resolved,
    carried,
    evaluated,
    has_expression,
    mentioned,
    mentions,
    resolve,
    rounds,
)
from graphs.size import Size
from graphs.spec import Axis, Mismatch, Spec

if TYPE_CHECKING:
    from graphs.graph import Graph, Placement
    from graphs.layer import Shape
    from graphs.param import Param

MAX_EXPANDED = 100_000
"""How many layers a placed block may come to, repeats counted."""


@dataclass(frozen=True, eq=False)
class Definition:
    """One network as others place it. `fault` is the sentence that says why it cannot be placed, if so."""

    network: str
    graph: Graph
    fault: str = ""

    @cached_property
    def info(self) -> Info:
        """The words, parameters and ports of a node that places it."""
        face = self.graph.face
        return Info(
            type=self.network,
            title=self.network.replace("_", " ").capitalize(),
            category="Block",
            also=(),
            role="layer",
            params=self._params,
            inputs=tuple(Input(name) for name in face.inputs),
            outputs=face.outputs,
            doc=f"A block of {len(self.graph.nodes)} nodes of this document.",
            help="",
        )

    @cached_property
    def _params(self) -> Mapping[str, Param]:
        try:
            names = self.names({}, 0)
        except ExpressionError:  # said where it is placed
            names = {INDEX: 0}
        return {
            name: promoted_param(name, names.get(name, 0 if has_expression(default) else default))
            for name, default in self.graph.face.params.items()
        }

    @cached_property
    def _mentioned(self) -> frozenset[str]:
        return mentioned(self.graph)

    @cached_property
    def _resolved(self) -> dict[tuple[Any, ...], Resolved]:
        return {}

    def read(
        self, place: Placement, params: Mapping[str, Any]
    ) -> tuple[Block | None, tuple[str, ...]]:
        """The block with these parameters, or None and a sentence for everything that is wrong."""
        if self.fault:
            return None, (self.fault,)
        faults = [*self._wrong_names(params), *self._wrong_outputs(place)]
        faults += compared_inside(self.graph) if place.scan is not None else ()
        if faults:
            return None, tuple(faults)
        try:
            repeat = None if place.repeat is None else rounds(place, {INDEX: 0})
            bodies = self._bodies(params, repeat)
        except (ExpressionError, ValueError) as error:
            return None, (str(error),)
        block = Block(self, bodies, place.scan, dict(place.outputs), repeated=repeat is not None)
        if block.expanded > MAX_EXPANDED:
            more = "more than " if block.expanded >= _ENOUGH else ""
            words = f"With all its repeats it comes to {more}{block.expanded:,} layers"
            return None, (f"{words}; the most that is built is {MAX_EXPANDED:,}.",)
        return block, ()

    def resolved(self, names: Mapping[str, Any]) -> Resolved:
        """The graph where names stand for these values; the same object for the same values."""
        known = self._resolved
        key = tuple((name, _key(names.get(name))) for name in sorted(self._mentioned))
        if key not in known:
            known[key] = resolve(self.graph, names)
        return known[key]

    def _bodies(self, params: Mapping[str, Any], repeat: int | None) -> tuple[Resolved, ...]:
        count = 1 if repeat is None else repeat
        default = tuple(self.graph.face.params.values())
        changing = any(
            isinstance(each, PerRound) or INDEX in mentions(each)
            for each in (*params.values(), default)
        )
        found, names = [], self.names(params, 0) if count else {}
        for index in range(count):
            names = self.names(params, index) if changing else {**names, INDEX: index}
            found.append(self.resolved(names))
        return tuple(found)

    def names(self, given: Mapping[str, Any], index: int) -> dict[str, Any]:
        """The values of all promoted parameters in one round, and `i`.

        Raises:
            ExpressionError: one has no value.
            ValueError: one has a value that its default is not like.
        """
        names: dict[str, Any] = {INDEX: index}
        for name, value in given.items():
            standing = (
                value.values[index]
                if isinstance(value, PerRound)
                else evaluated(value, {INDEX: index})
            )
            names[name] = self.info.params[name].read(standing)
        left = {name: value for name, value in self.graph.face.params.items() if name not in names}
        while left:
            ready = [name for name, value in left.items() if not mentions(value) & left.keys()]
            if not ready:
                name = next(iter(left))
                raise ExpressionError(f"The promoted parameter {name} depends on itself.")
            values = {name: evaluated(left.pop(name), names) for name in ready}
            names |= values
        return names

    def _wrong_names(self, params: Mapping[str, Any]) -> Iterator[str]:
        known = self.graph.face.params
        for name in params:
            if name not in known:
                yield unknown_parameter(name, known)

    def _wrong_outputs(self, place: Placement) -> Iterator[str]:
        known = self.graph.face.outputs
        for port in place.outputs:
            if port not in known:
                listed = ", ".join(known) or "none"
                yield f"It says what becomes of an output {port}, but its outputs are: {listed}."


_ENOUGH = 10**9
"""Where counting the layers of a repeat ends."""


@dataclass(frozen=True, eq=False)
class Block(Layer):
    """A placed network: once, repeated, or scanned along the axis `scan`. `bodies` are its rounds.

    `how` says of outputs of a scan what becomes of them. Two blocks are equal where they compute the same.
    """

    definition: Definition
    bodies: tuple[Resolved, ...]
    scan: str | None = None
    how: Mapping[str, str] | None = None
    repeated: bool = False

    @property
    def info(self) -> Info:  # type: ignore[override]
        """The words, parameters and ports."""
        return self.definition.info

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Block) and self._same == other._same)

    def __hash__(self) -> int:
        return hash(self._same)

    @cached_property
    def _same(self) -> tuple[Any, ...]:
        how = tuple(sorted((self.how or {}).items()))
        return id(self.definition), tuple(map(id, self.bodies)), self.scan, how, self.repeated

    @cached_property
    def expanded(self) -> int:
        """How many layers it comes to, repeats counted; counting ends at a thousand million."""
        total = 0
        for body, count in _runs(self.bodies):
            total += count * _count(body)
            if total >= _ENOUGH:
                return _ENOUGH
        return total

    def becomes(self, port: str) -> str:
        """What becomes of an output of a scan: "last", "stack" or "collect"."""
        fallback = "last" if port in self.carried_ports else "stack"
        return (self.how or {}).get(port, fallback)

    @cached_property
    def carried_ports(self) -> frozenset[str]:
        """The inputs of a scan that an output of the same name gives the next step."""
        face = self.definition.graph.face
        return frozenset(face.inputs) & frozenset(face.outputs)

    def outputs(self) -> tuple[str, ...]:
        """The output ports."""
        return self.definition.graph.face.outputs

    def infer(self, **inputs: Spec) -> tuple[Spec, ...]:
        """The Specs at the output ports in their order."""
        found = self._scanned(inputs) if self.scan is not None else self._in_a_row(inputs)
        for port in self.outputs():
            if port not in found:
                raise Mismatch(
                    f"Inside it, nothing comes to its output {port}: wire something there.",
                    code="G108",
                )
        return tuple(found[port] for port in self.outputs())

    def weights(self, **inputs: Spec) -> Mapping[str, Shape]:
        """Names and shapes of what it learns, but for shared weights, which are the document's."""
        found: dict[str, Shape] = {}
        for index, body, given in self.rounds(inputs):
            prefix = f"{index}." if self.repeated else ""
            for node, known in body.inside(given):
                if not node.marks.weights:
                    found |= {
                        f"{prefix}{node.id}.{name}": shape
                        for name, shape in known.weights.items()
                        if name not in node.marks.tie
                    }
        return found

    def shared(self, **inputs: Spec) -> dict[str, int]:
        """The names of shared weights that are used inside, and how many numbers each holds."""
        found: dict[str, int] = {}
        for _, body, given in self.rounds(inputs):
            for node, known in body.inside(given):
                if node.marks.weights:
                    found[node.marks.weights] = sum(map(prod, known.weights.values()))
                if isinstance(known.layer, Block):
                    found |= known.layer.shared(**known.inputs)
        return found

    def flops(self, **inputs: Spec) -> Size:
        """Operations of everything inside, all rounds or steps counted."""
        total: Size = 0
        for _, body, given in self.rounds(inputs):
            for _, known in body.inside(given):
                total = known.flops + total
        return total * self.steps(inputs)

    def rounds(self, inputs: Mapping[str, Spec]) -> Iterator[tuple[int, Resolved, dict[str, Spec]]]:
        """Each round: its number from 0, its body, and what stands at the input ports there."""
        if self.scan is not None:
            yield 0, self.bodies[0], self.step_inputs(inputs)
            return
        state, feeds = dict(inputs), carried(self.definition.graph)
        for index, body in enumerate(self.bodies):
            yield index, body, dict(state)
            if index + 1 < len(self.bodies):
                found = self._body(index, body, state)
                state |= {port: found[feeds[port]] for port in feeds if feeds[port] in found}

    def step_inputs(self, inputs: Mapping[str, Spec]) -> dict[str, Spec]:
        """What stands at the input ports in one step of a scan: without the axis that is cut."""
        return {
            port: replace(spec, dims=tuple(axis for axis in spec.dims if axis.name != self.scan))
            if port in self.cut(inputs)
            else spec
            for port, spec in inputs.items()
        }

    def cut(self, inputs: Mapping[str, Spec]) -> dict[str, int]:
        """The inputs that a scan cuts into steps, and which of their axes, from 0."""
        return {
            port: spec.letters.index(self.scan)
            for port, spec in inputs.items()
            if port not in self.carried_ports and self.scan in spec.letters
        }

    def _in_a_row(self, inputs: Mapping[str, Spec]) -> dict[str, Spec]:
        feeds = carried(self.definition.graph)
        if not self.bodies:
            return {output: inputs[port] for port, output in feeds.items()}
        state: dict[str, Spec] = dict(inputs)
        found: dict[str, Spec] = {}
        for index, body in enumerate(self.bodies):
            found = self._body(index, body, state)
            state |= {port: found[feeds[port]] for port in feeds if feeds[port] in found}
        return found

    def _body(self, index: int, body: Resolved, inputs: Mapping[str, Spec]) -> dict[str, Spec]:
        try:
            return body.outputs(inputs)
        except Mismatch as fault:
            if index == 0:
                raise
            words = fault.message.removeprefix(INSIDE)
            raise Mismatch(f"{ROUND}{index + 1}, {words}", code=fault.code) from None

    def steps(self, inputs: Mapping[str, Spec]) -> Size:
        """How often its rounds run for one sample: once, or for each place of the axis of a scan.

        Raises:
            Mismatch: no input has that axis, or they differ in it.
        """
        if self.scan is None:
            return 1
        places = self.cut(inputs)
        if not places:
            raise Mismatch(
                f"scans along the axis {self.scan}, but none of its inputs has that axis.",
                code="G204",
            )
        sizes = {port: inputs[port].sizes[index] for port, index in places.items()}
        first = next(iter(sizes))
        for port, size in sizes.items():
            if size != sizes[first]:
                raise Mismatch(
                    f"needs as many steps at its input {port} as at {first}, "
                    f"but gets {size} and {sizes[first]}.",
                    port=port,
                )
        return sizes[first]

    def _scanned(self, inputs: Mapping[str, Spec]) -> dict[str, Spec]:
        assert self.scan is not None
        steps, given = self.steps(inputs), self.step_inputs(inputs)
        found = self.bodies[0].outputs(given)
        for port in self.carried_ports & found.keys():
            if found[port].sizes != given[port].sizes or found[port].dtype != given[port].dtype:
                raise Mismatch(
                    f"starts with {given[port].shown} at {port}, but a step makes "
                    f"{found[port].shown} of it. Both must be the same.",
                    port=port,
                )
        return {port: self._gathered(port, spec, steps) for port, spec in found.items()}

    def _gathered(self, port: str, spec: Spec, steps: Size) -> Spec:
        assert self.scan is not None
        how = self.becomes(port)
        if how == "last":
            return spec
        if how == "stack":
            return replace(spec, dims=(Axis(self.scan, steps), *spec.dims))
        if self.scan not in spec.letters:
            raise Mismatch(
                f"collects its output {port} along the axis {self.scan}, but a step gives {spec.shown}. "
                "Stack it instead.",
                code="G204",
            )
        dims = tuple(
            Axis(axis.name, steps * axis.size if axis.name == self.scan else axis.size)
            for axis in spec.dims
        )
        return replace(spec, dims=dims)


def _runs(bodies: tuple[Resolved, ...]) -> Iterator[tuple[Resolved, int]]:
    """The bodies with how many equal ones follow each other."""
    start = 0
    for index in range(1, len(bodies) + 1):
        if index == len(bodies) or bodies[index] is not bodies[start]:
            yield bodies[start], index - start
            start = index


def _count(body: Resolved) -> int:
    """How many layers a body comes to; at least 1."""
    total = 0
    for node in body.graph.nodes.values():
        total += node.layer.expanded if isinstance(node.layer, Block) else 1
        if total >= _ENOUGH:
            break
    return max(total, 1)


def _key(value: Any) -> Any:
    """A value as a key: 1, 1.0 and True are different."""
    if isinstance(value, tuple):
        return tuple(map(_key, value))
    return type(value).__name__, repr(value) if isinstance(value, dict) else value
