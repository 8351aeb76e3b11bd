"""Graph, Node and Wire: frozen values of one network. Edits are functions from graph to graph (graphs.edits)."""

from __future__ import annotations

import heapq
import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from graphs.expression import Expression
from graphs.layer import LAYERS, Info, Layer, read

ID = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
"""What ids of nodes, networks, ports, blocks and shared weights look like."""

FACE_IN, FACE_OUT = "in", "out"
"""Reserved ids: the face of a block, as its inside sees it. Wires come from `in.PORT` and go to `out.PORT`."""

MAX_TITLE = 200
"""Characters of a title of a node, an objective or a document."""

MAX_COORDINATE = 1e6
"""How far from the origin things may stand on the canvas, in its pixels."""

Only = Literal["train", "evaluate", "predict"]
Position = tuple[float, float]
LayerClass: TypeAlias = "type[Layer]"


class End(NamedTuple):
    """One end of a wire: a node and one of its ports (`inputs.0` for a row of ports)."""

    node: str
    port: str

    def __str__(self) -> str:
        return f"{self.node}.{self.port}"


class Wire(NamedTuple):
    """A wire from an output port to an input port."""

    source: End
    target: End

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


@dataclass(frozen=True)
class Placement:
    """How a network stands in another as a node: once, `repeat` times in a row, or scanned along an axis.

    `outputs` says for a scan which outputs are "last", "stack" (along the axis) or "collect".
    """

    network: str
    repeat: int | Expression | None = None
    scan: str | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Marks:
    """What a node says beside its layer and parameters."""

    frozen: bool = False
    muted: bool = False
    weights: str = ""  # nodes with one name share their weights
    tie: Mapping[str, str] = field(default_factory=dict)  # own weight -> "node.weight"
    only: Only | None = None
    when: Expression | None = None


NO_MARKS = Marks()


class Placeable(Protocol):
    """What a placement is bound to: the network that it names (`graphs.block.Definition`)."""

    @property
    def graph(self) -> Graph:
        """The network."""

    @property
    def fault(self) -> str:
        """The sentence that says why it cannot be placed, if so."""

    @property
    def info(self) -> Info:
        """The words, parameters and ports of a node that places it."""

    def read(
        self, place: Placement, params: Mapping[str, Any]
    ) -> tuple[Layer | None, tuple[str, ...]]:
        """The block with these parameters, or None and a sentence for everything that is wrong."""


@dataclass(frozen=True)
class Node:
    """A layer (or a placed network) with its parameters as the file has them: values or expressions.

    A document binds each placement to its `definition`, so that it has a layer like other nodes.
    """

    id: str
    type: str  # a layer type; "" if it places a network
    params: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""  # a person's own name for it
    place: Placement | None = None
    marks: Marks = NO_MARKS
    definition: Placeable | None = field(default=None, compare=False, repr=False)

    @cached_property
    def _read(self) -> tuple[Layer | None, tuple[str, ...]]:
        if self.place is not None:
            if self.definition is None:
                return None, (f"There is no network called {self.place.network} here.",)
            return self.definition.read(self.place, self.params)
        cls = LAYERS.get(self.type)
        if cls is None:
            return None, ()
        if given := [each for each in self.params if isinstance(self.params[each], Expression)]:
            param = cls.info.params.get(given[0])
            title = param.title if param is not None else given[0]
            return None, (f"{title} is an expression, and those only stand inside blocks.",)
        return read(cls, self.params)

    @property
    def layer(self) -> Layer | None:
        """The layer with its parameters; None if the type is unknown or a parameter is wrong."""
        return self._read[0]

    @property
    def faults(self) -> tuple[str, ...]:
        """A sentence for every parameter that is wrong."""
        return self._read[1]

    @cached_property
    def cls(self) -> LayerClass | None:
        """The layer's class, None if the type is unknown or the node places a network."""
        return LAYERS.get(self.type)

    @cached_property
    def info(self) -> Info | None:
        """Words, parameters and ports of its layer type or of the network that it places; None if unknown."""
        cls = LAYERS.get(self.type)
        if cls is not None:
            return cls.info
        return self.definition.info if self.definition is not None else None

    @cached_property
    def sockets(self) -> tuple[frozenset[str], frozenset[str] | None]:
        """The names of its input ports, a row by its name with a dot, and of its output ports.

        Outputs are None where they are not known: its parameters are wrong, or it has no layer type.
        """
        inputs = self.info.inputs if self.info is not None else ()
        names = frozenset(f"{port.name}." if port.many else port.name for port in inputs)
        return names, None if self.layer is None else frozenset(self.layer.outputs())

    @cached_property
    def has_path(self) -> bool:
        """Whether its id is one, or a path inside blocks laid open, with the rounds of repeats: `stage.0.add`."""
        return all(part.isdecimal() or ID.match(part) for part in self.id.split("."))

    @cached_property
    def name(self) -> str:
        """What people see: their own title, or the layer's title (with its number), or words made of the id."""
        if self.title:
            return self.title
        title = (
            self.cls.info.title
            if self.cls
            else self.type or (self.place.network if self.place else "")
        )
        stem = self.cls.info.stem if self.cls else self.type.lower()
        if self.id == stem:
            return title
        number = re.fullmatch(re.escape(stem) + r"_(\d+)", self.id)
        if number:
            return f"{title} {number[1]}"
        return self.id.replace("_", " ").capitalize()

    @cached_property
    def phrase(self) -> str:
        """The name in a sentence, with the layer's title where the name alone does not tell it."""
        title = self.cls.info.title if self.cls else self.type
        return self.name if not title or self.name.startswith(title) else f"{self.name} ({title})"

    def with_params(self, **changes: Any) -> Node:
        """The same node with other parameters; None as a value of a non-optional one resets it."""
        return replace(self, params={**self.params, **changes})


