"""What generated source measures on rows that do not train: the losses, and metrics, as they are in evaluation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphs.block import Block
from graphs.codegen.compared import EVALUATION, agree, pass_plan
from graphs.codegen.names import Variables, attribute, is_taken
from graphs.codegen.places import losses_given, metrics_of
from graphs.codegen.text import comment, laid_out
from graphs.codegen.values import Values
from graphs.expansion import expanded
from graphs.in_mode import runs
from graphs.inner_ends import end_at, ends_of
from graphs.layer import DataLayer
from graphs.plan import owner_of, plan_of, wired_inputs

if TYPE_CHECKING:
    from graphs.codegen.places import Place
    from graphs.graph import End, Node
    from graphs.plan import Plan


@dataclass(frozen=True)
class Inside:
    """A metric inside a block: its path, the node, the place where it stands, and its expression in `main`."""

    path: str
    node: Node
    place: Place
    name: str


@dataclass
class Measuring:
    """The losses and metrics of `main` that run in evaluation, and the method that gives what they compare.

    `passes` are the plans of the methods that there are, by name ("" is `forward`), and the losses that they give.
    """

    place: Place
    losses: Mapping[str, Node]
    passes: Mapping[str, tuple[Plan, tuple[str, ...]]]
    helpers: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        graph = self.place.graph
        self.inner = tuple(losses_given(self.place, "evaluate", own=False))
        self.losses = {
            path: node
            for path, node in self.losses.items()
            if (runs(node, "evaluate") if path in graph.nodes else path in self.inner)
        }
        self.metrics = [node for node in graph.by_role("metric") if runs(node, "evaluate")]
        ends = dict.fromkeys(
            end
            for path, node in (*self.losses.items(), *((node.id, node) for node in self.metrics))
            if path in graph.nodes
            for end in self.inputs(node).values()
        )
        self.columns = [end for end in ends if self._is_column(end)]
        wanted = {str(end): end for end in ends if not self._is_column(end)}
        self.plan = pass_plan(self.place, graph, wanted, "evaluate", losses=bool(self.inner))
        self.inside = [*_inside(self.place, "", "model")]

    @property
    def measures(self) -> bool:
        """Whether there is anything to measure."""
        own = bool(self.losses or self.metrics) and bool(self.plan.results or self.inner)
        return own or bool(self.inside)

    @property
    def method(self) -> str:
        """The method that gives what is compared."""
        for name, (plan, inner) in self.passes.items():
            same = set(self.plan.results.values()) <= set(plan.results.values())
            same = same and plan.calls == self.plan.calls and inner == self.inner
            if same and agree(self.place, plan, learning=bool(inner)):
                return name
        return EVALUATION

    def inputs(self, node: Node) -> dict[str, End]:
        """What a loss or metric compares in evaluation, by port."""
        wired = wired_inputs(self.place.graph, node)
        return dict(plan_of(self.place.graph, wired, "evaluate").results)

    def made(self, variables: Variables) -> Iterator[str]:
        """The lines that make the metrics."""
        self.names: dict[str, str] = {}
        for node in self.metrics:
            make = self.place.code(node.id).make
            assert make is not None
            self.helpers.add(make.name)
            stem = node.info.stem if node.info is not None else node.id
            self.names[node.id] = variables.new(stem if is_taken(node.id) else node.id)
            bracket = Values([self.place]).make([make], {}, node.id)
            yield from laid_out(f"{self.names[node.id]} = ", bracket, ".to(device)", 4)

    def updated(self, values: Mapping[End, str]) -> Iterator[str]:
        """For each metric the line that takes in a batch; `values` are the variables of what is compared."""
        for node in self.metrics:
            given = {port: values[end] for port, end in self.inputs(node).items()}
            row = self.place.code(node.id).call.format(**given)
            yield f"{self.names[node.id]}.update({row})"

    def words(self) -> list[str]:
        """For each metric its name and value, for an f-string."""
        return [
            f"{self._title(node)} {{{self.place.code(node.id).after['output'].format(self=name)}:.4f}}"
            for node in self.metrics
            if (name := self.names[node.id])
        ] + [
            f"{self._title_inside(each)} {{{code.after['output'].format(self=each.name)}:.4f}}"
            for each in self.inside
            if (code := each.place.code(each.node.id))
        ]

    def left_out(self) -> Iterator[str]:
        """A comment for every metric inside a block, which is not written."""
        graph, written = self.place.graph, {each.path for each in self.inside}
        for path in ends_of(graph, "metric"):
            found = end_at(graph, path) if path not in graph.nodes else None
            if found is not None and runs(found[0], "evaluate") and path not in written:
                words = f"Not written: the metric {found[1]}, whose block stands under a condition or is shared. "
                yield from comment(
                    f"{words}Wire what it compares out of the block to measure it here.", 4
                )

    def _title(self, node: Node) -> str:
        return f"{node.id.replace('_', ' ')}{self._unit(self.inputs(node).get('target'))}"

    def _title_inside(self, each: Inside) -> str:
        opened = expanded(self.place.graph, "evaluate")
        wired = {"target": opened.incoming[each.path].get("target")}
        given = {port: end for port, end in wired.items() if end is not None}
        target = plan_of(opened, given, "evaluate").results.get("target")
        return f"{re.sub('[._]+', ' ', each.path)}{self._unit(target)}"

    def _unit(self, end: End | None) -> str:
        """What to say of a target that is a scaled column."""
        if end is None or end.node not in self.place.graph.nodes:
            return ""
        layer, spec = self.place.graph.nodes[end.node].layer, self.place.shapes.output(*end)
        scaled = isinstance(layer, DataLayer) and layer.normalize != "none"
        numbers = spec is not None and spec.dtype == "float32" and bool(spec.dims)
        return " of the scaled target" if scaled and numbers else ""

    def _is_column(self, end: End) -> bool:
        layer = self.place.graph.nodes[end.node].layer
        return layer is not None and layer.info.role == "data"


def _inside(place: Place, path: str, name: str) -> Iterator[Inside]:
    """The metrics in the blocks of a network; those of blocks that share their weights would be one for all of them."""
    graph = place.graph
    for node_id in graph.placements:
        node = graph.nodes[node_id]
        block, rounds = node.layer, place.rounds.get(node_id, ())
        if not isinstance(block, Block) or node.marks.weights or not runs(node, "evaluate"):
            continue
        for index, inner in enumerate(rounds):
            if not inner.measures:
                continue
            at = f"{path}{node_id}.{f'{index}.' if block.repeated else ''}"
            there = f"{name}.{attribute(owner_of(node))}{f'[{index}]' if block.repeated else ''}"
            for each in metrics_of(inner):
                yield Inside(
                    f"{at}{each}", inner.graph.nodes[each], inner, f"{there}.{attribute(each)}"
                )
            yield from _inside(inner, at, there)
