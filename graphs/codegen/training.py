"""The part of generated source that trains: data, losses, objectives, in a plain loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphs.codegen.classes import Method
from graphs.codegen.data import column_lines, data_lines
from graphs.codegen.forward import shape_words
from graphs.codegen.losses import Learning, absent, losses_written
from graphs.codegen.measuring import Measuring
from graphs.codegen.names import Variables, attribute, identifier
from graphs.codegen.optimizers import optimizer_lines
from graphs.codegen.places import Place
from graphs.codegen.text import Bracket, comment, laid_out, printed, summed
from graphs.codegen.values import python_expression
from graphs.expression import Expression
from graphs.graph import End, Node
from graphs.optimizers import SCHEDULERS
from graphs.plan import (
    CannotBuild,
    Plan,
    losses_of,
    objective_weights,
    owner_of,
    plan_of,
    refuse_loops,
    wired_inputs,
)

if TYPE_CHECKING:
    from graphs.content import Document, Objective

IN = " " * 4
TAKEN = ("train", "test", "loader", "train_set", "test_set", "test_loss", "rows", "cut", "step")
"""Names of the script itself."""


@dataclass
class Training:
    """What follows the classes in a file."""

    document: Document
    place: Place
    helpers: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        graph = self.place.graph
        refuse_loops(graph)
        self._forward = self._forward_plan()
        self._train = plan_of(graph, self._forward.results, "train")
        self._wishes = {name: self._wish(name, end) for name, end in self._forward.results.items()}
        self._learnings: list[Learning] = []
        if graph.by_role("loss"):
            for each in self.document.objectives:
                self._learnings.append(self._learning(each))
        self._variables = Variables()
        self._columns: dict[End, str] = {}
        for plan in (self._forward, *(each.plan for each in self._learnings)):
            for end in plan.columns:
                self._column(end)
        alone = self._learnings[0] if len(self._learnings) == 1 else None
        self._measuring = Measuring(
            self.place,
            alone.losses if alone is not None else {},
            {"": self._forward, **{each.method: each.plan for each in self._learnings}},
        )
        for end in (*self._measuring.plan.columns, *self._measuring.columns):
            self._column(end)
        for learning in self._learnings:
            for node in learning.losses.values():
                for end in self._inputs(node).values():
                    if self._is_column(end):
                        self._column(end)

    @property
    def columns(self) -> tuple[str, ...]:
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
            f"{self._columns[end]} {shape_words(spec)}"
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
        found = [Method("forward", self._forward, None, self._wishes)]
        for each in self._learnings:
            if each.method and all(one.name != each.method for one in found):
                ends = each.plan.results.values()
                wishes = {
                    name: self._wish("", end, ends) for name, end in each.plan.results.items()
                }
                doc = f'What the losses of the objective "{each.objective.name}" compare.'
                found.append(Method(each.method, each.plan, None, wishes, doc))
        measuring = self._measuring
        if self._tests and all(one.name != measuring.method for one in found) and measuring.method:
            ends = measuring.plan.results.values()
            wishes = {
                name: self._wish("", end, ends) for name, end in measuring.plan.results.items()
            }
            doc = "What is compared on rows that do not train."
            found.append(Method(measuring.method, measuring.plan, None, wishes, doc))
        return found

    def script(self, network: str) -> list[str]:
        """Functions that read data and train."""
        lines = data_lines(self.document, self.place, self._columns)
        lines += ["", "", *self._main(network), "", "", 'if __name__ == "__main__":', f"{IN}main()"]
        return lines

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
                "The network has no output and no loss, so there is no code to write. Add an Output."
            )
        return plan_of(graph, results, "predict")

    def _learning(self, objective: Objective) -> Learning:
        graph = self.place.graph
        losses = losses_of(self.document, objective)
        inner = next((node for path, node in losses.items() if path not in graph.nodes), None)
        if inner is not None:
            raise CannotBuild(
                f"{inner.phrase} is a loss inside a block, which cannot be written as code yet. Wire what it "
                "compares out of the block, and compare there.",
                inner.id,
            )
        ends: dict[End, None] = {}
        for node in losses.values():
            settled = plan_of(graph, wired_inputs(graph, node), "train").results
            ends |= dict.fromkeys(end for end in settled.values() if not self._is_column(end))
        plan = plan_of(graph, {str(end): end for end in ends}, "train")
        known = set(self._forward.results.values())
        same = self._train.calls == self._forward.calls and plan.calls == self._forward.calls
        if same and ends.keys() == known:
            return Learning(objective, losses, self._forward, "")
        return Learning(objective, losses, plan, f"{identifier(objective.name)}_pass")

    def _inputs(self, node: Node) -> dict[str, End]:
        """What enters a loss, by port."""
        graph = self.place.graph
        return dict(plan_of(graph, wired_inputs(graph, node), "train").results)

    def _is_column(self, end: End) -> bool:
        layer = self.place.graph.nodes[end.node].layer
        return layer is not None and layer.info.role == "data"

    def _column(self, end: End) -> None:
        if end not in self._columns:
            self.place.known(end.node)
            self._columns[end] = self._variables.new(end.port)

    def _wish(self, name: str, end: End, among: Iterable[End] = ()) -> str:
        """What a result is best called, beside others."""
        node = self.place.graph.nodes[end.node]
        if node.title:
            return identifier(node.title)
        if end.port != "output":
            same = sum(each.port == end.port for each in among) > 1
            return f"{identifier(node.id)}_{end.port}" if same else end.port
        return name if name and name not in ("output", "input") else identifier(node.id)

    def _name_of(self, end: End) -> str:
        return next(name for name, each in self._forward.results.items() if each == end)

    def _main(self, network: str) -> Iterator[str]:
        run = self.document.run
        names = list(self._columns.values())
        yield f"def main(epochs: int = {run.epochs}) -> None:"
        yield f'{IN}"""Train the network and print how far it has got after every epoch."""'
        yield f"{IN}torch.manual_seed({run.seed})"
        yield f'{IN}device = torch.device("cuda" if torch.cuda.is_available() else "cpu")'
        yield from column_lines(self.document, self.place, self._columns, tests=self._tests)
        for part in ("train", "test") if self._tests else ("train",):
            row = tuple(f"{name}[{part}].to(device)" for name in names)
            yield from laid_out(f"{part}_set = ", Bracket("TensorDataset(", row), "", 4)
        yield f"{IN}loader = DataLoader(train_set, batch_size={run.batch_size}, shuffle=True)"
        yield f"{IN}model = {network}().to(device)"
        if not self._learnings:
            yield f"{IN}# The network has no loss yet: add one and train here."
            yield f"{IN}print(model, len(loader))"
            return
        variables = Variables(*names, *TAKEN)
        nodes = [node for each in self._learnings for node in each.losses.values()]
        losses, helpers = losses_written(self.place, nodes, variables)
        self.helpers |= helpers
        yield from (line for made, _ in losses.values() for line in made)
        if self._tests:
            yield from self._measuring.made(variables)
            self.helpers |= self._measuring.helpers
        yield from self._measuring.left_out()
        yield from self._optimizers()
        yield from self._loop(losses, variables)

    def _optimizers(self) -> Iterator[str]:
        for index, each in enumerate(self._learnings):
            number = f"_{index + 1}" if len(self._learnings) > 1 else ""
            yield from optimizer_lines(each.objective, self._learned(each), number)

    def _learned(self, each: Learning) -> str:
        update = each.objective.update
        unknown = [name for name in update if name != "*" and name not in self.place.graph.nodes]
        shared = {owner_of(node) for node in self.place.graph.nodes.values()}
        if unknown and unknown[0] not in shared:
            raise CannotBuild(
                f'An objective updates "{unknown[0][:80]}", which is no node of this network.'
            )
        if "*" in update:
            return "model.parameters()"
        nodes = self.place.graph.nodes
        owners = dict.fromkeys(
            attribute(owner_of(nodes[name]) if name in nodes else name) for name in update
        )
        rows = [f"model.{owner}.parameters()" for owner in owners]
        return rows[0] if len(rows) == 1 else f"[{', '.join(f'*{row}' for row in rows)}]"

    def _loop(
        self, losses: Mapping[str, tuple[list[str], str]], variables: Variables
    ) -> Iterator[str]:
        names = list(self._columns.values())
        many = len(self._learnings) > 1
        batch = ", ".join(names) if len(names) > 1 else f"({names[0]},)"
        if self._needs_step():
            yield f"{IN}step = 0"
        yield f"{IN}for epoch in range(epochs):"
        yield f"{IN * 2}model.train()"
        totals = [
            f"total_{index + 1}" if many else "total" for index in range(len(self._learnings))
        ]
        yield f"{IN * 2}{' = '.join(totals)} = 0.0"
        yield f"{IN * 2}for {batch} in loader:"
        for index, each in enumerate(self._learnings):
            number = f"_{index + 1}" if many else ""
            yield from self._step(each, number, losses, Variables(*names, *variables.taken))
        if self._needs_step():
            yield f"{IN * 3}step += 1"
        for index, each in enumerate(self._learnings):
            schedule = each.objective.scheduler
            number = f"_{index + 1}" if many else ""
            if schedule is not None and SCHEDULERS[schedule.type].step == "epoch":
                plateau = schedule.type == "ReduceLROnPlateau"
                yield f"{IN * 2}schedule{number}.step({f'total{number}' if plateau else ''})"
        shown = ", ".join(
            f"{identifier(each.objective.name)} {{total{f'_{index + 1}' if many else ''} / len(loader):.4f}}"
            for index, each in enumerate(self._learnings)
        )
        words = shown if many else "loss {total / len(loader):.4f}"
        yield from self._report(words, losses, variables)

    def _step(
        self,
        each: Learning,
        number: str,
        losses: Mapping[str, tuple[list[str], str]],
        variables: Variables,
    ) -> Iterator[str]:
        objective = each.objective
        conditions = []
        if objective.every > 1:
            conditions.append(f"step % {objective.every} == 0")
        if objective.from_epoch:
            conditions.append(f"epoch >= {objective.from_epoch}")
        if objective.to_epoch is not None:
            conditions.append(f"epoch < {objective.to_epoch}")
        indent = 12
        if len(self._learnings) > 1:
            yield from comment(objective.name, 12)
        if conditions:
            yield f"{IN * 3}if {' and '.join(conditions)}:"
            indent = 16
        space = " " * indent
        found = self._values(each.plan, each.method, variables)
        yield f"{space}optimizer{number}.zero_grad()"
        yield f"{space}{found[1]}"
        loss = self._loss(each, losses, found[0])
        yield from summed(f"loss{number}", loss, indent)
        yield f"{space}loss{number}.backward()"
        if objective.clip is not None:
            yield f"{space}nn.utils.clip_grad_norm_({self._learned(each)}, {objective.clip!r})"
        yield f"{space}optimizer{number}.step()"
        schedule = objective.scheduler
        if schedule is not None and SCHEDULERS[schedule.type].step == "batch":
            yield f"{space}schedule{number}.step()"
        yield f"{space}total{number} += loss{number}.item()"

    def _values(self, plan: Plan, called: str, variables: Variables) -> tuple[dict[End, str], str]:
        """The variables of what the network gives, and the line that computes it."""
        ends = plan.results.values()
        found = {
            end: variables.new(
                self._wish("", end, ends) if called else self._wishes[self._name_of(end)]
            )
            for name, end in plan.results.items()
        }
        row = ", ".join(self._columns[end] for end in plan.columns)
        method = f".{called}" if called else ""
        return found, f"{', '.join(found.values())} = model{method}({row})"

    def _loss(
        self,
        each: Learning,
        losses: Mapping[str, tuple[list[str], str]],
        found: Mapping[End, str],
        measuring: Measuring | None = None,
    ) -> list[str]:
        terms = []
        for name, weight in objective_weights(each.objective, each.losses).items():
            if measuring is not None and name not in measuring.losses:
                continue
            known = {**self._columns, **found}
            inputs = (measuring.inputs if measuring is not None else self._inputs)(
                each.losses[name]
            )
            given = {port: known[end] for port, end in inputs.items()}
            text = losses[name][1].format(**{**absent(each.losses[name]), **given})
            factor = ""
            if isinstance(weight, Expression):
                factor = python_expression(weight, {"epoch": "epoch", "step": "step"})
                if not factor:
                    raise CannotBuild(
                        f'The weight of {name} in the objective "{each.objective.name}" cannot be written as code: '
                        f"{weight.text[:80]}"
                    )
                factor = f"({factor}) * "
            elif weight != 1:
                factor = f"{weight!r} * "
            terms.append(f"{factor}{text}")
        return terms

    @property
    def _tests(self) -> bool:
        """Whether something is measured on rows that do not train: the loss, where there is one objective; metrics."""
        return bool(self._learnings) and self._measuring.measures

    def _needs_step(self) -> bool:
        return any(
            each.objective.every > 1
            or any(
                isinstance(term.weight, Expression) and "step" in term.weight.names()
                for term in each.objective.minimise
            )
            for each in self._learnings
        )

    def _report(
        self, words: str, losses: Mapping[str, tuple[list[str], str]], variables: Variables
    ) -> Iterator[str]:
        if not self._tests:
            yield from printed(f"epoch {{epoch + 1}}: {words}", 8)
            return
        names, measuring = list(self._columns.values()), self._measuring
        batch = ", ".join(names) if len(names) > 1 else f"({names[0]},)"
        plan = measuring.passes.get(measuring.method, measuring.plan)
        found, line = self._values(plan, measuring.method, Variables(*names, *variables.taken))
        yield f"{IN * 2}model.eval()"
        yield f"{IN * 2}with torch.no_grad():"
        yield f"{IN * 3}{batch} = test_set.tensors"
        yield f"{IN * 3}{line}"
        parts = [words]
        if measuring.losses:
            first = self._learnings[0]
            yield from summed("test_loss", self._loss(first, losses, found, measuring), 12)
            parts.append("test loss {test_loss:.4f}")
        values = {**self._columns, **found}
        parts += measuring.words(values)
        yield from printed("epoch {epoch + 1}: " + ", ".join(parts), 8)
