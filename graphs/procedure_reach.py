"""What a procedure runs, told without laying a document's blocks open: a check asks this after every edit.

A block is looked at once, however often it is repeated. What is not plain is left to the long way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphs.block import Block
from graphs.graph import FACE_IN, End
from graphs.layers.flow import Switch
from graphs.plan import CannotBuild, Plan, first_input, plan_of, wired_inputs
from graphs.resolve import carried, face_ends

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphs.content import Document
    from graphs.graph import Graph, Node, Only
    from graphs.resolve import Resolved

ENDS = ("loss", "metric", "output")
"""What everything that is computed leads to."""


def plan_of_outputs(document: Document) -> Plan | None:
    """The plan of the outputs of `main` in prediction, its blocks closed; None where the long way must tell.

    `columns` and names of results are those of the plan in which blocks are laid open.
    """
    main = document.main
    wanted = [node for node in main.by_role("output") if _runs(node)]
    results = {node.id: end for node in wanted if (end := first_input(main, node)) is not None}
    if not main.placements and not any(map(_is_odd, main.nodes.values())):
        return _plain_plan(main, results or _compared(main))
    if not results:
        return None
    try:
        plan = plan_of(main, results, "predict")
        needed = _Reach("predict").ends(main, plan)
    except CannotBuild:
        return None  # said of what is inside, in its words
    columns = tuple(each for each in plan.columns if each in needed)
    return Plan(columns, plan.calls, plan.results, "predict", main)


def _plain_plan(main: Graph, results: Mapping[str, End]) -> Plan | None:
    """The plan of a network without blocks in which every node runs in every mode: what leads to its results."""
    used = main.ancestors({end.node for end in results.values()})
    columns: dict[End, None] = {}
    if not results or len(main.order) < len(main.nodes):
        return None
    for node_id in main.order:
        if node_id not in used:
            continue
        node = main.nodes[node_id]
        if node.layer is None:
            return None
        if any(_is_column(main, end) for end in main.incoming[node_id].values()):
            columns |= dict.fromkeys(
                end for end in wired_inputs(main, node).values() if _is_column(main, end)
            )
    columns |= {end: None for end in results.values() if _is_column(main, end)}
    return Plan(tuple(columns), (), results, "predict", main)


def _compared(main: Graph) -> dict[str, End]:
    """What enters the losses first, by that port: what a network without outputs predicts."""
    results: dict[str, End] = {}
    for node in main.by_role("loss"):
        wired = wired_inputs(main, node) if node.layer is not None else {}
        end = next(iter(wired.values()), None)
        if end is not None and end not in results.values():
            port = next(iter(wired))
            results[port if port not in results else f"{node.id}_{port}"] = end
    return results


def _is_column(main: Graph, end: End) -> bool:
    node = main.nodes.get(end.node)
    return node is not None and node.cls is not None and node.cls.info.role == "data"


def surely_made(document: Document, node_id: str) -> bool:
    """Whether all outputs of a node of `main` lead to something that is learned from, measured or predicted.

    False says nothing: it may be made all the same.
    """
    main = document.main
    if any(_is_odd(node) for node in main.nodes.values()):
        return False
    used = main.ancestors({node.id for role in ENDS for node in main.by_role(role)})
    layer = main.nodes[node_id].layer
    taken = {wire.source.port for wire in main.outgoing[node_id] if wire.target.node in used}
    return layer is not None and bool(taken) and taken >= set(layer.outputs())


def _is_odd(node: Node) -> bool:
    """Whether a node may keep others from being computed."""
    marks = node.marks
    rests = marks.muted or marks.only is not None or marks.when is not None
    return rests or node.type == Switch.info.type


def _runs(node: Node) -> bool:
    return not node.marks.muted and node.marks.only in (None, "predict")


@dataclass
class _Reach:
    """Which ends are looked at in a mode; the bodies of blocks are asked once for each row of outputs."""

    mode: Only
    _known: dict[tuple[int, frozenset[str]], frozenset[str]] = field(default_factory=dict)

    def ends(self, graph: Graph, plan: Plan) -> set[End]:
        """All ends that the results of a plan need, those at the face included."""
        needed = set(plan.results.values())
        for each in reversed(plan.calls):
            layer = graph.nodes[each.node].layer
            outputs = [end.port for end in needed if end.node == each.node]
            if not outputs:
                continue
            inputs: Mapping[str, End] = each.inputs
            if isinstance(layer, Block) and layer.scan is None:
                ports = self._through(layer, outputs)
                inputs = {port: end for port, end in inputs.items() if port in ports}
            needed |= set(inputs.values())
        return needed

    def _through(self, block: Block, outputs: Iterable[str]) -> set[str]:
        """The inputs of a block that these outputs look at, in any of its rounds."""
        feeds = carried(block.definition.graph)
        found: set[str] = set()
        wanted = frozenset(outputs)
        for index in reversed(range(len(block.bodies))):
            ports = self._body(block.bodies[index], wanted)
            if index:  # of a round before, what it hands on
                found |= ports - feeds.keys()
                wanted = frozenset(feeds[port] for port in ports & feeds.keys())
            else:
                found |= ports
            if not wanted:
                break
        if not block.bodies:
            found |= {port for port, output in feeds.items() if output in wanted}
        return found

    def _body(self, body: Resolved, outputs: frozenset[str]) -> frozenset[str]:
        key = (id(body), outputs)
        if key not in self._known:
            graph = body.graph
            results = {name: end for name, end in face_ends(graph).items() if name in outputs}
            ends = self.ends(graph, plan_of(graph, results, self.mode))
            self._known[key] = frozenset(end.port for end in ends if end.node == FACE_IN)
        return self._known[key]
