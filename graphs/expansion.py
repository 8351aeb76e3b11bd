"""A network with its blocks laid open: what was placed once or repeated stands there as plain nodes.

Ids inside are paths: `stage.0.conv2d` is the node conv2d of the first round of the placement stage, and its
weights are saved under that name. Scanned blocks stay one node: they are a loop, not a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from graphs.block import Block
from graphs.graph import FACE_IN, End, Graph, Node, Only, Wire
from graphs.resolve import carried, face_ends

if TYPE_CHECKING:
    from graphs.resolve import Resolved

Ends: TypeAlias = "Mapping[str, End]"


@dataclass(frozen=True)
class Laid:
    """A graph laid open, and where the values of its face's outputs come from in it."""

    graph: Graph
    outs: Ends
    opened: bool = False  # whether there is a block that was laid open

    def carried(self, after: Graph, fresh: Mapping[str, Node]) -> Laid:
        """The same with other parameters in nodes of the graph itself, which stand here under their own ids."""
        if not self.opened:
            return Laid(after, self.outs)
        there = {each: node for each, node in fresh.items() if each in self.graph.nodes}
        return replace(self, graph=self.graph.changed(nodes={**self.graph.nodes, **there}))


def expanded(graph: Graph, mode: Only) -> Graph:
    """The graph with its blocks laid open as they run in a mode; itself if it places none."""
    return laid(graph, mode).graph


def laid(graph: Graph, mode: Only) -> Laid:
    """The graph laid open; wires from its own face stay as they are. Found once for each graph and mode."""
    asked = ("laid", mode if _depends_on_mode(graph) else None)
    known = graph.remembered.get(asked)
    if not isinstance(known, Laid):
        known = graph.remembered[asked] = _lay_open(graph, mode)
    return known


def _lay_open(graph: Graph, mode: Only) -> Laid:
    if not any(_opens(graph.nodes[each], mode) for each in graph.placements):
        return Laid(graph, face_ends(graph))
    work = _Work(mode)
    inputs = {port: End(FACE_IN, port) for port in graph.face.inputs}
    outs = work.lay(graph, inputs, _Where())
    return Laid(Graph(work.nodes, tuple(work.wires), graph.face), outs, opened=True)


def _depends_on_mode(graph: Graph) -> bool:
    """Whether a placement, at any depth, runs in one mode only."""
    known: bool | None = graph.__dict__.get("_by_mode")
    if known is None:
        nodes = [graph.nodes[each] for each in graph.placements]
        inner = [body.graph for node in nodes for body in _bodies(node)]
        known = any(node.marks.only for node in nodes) or any(map(_depends_on_mode, inner))
        graph.__dict__["_by_mode"] = known
    return known


def _bodies(node: Node) -> tuple[Resolved, ...]:
    bodies = node.layer.bodies if isinstance(node.layer, Block) else ()
    return tuple(dict.fromkeys(bodies))


def _opens(node: Node, mode: Only) -> bool:
    """Whether a placement is laid open; one that is muted, or does not run in this mode, passes its input on."""
    runs = not node.marks.muted and node.marks.only in (None, mode)
    return runs and isinstance(node.layer, Block) and node.layer.scan is None


@dataclass(frozen=True)
class _Where:
    """Where a body is laid: before its ids, before the names of its weights, the words for it, and frozen or not."""

    prefix: str = ""
    owner: str = ""
    words: str = ""
    frozen: bool = False
    shared: bool = False  # its weights belong to the whole document


@dataclass
class _Work:
    mode: Only
    nodes: dict[str, Node] = field(default_factory=dict)
    wires: list[Wire] = field(default_factory=list)

    def lay(self, graph: Graph, inputs: Ends, where: _Where) -> dict[str, End]:
        """Put the nodes of a graph there; where the values of its outputs then come from."""
        ends: dict[End, End] = {End(FACE_IN, port): end for port, end in inputs.items()}
        for node_id in graph.order:
            node = graph.nodes[node_id]
            given = {
                port: found
                for port, end in graph.incoming[node_id].items()
                if (found := _found(end, ends, graph, where)) is not None
            }
            if _opens(node, self.mode):
                outs = self._lay_block(node, given, where)
                ends |= {End(node_id, port): end for port, end in outs.items()}
                continue
            name = where.prefix + node_id
            self.nodes[name] = _laid_node(graph, node, where) if where.prefix else node
            self.wires += [Wire(end, End(name, port)) for port, end in given.items()]
        return {
            port: found
            for port, end in face_ends(graph).items()
            if (found := _found(end, ends, graph, where)) is not None
        }

    def _lay_block(self, node: Node, given: Ends, where: _Where) -> dict[str, End]:
        block = node.layer
        assert isinstance(block, Block)
        feeds = carried(block.definition.graph)
        own = _owner(node, where)
        state = dict(given)
        outs = {output: state[port] for port, output in feeds.items() if port in state}
        for index, body in enumerate(block.bodies):
            rest = f"{index}." if block.repeated else ""
            words = f"{node.name}, round {index + 1}" if block.repeated else node.name
            inner = _Where(
                f"{where.prefix}{node.id}.{rest}",
                f"{own}.{rest}",
                f"{words} of {where.words}" if where.words else words,
                where.frozen or node.marks.frozen,
                where.shared or bool(node.marks.weights),
            )
            outs = self.lay(body.graph, state, inner)
            state |= {port: outs[feeds[port]] for port in feeds if feeds[port] in outs}
        return outs


def _found(end: End, ends: Mapping[End, End], graph: Graph, where: _Where) -> End | None:
    """Where a value comes from in the graph laid open; None if nothing gives it."""
    if end in ends:
        return ends[end]
    node = graph.nodes.get(end.node)
    if node is None:
        return None if end.node == FACE_IN or where.prefix else end
    return End(where.prefix + end.node, end.port)


def _owner(node: Node, where: _Where) -> str:
    return node.marks.weights or where.owner + node.id


def _laid_node(graph: Graph, node: Node, where: _Where) -> Node:
    """A node of a block as it stands in the graph laid open: its id is a path, its marks are those around it, too."""
    owner = _owner(node, where)
    marks = node.marks
    tie = {own: _tied(graph, target, where) for own, target in marks.tie.items()}
    weights = owner if node.marks.weights or where.shared else ""
    fresh = replace(marks, frozen=marks.frozen or where.frozen, weights=weights, tie=tie)
    return replace(
        node,
        id=where.prefix + node.id,
        title=f"{node.name} in {where.words}",
        marks=marks if fresh == marks else fresh,
    )


def _tied(graph: Graph, target: str, where: _Where) -> str:
    there, _, weight = target.partition(".")
    node = graph.nodes.get(there)
    owner = _owner(node, where) if node is not None else where.owner + there
    return f"{owner}.{weight}"


def top(path: str) -> str:
    """The node of the network itself that a path in it stands in."""
    return path.partition(".")[0]