@dataclass(frozen=True)
class Face:
    """What a network shows when it is placed: ports, and promoted parameters with defaults or expressions."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)


NO_FACE = Face()


@dataclass(frozen=True)
class Frame:
    """A titled rectangle behind nodes, in canvas pixels."""

    title: str
    color: str
    rect: tuple[float, float, float, float]


@dataclass(frozen=True)
class Note:
    """Plain text on the canvas, at a position, of a width in canvas pixels."""

    text: str
    position: Position
    width: float = 240.0


class Remembered(Protocol):
    """An answer about a graph that follows from wires, marks and kinds of nodes, so that parameters do not touch it."""

    def carried(self, after: Graph, fresh: Mapping[str, Node], /) -> Remembered:
        """The same answer for the graph after an edit; `fresh` are the nodes with other parameters than before."""


@dataclass(frozen=True)
class Graph:
    """One network: nodes and wires, its face, and where things stand on the canvas (saved apart)."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    wires: tuple[Wire, ...] = ()
    face: Face = NO_FACE
    positions: Mapping[str, Position] = field(default_factory=dict)
    frames: tuple[Frame, ...] = ()
    notes: tuple[Note, ...] = ()

    @cached_property
    def incoming(self) -> Mapping[str, Mapping[str, End]]:
        """For every node its wired input ports and where each comes from (the last wire wins)."""
        table: dict[str, dict[str, End]] = {each: {} for each in self.nodes}
        for wire in self.wires:
            if wire.target.node in table:
                table[wire.target.node][wire.target.port] = wire.source
        return table

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Wire, ...]]:
        """For every node the wires that leave it."""
        table: dict[str, list[Wire]] = {each: [] for each in self.nodes}
        for wire in self.wires:
            if wire.source.node in table:
                table[wire.source.node].append(wire)
        return {node: tuple(wires) for node, wires in table.items()}

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The nodes with every source before its targets, else as in the file; none in or behind a loop."""
        waiting = {
            node: len({source.node for source in ends.values() if source.node in self.nodes})
            for node, ends in self.incoming.items()
        }
        rank = {node: index for index, node in enumerate(self.nodes)}
        ready = [rank[node] for node, count in waiting.items() if count == 0]  # sorted, so a heap
        names = list(self.nodes)
        done: list[str] = []
        while ready:
            node = names[heapq.heappop(ready)]
            done.append(node)
            for target in dict.fromkeys(wire.target.node for wire in self.outgoing[node]):
                if target in waiting:
                    waiting[target] -= 1
                    if waiting[target] == 0:
                        heapq.heappush(ready, rank[target])
        return tuple(done)

    @cached_property
    def remembered(self) -> dict[Hashable, Remembered]:
        """Answers that others have found and that outlive an edit of parameters alone, by what was asked."""
        return {}

    @cached_property
    def _found(self) -> dict[frozenset[str], frozenset[str]]:
        """The answers that `ancestors` has given."""
        return {}

    def ancestors(self, nodes: Iterable[str]) -> frozenset[str]:
        """These nodes and everything that they are computed from."""
        asked = frozenset(nodes)
        if asked not in self._found:
            found, todo, incoming = set(asked), list(asked), self.incoming
            while todo:
                for source in incoming.get(todo.pop(), {}).values():
                    if source.node not in found:
                        found.add(source.node)
                        todo.append(source.node)
            self._found[asked] = frozenset(found)
        return self._found[asked]

    @cached_property
    def _roles(self) -> Mapping[str, tuple[Node, ...]]:
        table: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.cls is not None:
                table.setdefault(node.cls.info.role, []).append(node)
        return {role: tuple(nodes) for role, nodes in table.items()}

    @cached_property
    def placements(self) -> tuple[str, ...]:
        """The nodes that place a network."""
        return tuple(node_id for node_id, node in self.nodes.items() if node.place is not None)

    def by_role(self, role: str) -> tuple[Node, ...]:
        """The nodes whose layer has this role, in order of the file."""
        return self._roles.get(role, ())

    def changed(self, **changes: Any) -> Graph:
        """The same graph with other fields. What is known of its wiring stays known where that is the same."""
        after = replace(self, **changes)
        if after.wires is self.wires and after.nodes.keys() == self.nodes.keys():
            for known in ("incoming", "outgoing", "order", "_found"):
                if known in self.__dict__:
                    after.__dict__[known] = self.__dict__[known]
            self._carry(after)
        return after

    def _carry(self, after: Graph) -> None:
        """Hand on what is remembered, if only parameters and positions are others."""
        known = self.__dict__.get("remembered")
        if not known or after.face is not self.face:
            return
        fresh = {each: node for each, node in after.nodes.items() if self.nodes[each] is not node}
        if all(_runs_alike(self.nodes[each], node) for each, node in fresh.items()):
            carried = {asked: each.carried(after, fresh) for asked, each in known.items()}
            after.__dict__["remembered"] = carried


def _runs_alike(one: Node, other: Node) -> bool:
    """Whether two nodes differ in parameters alone, and not in their ports. Placed networks do not count as alike."""
    if one.place is not None or other.place is not None or one.layer is None or other.layer is None:
        return False
    same = (one.type, one.title, one.marks) == (other.type, other.title, other.marks)
    return same and one.layer.outputs() == other.layer.outputs()
