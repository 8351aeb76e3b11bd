"""What generated source trains: the passes of `main` for prediction, for each objective and for evaluation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphs.codegen.classes import Method
from graphs.codegen.compared import EVALUATION, pass_plan
from graphs.codegen.data import taken_names
from graphs.codegen.forward import shape_words
from graphs.codegen.losses import Learning
from graphs.codegen.measuring import Measuring
from graphs.codegen.names import Variables, attribute, identifier, longer
from graphs.codegen.places import Place, losses_given
from graphs.expansion import top
from graphs.graph import End, Graph, Node
from graphs.inner_ends import ends_of
from graphs.layer import DataLayer
from graphs.plan import CannotBuild, Plan, losses_of, owner_of, plan_of, refuse_loops, wired_inputs

if TYPE_CHECKING:
    from graphs.content import Document, Objective
    from graphs.graph import Only


@dataclass
class Training:
    """What follows the classes in a file."""

    document: Document
    place: Place
    columns: dict[End, str] = field(default_factory=dict)  # the variables of data
    learnings: list[Learning] = field(default_factory=list)

    def __post_init__(self) -> None:
        graph = self.place.graph
        refuse_loops(graph)
        self._forward = self._forward_plan()
        self._train = self._plan(self._forward.results, "train")
        self._wishes = {name: self._wish(name, end) for name, end in self._forward.results.items()}
        self._methods = Variables(*map(attribute, graph.nodes))
        if ends_of(graph, "loss"):
            for each in self.document.objectives:
                self.learnings.append(self._learning(each))
        self._variables = Variables(*taken_names(graph))
        for plan in (self._forward, *(each.plan for each in self.learnings)):
            for end in plan.columns:
                self._column(end)
        alone = self.learnings[0] if len(self.learnings) == 1 else None
        self.measuring = Measuring(
            self.place,
            alone.losses if alone is not None else {},
            {
                "": (self._forward, ()),
                **{each.method: (each.plan, each.inner) for each in self.learnings},
            },
        )
        for end in (*self.measuring.plan.columns, *self.measuring.columns):
            self._column(end)
        for learning in self.learnings:
            for node in learning.own.values():
                for end in self.inputs(node).values():
                    if self._is_column(end):
                        self._column(end)

    @property
    def tests(self) -> bool:
        """Whether something is measured on rows that do not train: the loss, where there is one objective; metrics."""
        first = (
            self.place.graph.nodes[next(iter(self.columns)).node].layer if self.columns else None
        )
        left = isinstance(first, DataLayer) and first.split[0] < 1
        return bool(self.learnings) and left and self.measuring.measures

    @property
    def given(self) -> tuple[str, ...]:
        """The data columns that `forward` takes, as `node.port`."""
        return tuple(map(str, self._forward.columns))

    @property
    def results(self) -> tuple[str, ...]:
        """The names of what `forward` returns."""
        return tuple(self._forward.results)

    def words(self) -> str:
        """What goes in and comes out, in words."""
        shapes = self.place.shapes
        found = [
            f"{self.columns[end]} {shape_words(spec)}"
            for end in self._forward.columns
            if (spec := shapes.output(*end)) is not None
        ]
        made = [
            f"{self._wishes[name]} {shape_words(spec)}"
            for name, end in self._forward.results.items()
            if (spec := shapes.output(*end)) is not None
        ]
        return f"{', '.join(found)} -> {', '.join(made)}." if found and made else ""

    def methods(self) -> list[Method]:
        """The passes of the network: `forward` predicts; an objective that needs more has one of its own."""
        whole = next((each for each in self.learnings if self._holds_forward(each)), None)
        via = (whole.method, whole.plan) if whole is not None else None
        found = {"": Method("forward", self._forward, None, self._wishes, via=via)}
        for each in self.learnings:
            if each.method not in found:
                names = self._named(each.plan)
                doc = f'What the losses of the objective "{each.objective.name}" compare.'
                found[each.method] = Method(
                    each.method, each.plan, None, names, doc, losses=bool(each.inner)
                )
        measuring = self.measuring
        if self.tests and measuring.method not in found:
            doc = "What is compared on rows that do not train."
            found[EVALUATION] = Method(
                EVALUATION,
                measuring.plan,
                None,
                self._named(measuring.plan),
                doc,
                losses=bool(measuring.inner),
            )
        return list(found.values())

    def _holds_forward(self, each: Learning) -> bool:
        """Whether the pass of an objective gives what `forward` gives, and more, by the same layers."""
        same = self._train.calls == self._forward.calls == each.plan.calls and not each.inner
        wanted = set(self._forward.results.values())
        return bool(each.method) and same and wanted < set(each.plan.results.values())

    def values(
        self, plan: Plan, method: str, variables: Variables, wanted: Iterable[End]
    ) -> tuple[dict[End, str], str]:
        """The variables of what a method gives, by end ("_" where nobody wants it), and its call."""
        names = self._named(plan) if method else self._wishes
        used = set(wanted)
        found = {
            end: variables.new(names[name], longer(end)) if end in used else "_"
            for name, end in plan.results.items()
        }
        row = ", ".join(self.columns[end] for end in plan.columns)
        return found, f"model{'.' if method else ''}{method}({row})"

    def _named(self, plan: Plan) -> dict[str, str]:
        """What the results of a pass are best called."""
        ends = plan.results.values()
        names = {name: self._wish("", end, ends) for name, end in plan.results.items()}
        counts = Counter(names.values())
        return {
            name: identifier(longer(end)) if counts[names[name]] > 1 else names[name]
            for name, end in plan.results.items()
        }

    def _forward_plan(self) -> Plan:
        graph = self.place.graph
        results = {
            node.id: end
            for node in graph.by_role("output")
            if not node.marks.muted
            and node.marks.only in (None, "predict")
            and (end := next(iter(wired_inputs(graph, node).values()), None)) is not None
        }
        for node in graph.by_role("loss") if not results else ():
            wired = wired_inputs(graph, node)
            end = next(iter(wired.values()), None)
            if not node.marks.muted and end is not None and end not in results.values():
                port = next(iter(wired))
                results[port if port not in results else f"{node.id}_{port}"] = end
        if not results:
            raise CannotBuild(
                f"{_without_result(graph)}, so there is no code to write. Add an Output."
            )
        return self._plan(results, "predict")

    def _learning(self, objective: Objective) -> Learning:
        graph = self.place.graph
        losses = losses_of(self.document, objective)
        own = {path: node for path, node in losses.items() if path in graph.nodes}
        inside = len(own) < len(losses)
        ends: dict[End, None] = {}
        for node in own.values():
            settled = plan_of(graph, wired_inputs(graph, node), "train").results
            ends |= dict.fromkeys(end for end in settled.values() if not self._is_column(end))
        results = {str(end): end for end in ends}
        if inside:
            plan = self._plan(results, "train", losses=True)
            inner = tuple(losses_given(self.place, "train", own=False))
        else:
            plan, inner = self._plan(results, "train"), ()
        # What predicts serves to learn where it computes the same, even if less of it is compared.
        same = self._train.calls == self._forward.calls and plan.calls == self._forward.calls
        if same and not inside and ends.keys() <= set(self._forward.results.values()):
            return Learning(objective, losses, own, self._forward, "")
        for each in self.learnings:
            if each.method and (each.plan, each.inner) == (plan, inner):
                return Learning(objective, losses, own, plan, each.method, inner)
        name = self._methods.new(f"{identifier(objective.name)}_pass")
        return Learning(objective, losses, own, plan, name, inner)

    def _plan(self, results: Mapping[str, End], mode: Only, *, losses: bool = False) -> Plan:
        return pass_plan(self.place, self.place.graph, results, mode, losses=losses)

    def inputs(self, node: Node) -> dict[str, End]:
        """What enters a loss, by port."""
        graph = self.place.graph
        return dict(plan_of(graph, wired_inputs(graph, node), "train").results)

    def _is_column(self, end: End) -> bool:
        layer = self.place.graph.nodes[end.node].layer
        return layer is not None and layer.info.role == "data"

    def _column(self, end: End) -> None:
        if end not in self.columns:
            self.place.known(end.node)
            self.columns[end] = self._variables.new(end.port)

    def _wish(self, name: str, end: End, among: Iterable[End] = ()) -> str:
        """What a result is best called, beside others."""
        node = self.place.graph.nodes[end.node]
        if node.title:
            return identifier(node.title)
        if end.port != "output":
            same = sum(each.port == end.port for each in among) > 1
            return f"{identifier(node.id)}_{end.port}" if same else end.port
        return name if name and name not in ("output", "input") else identifier(node.id)

    def learned(self, each: Learning) -> str:
        """The expression of the weights that an objective changes.

        Raises:
            CannotBuild: it names something that is no node.
        """
        update, nodes = each.objective.update, self.place.graph.nodes
        shared = {owner_of(node) for node in nodes.values()}
        unknown = [name for name in update if name != "*" and name not in nodes]
        if unknown and unknown[0] not in shared:
            raise CannotBuild(
                f'An objective updates "{unknown[0][:80]}", which is no node of this network.'
            )
        if "*" in update:
            rows = ["model.parameters()"]
        else:
            owners = dict.fromkeys(
                attribute(owner_of(nodes[name]) if name in nodes else name) for name in update
            )
            rows = [f"model.{owner}.parameters()" for owner in owners]
        if not _freezes(self.place):
            return rows[0] if len(rows) == 1 else f"[{', '.join(f'*{row}' for row in rows)}]"
        every = rows[0] if len(rows) == 1 else f"({', '.join(f'*{row}' for row in rows)})"
        return f"[each for each in {every} if each.requires_grad]"


def _freezes(place: Place) -> bool:
    """Whether something in a network, or in a block of it, is frozen."""
    inner = (each for rounds in place.rounds.values() for each in dict.fromkeys(rounds))
    return any(node.marks.frozen for node in place.graph.nodes.values()) or any(
        map(_freezes, inner)
    )


def _without_result(graph: Graph) -> str:
    """Why a network gives nothing: no ends at all, or only such as give nothing outside."""
    inside = [path for path in ends_of(graph, "loss") if path not in graph.nodes]
    if inside:
        block = graph.nodes[top(inside[0])]
        return f"The network has no output, and its loss stands inside {block.phrase}"
    if graph.by_role("output") or graph.by_role("loss"):
        return "The network has no output and no loss that is wired and not muted"
    return "The network has no output and no loss"
