"""What generated source measures on rows that do not train: the losses, and metrics, as they are in evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphs.codegen.classes import with_conditionals
from graphs.codegen.names import Variables, is_taken
from graphs.codegen.text import comment, laid_out
from graphs.codegen.values import Values
from graphs.graph import FACE_IN, End
from graphs.in_mode import runs
from graphs.inner_ends import end_at, ends_of
from graphs.layer import DataLayer
from graphs.plan import Plan, plan_of, wired_inputs
from graphs.resolve import face_ends

if TYPE_CHECKING:
    from graphs.codegen.places import Place
    from graphs.graph import Node, Only

METHOD = "evaluation_pass"


def body_plan(place: Place, mode: Only) -> Plan:
    """What a block computes at this place in a mode; nodes under a condition stand in it."""
    graph = with_conditionals(place)
    plan = plan_of(graph, face_ends(graph), mode)
    columns = tuple(End(FACE_IN, port) for port in graph.face.inputs)
    return Plan(columns, plan.calls, plan.results, mode, graph)


def judges(place: Place) -> bool:
    """Whether a block computes otherwise in evaluation than in prediction, itself or in a block inside it."""
    one, other = body_plan(place, "evaluate"), body_plan(place, "predict")
    differs = (one.calls, dict(one.results)) != (other.calls, dict(other.results))
    return differs or holds_judges(place)


def holds_judges(place: Place) -> bool:
    """Whether a block that stands there computes otherwise in evaluation than in prediction."""
    return any(each.judges for rounds in place.rounds.values() for each in rounds)


@dataclass
class Measuring:
    """The losses and metrics of `main` that run in evaluation, and the method that gives what they compare.

    `passes` are the plans of the methods that there are, by name ("" is `forward`).
    """

    place: Place
    losses: Mapping[str, Node]
    passes: Mapping[str, Plan]
    helpers: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        graph = self.place.graph
        self.losses = {path: node for path, node in self.losses.items() if runs(node, "evaluate")}
        self.metrics = [node for node in graph.by_role("metric") if runs(node, "evaluate")]
        ends = dict.fromkeys(
            end
            for node in (*self.losses.values(), *self.metrics)
            for end in self.inputs(node).values()
        )
        self.columns = [end for end in ends if self._is_column(end)]
        wanted = {str(end): end for end in ends if not self._is_column(end)}
        self.plan = plan_of(graph, wanted, "evaluate")

    @property
    def measures(self) -> bool:
        """Whether there is anything to measure."""
        return bool(self.plan.results) and bool(self.losses or self.metrics)

    @property
    def method(self) -> str:
        """The method that gives what is compared; known once all blocks are written."""
        if not holds_judges(self.place):
            for name, plan in self.passes.items():
                same = set(plan.results.values()) == set(self.plan.results.values())
                if same and plan.calls == self.plan.calls:
                    return name
        return METHOD

    def inputs(self, node: Node) -> dict[str, End]:
        """What a loss or metric compares in evaluation, by port."""
        wired = wired_inputs(self.place.graph, node)
        return dict(plan_of(self.place.graph, wired, "evaluate").results)

    def made(self, variables: Variables) -> Iterator[str]:
        """The lines that make the metrics."""
        self.names = {}
        for node in self.metrics:
            make = self.place.code(node.id).make
            assert make is not None
            self.helpers.add(make.name)
            stem = node.info.stem if node.info is not None else node.id
            self.names[node.id] = variables.new(stem if is_taken(node.id) else node.id)
            bracket = Values([self.place]).make([make], {}, node.id)
            yield from laid_out(f"{self.names[node.id]} = ", bracket, ".to(device)", 4)

    def left_out(self) -> Iterator[str]:
        """A comment for every metric inside a block, which is not written."""
        graph = self.place.graph
        for path in ends_of(graph, "metric"):
            found = end_at(graph, path) if path not in graph.nodes else None
            if found is not None and runs(found[0], "evaluate"):
                words = f"Not written: the metric {found[1]}, which stands inside a block. "
                yield from comment(
                    f"{words}Wire what it compares out of the block to measure it here.", 4
                )

    def words(self, values: Mapping[End, str]) -> list[str]:
        """For each metric its name and value, for an f-string; `values` are the variables of what is compared."""
        return [
            f"{self._title(node)} {{{self.names[node.id]}"
            f"({', '.join(values[end] for end in self.inputs(node).values())}):.4f}}"
            for node in self.metrics
        ]

    def _title(self, node: Node) -> str:
        end = self.inputs(node).get("target")
        layer = self.place.graph.nodes[end.node].layer if end is not None else None
        spec = self.place.shapes.output(*end) if end is not None else None
        scaled = isinstance(layer, DataLayer) and layer.normalize != "none"
        numbers = spec is not None and spec.dtype == "float32" and bool(spec.dims)
        name = node.id.replace("_", " ")
        return f"{name} of the scaled target" if scaled and numbers else name

    def _is_column(self, end: End) -> bool:
        layer = self.place.graph.nodes[end.node].layer
        return layer is not None and layer.info.role == "data"
