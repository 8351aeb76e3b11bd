"""Where networks stand in a document: every place of a block, with what its expressions and sizes are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphs.block import Block
from graphs.code import Code, Make
from graphs.connection import sentence
from graphs.content import MAIN
from graphs.expression import Expression
from graphs.graph import Graph, Node, Only
from graphs.in_mode import runs
from graphs.layer import call
from graphs.plan import CannotBuild
from graphs.shapes import NodeShapes, Shapes


@dataclass(eq=False)
class Place:
    """A network at one place, with fixed values.

    `names` are those of its promoted parameters, and `raw` is the network as the file has it. `make`, once its
    class is written, is the call that makes it.
    """

    network: str
    graph: Graph
    shapes: Shapes
    names: Mapping[str, Any] = field(default_factory=dict)
    raw: Graph = field(default_factory=Graph)
    rounds: dict[str, tuple[Place, ...]] = field(
        default_factory=dict
    )  # by node that places a block
    make: Make | None = None
    learns: bool = False  # whether it has a method that gives the losses inside, too
    tested: bool = False  # whether its method for evaluation gives them
    measures: bool = (
        False  # whether metrics stand inside, which that method hands what they compare
    )
    evaluated: str = ""  # that method, where it is not `forward`
    skips: frozenset[str] = (
        frozenset()
    )  # inputs that `forward` does not take, as it never looks at them
    _losses: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The promoted parameters with their defaults as the file has them."""
        return self.raw.face.params

    @property
    def shared(self) -> dict[str, tuple[Place, Node]]:
        """Names of weights that are shared inside blocks, each with a place and node; they belong to `main`."""
        found: dict[str, tuple[Place, Node]] = {}
        for node in self.graph.nodes.values() if self.network != MAIN else ():
            if node.marks.weights:
                found.setdefault(node.marks.weights, (self, node))
        for each in (inner for rounds in self.rounds.values() for inner in rounds):
            found = {**each.shared, **found}
        return found

    def losses(self, mode: Only) -> tuple[str, ...]:
        """The paths of the losses inside that run in a mode, in the order in which a pass gives them."""
        if mode not in self._losses:
            self._losses[mode] = tuple(losses_given(self, mode))
        return self._losses[mode]

    def code(self, node_id: str) -> Code:
        """How a node that is no placement stands in source.

        Raises:
            CannotBuild: it does not fit, or its layer type says no code.
        """
        known = self.known(node_id)
        layer = known.layer or self.graph.nodes[node_id].layer
        assert layer is not None
        try:
            return call(layer, layer.code, known.inputs)
        except LookupError as error:
            phrase = self.graph.nodes[node_id].phrase
            raise CannotBuild(f"{phrase} cannot be written as code yet.", node_id) from error

    def adapted_names(self) -> Iterator[str]:
        """The names of classes that its nodes need beside torch's own."""
        for node_id, node in self.graph.nodes.items():
            roles = (
                ("layer", "loss", "metric") if node.place is None and node.info is not None else ()
            )
            known = self.shapes.nodes[node_id]
            if node.info is None or node.info.role not in roles or known.layer is None:
                continue
            make = self.code(node_id).make
            if make is not None and not make.name.startswith("nn."):
                yield make.name.rpartition(".")[2]

    def known(self, node_id: str) -> NodeShapes:
        """What stands at the ports of a node.

        Raises:
            CannotBuild: something is missing or does not fit.
        """
        node, known = self.graph.nodes[node_id], self.shapes.nodes[node_id]
        if known.fault is not None:
            raise CannotBuild(sentence(node.phrase, known.fault.message), node_id)
        if known.missing or known.waits or node.layer is None:
            raise CannotBuild(
                f"{node.phrase} cannot be written as code before its problems are solved.", node_id
            )
        return known


@dataclass
class Places:
    """All places of a document by network, the inner networks first."""

    by_network: dict[str, list[Place]] = field(default_factory=dict)
    _known: dict[tuple[Any, ...], Place] = field(default_factory=dict)

    def open(
        self, network: str, graph: Graph, shapes: Shapes, names: Mapping[str, Any], raw: Graph
    ) -> Place:
        """The place of this graph and those of all blocks inside it."""
        place = Place(network, graph, shapes, names, raw)
        for node_id in graph.placements:
            node, known = graph.nodes[node_id], shapes.nodes[node_id]
            block = known.layer or node.layer
            if isinstance(block, Block) and not known.waits and not known.missing:
                try:
                    place.rounds[node_id] = tuple(self._rounds(node, block, known))
                except ValueError as error:  # a Mismatch inside, or an expression without a value
                    raise CannotBuild(
                        f"{node.phrase} cannot be written. {error}", node_id
                    ) from error
        self.by_network.setdefault(network, []).append(place)
        return place

    def _rounds(self, node: Node, block: Block, known: NodeShapes) -> Iterator[Place]:
        definition = block.definition
        for index, body, given in block.rounds(known.inputs):
            names = definition.names(node.params, index)
            key = (id(body), tuple(given.items()), tuple(sorted(names.items(), key=str)))
            if key not in self._known:
                self._known[key] = self.open(
                    definition.network, body.graph, body.shapes(given), names, definition.graph
                )
            yield self._known[key]


def losses_given(place: Place, mode: Only, *, own: bool = True) -> Iterator[str]:
    """The paths of the losses in a network, in the order in which a pass gives them; without `own` those in blocks.

    Raises:
        CannotBuild: a block that has one stands under a condition.
    """
    for node_id in place.graph.order:
        node = place.graph.nodes[node_id]
        if not runs(node, mode):
            continue
        if own and is_loss(node):
            yield node_id
        block = node.layer
        for index, inner in enumerate(place.rounds.get(node_id, ())):
            assert isinstance(block, Block)
            rest = f"{index}." if block.repeated else ""
            for path in inner.losses(mode):
                if conditional(place.raw.nodes.get(node_id)) is not None:
                    raise CannotBuild(
                        f"{node.phrase} stands under a condition and has a loss inside, which cannot be written as "
                        "code. Wire what it compares out of the block, and compare there.",
                        node_id,
                    )
                yield f"{node_id}.{rest}{path}"


def is_loss(node: Node) -> bool:
    """Whether a node is a loss."""
    return node.cls is not None and node.cls.info.role == "loss"


def metrics_of(place: Place) -> list[str]:
    """The metrics of a network itself that run in evaluation, with all that they compare."""
    graph = place.graph
    return [
        node.id
        for node in graph.by_role("metric")
        if runs(node, "evaluate")
        and not node.marks.weights
        and node.info is not None
        and all(port.optional or port.name in graph.incoming[node.id] for port in node.info.inputs)
    ]


def conditional(raw: Node | None) -> Expression | None:
    """The condition of a node that is either there or hands its one input on; None for others."""
    if raw is None or raw.marks.when is None or raw.marks.muted or raw.info is None:
        return None
    return raw.marks.when if len(raw.info.inputs) == len(raw.info.outputs) == 1 else None


def with_conditionals(place: Place) -> Graph:
    """The place's graph in which nodes under a condition stand, whether it holds there or not."""
    fresh = {
        node_id: replace(node, marks=replace(node.marks, muted=False))
        for node_id, node in place.graph.nodes.items()
        if node.marks.muted and conditional(place.raw.nodes.get(node_id)) is not None
    }
    return place.graph.changed(nodes={**place.graph.nodes, **fresh}) if fresh else place.graph
