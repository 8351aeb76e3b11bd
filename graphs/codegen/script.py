"""The end of generated source: the functions that read data and train, in a plain loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphs.codegen.data import data_lines
from graphs.codegen.data_functions import NAMES
from graphs.codegen.losses import Learning, Written, absent, losses_written
from graphs.codegen.names import Variables, identifier
from graphs.codegen.optimizers import optimizer_lines
from graphs.codegen.text import printed, statement, summed
from graphs.codegen.values import python_expression
from graphs.expression import Expression
from graphs.optimizers import SCHEDULERS
from graphs.plan import CannotBuild, objective_weights

if TYPE_CHECKING:
    from graphs.codegen.training import Training
    from graphs.graph import End
    from graphs.plan import Plan

IN = " " * 4
TAKEN = (
    *NAMES,
    *("train_set", "val_set", "test_set", "train_loader", "val_loader", "test_loader", "loader"),
    *("count", "evaluate", "step", "load_data"),
)
"""Names of the script itself."""


@dataclass(frozen=True)
class Names:
    """What stands in the loop for one objective: its variables, and the expression of the weights that it changes."""

    loss: str
    total: str
    optimizer: str
    scheduler: str
    steps: str  # how often it took a step in an epoch; "" where that is at every batch
    weights: str
    parameters: str  # the variable of a list of those; "" where there is none
    alone: bool  # whether it changes all weights

    @property
    def learned(self) -> str:
        """What the optimizer gets."""
        return self.parameters or self.weights


@dataclass
class Script:
    """The functions of one document. `network` is the class of `main`."""

    training: Training
    network: str
    helpers: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._run = self.training.document.run
        self._columns = self.training.columns
        self._rows = list(self._columns.values())
        self._learnings = self.training.learnings
        self._variables = Variables(*self._rows, *TAKEN)
        self._names = {id(each): self._named(each) for each in self._learnings}

    def lines(self) -> list[str]:
        """All functions, and the line that runs them."""
        training = self.training
        lines = data_lines(training.document, training.place, self._columns, tests=training.tests)
        lines += ["", "", *self._main(), "", "", 'if __name__ == "__main__":', f"{IN}main()"]
        return lines

    def _named(self, each: Learning) -> Names:
        objective = each.objective
        many = len(self._learnings) > 1
        stem = f"{identifier(objective.name)}_" if many else ""

        def new(word: str) -> str:
            return self._variables.new(stem + word) if many else word

        rests = objective.every > 1 or objective.from_epoch or objective.to_epoch is not None
        weights, alone = self.training.learned(each), "*" in objective.update
        listed = not alone or (weights.startswith("[") and objective.clip is not None)
        return Names(
            new("loss"),
            new("total"),
            new("optimizer"),
            new("scheduler"),
            self._variables.new(f"{stem}steps") if rests else "",
            weights,
            self._variables.new(f"{stem}parameters") if listed else "",
            alone,
        )

    def _main(self) -> Iterator[str]:
        tests = self.training.tests
        yield f"def main(epochs: int = {self._run.epochs}) -> {self.network}:"
        if not self._learnings:
            yield f'{IN}"""Make the network; it has no loss yet that it could be trained by."""'
            yield f"{IN}torch.manual_seed({self._run.seed})"
            yield f"{IN}return {self.network}()"
            return
        yield f'{IN}"""Train the network, print how far it has got after every epoch, and return it."""'
        yield f"{IN}torch.manual_seed({self._run.seed})"
        yield f'{IN}device = torch.device("cuda" if torch.cuda.is_available() else "cpu")'
        size = self._run.batch_size
        yield f"{IN}{'train_set, val_set, test_set' if tests else 'train_set'} = load_data()"
        yield f"{IN}train_loader = DataLoader(train_set, batch_size={size}, shuffle=True)"
        if tests:
            yield f"{IN}val_loader = DataLoader(val_set, batch_size={size})"
            yield f"{IN}test_loader = DataLoader(test_set, batch_size={size})"
        yield f"{IN}model = {self.network}().to(device)"
        nodes = [node for each in self._learnings for node in each.own.values()]
        losses, helpers = losses_written(self.training.place, nodes, self._variables)
        self.helpers |= helpers
        yield from (line for made, _ in losses.values() for line in made)
        if tests:
            yield from self.training.measuring.made(self._variables)
            self.helpers |= self.training.measuring.helpers
        yield from self.training.measuring.left_out()
        for each in self._learnings:
            yield from self._optimizer(each)
        if tests:
            yield from self._evaluate(losses)
        yield from self._loop(losses)
        if tests:
            yield f'{IN}print(f"test {{evaluate(test_loader)}}")'
        yield f"{IN}return model"

    def _optimizer(self, each: Learning) -> Iterator[str]:
        names = self._names[id(each)]
        if names.parameters:
            made = names.weights if names.weights.startswith("[") else f"list({names.weights})"
            yield from statement(f"{names.parameters} = {made}", 4)
        yield from optimizer_lines(each.objective, names.learned, names.optimizer, names.scheduler)

    def _loop(self, losses: Written) -> Iterator[str]:
        counted = self._needs_step()
        if counted:
            yield f"{IN}step = 0"
        yield f"{IN}for epoch in range(epochs):"
        yield f"{IN * 2}model.train()"
        every = [self._names[id(each)] for each in self._learnings]
        yield f"{IN * 2}{' = '.join(names.total for names in every)} = 0.0"
        resting = [names.steps for names in every if names.steps]
        if resting:
            yield f"{IN * 2}{' = '.join(resting)} = 0"
        yield from self._batches("train_loader", 8)
        for index, each in enumerate(self._learnings):
            yield from [""] if index else []
            yield from self._step(each, losses)
        if counted:
            yield f"{IN * 3}step += 1"
        for each in self._learnings:
            schedule, names = each.objective.scheduler, self._names[id(each)]
            if schedule is not None and SCHEDULERS[schedule.type].step == "epoch":
                mean = _mean(names) if schedule.type == "ReduceLROnPlateau" else ""
                yield f"{IN * 2}{names.scheduler}.step({mean})"
        yield from printed(f"epoch {{epoch + 1}}: {', '.join(self._words())}", 8)

    def _batches(self, loader: str, indent: int) -> Iterator[str]:
        """The head of a loop over batches, and the line that brings them to the device."""
        space, row = " " * indent, self._rows
        if len(row) == 1:
            yield f"{space}for ({row[0]},) in {loader}:"
            yield f"{space}{IN}{row[0]} = {row[0]}.to(device)"
            return
        names = ", ".join(row)
        yield f"{space}for batch in {loader}:"
        yield f"{space}{IN}{names} = (each.to(device) for each in batch)"

    def _step(self, each: Learning, losses: Written) -> Iterator[str]:
        objective, names = each.objective, self._names[id(each)]
        conditions = []
        if objective.every > 1:
            conditions.append(f"step % {objective.every} == 0")
        if objective.from_epoch and objective.to_epoch is not None:
            conditions.append(f"{objective.from_epoch} <= epoch < {objective.to_epoch}")
        elif objective.from_epoch:
            conditions.append(f"epoch >= {objective.from_epoch}")
        elif objective.to_epoch is not None:
            conditions.append(f"epoch < {objective.to_epoch}")
        indent = 12
        if conditions:
            yield f"{IN * 3}if {' and '.join(conditions)}:"
            indent = 16
        space = " " * indent
        inputs = {path: self.training.inputs(node) for path, node in each.own.items()}
        found, lines = self._called(each.plan, each.method, each.inner, inputs, indent)
        yield from lines
        yield from summed(names.loss, self._terms(each, losses, found, inputs, each.inner), indent)
        yield f"{space}{names.optimizer}.zero_grad()"
        only = "" if names.alone else f"inputs={names.parameters}"
        yield f"{space}{names.loss}.backward({only})"
        if objective.clip is not None:
            yield f"{space}nn.utils.clip_grad_norm_({names.learned}, {objective.clip!r})"
        yield f"{space}{names.optimizer}.step()"
        schedule = objective.scheduler
        if schedule is not None and SCHEDULERS[schedule.type].step == "batch":
            yield f"{space}{names.scheduler}.step()"
        yield f"{space}{names.total} += {names.loss}.item()"
        if names.steps:
            yield f"{space}{names.steps} += 1"

    def _called(
        self,
        plan: Plan,
        method: str,
        inner: tuple[str, ...],
        inputs: Mapping[str, Mapping[str, End]],
        indent: int,
        *,
        counted: bool = True,
    ) -> tuple[dict[End, str], list[str]]:
        """The variables of what a method of the network gives, and the lines that call it.

        `counted` says whether the losses inside blocks are looked at.
        """
        variables = Variables(*self._rows, *self._variables.taken)
        wanted = [end for ends in inputs.values() for end in ends.values()]
        found, call = self.training.values(plan, method, variables, wanted)
        row = [*found.values(), *(["losses" if counted else "_"] if inner else [])]
        idle = all(each == "_" for each in row)
        return found, statement(call if idle else f"{', '.join(row)} = {call}", indent)

    def _terms(
        self,
        each: Learning,
        losses: Written,
        found: Mapping[End, str],
        inputs: Mapping[str, Mapping[str, End]],
        inner: tuple[str, ...],
    ) -> list[str]:
        """The losses of an objective with their weights, as far as they are among these."""
        known = {**self._columns, **found}
        weights = objective_weights(each.objective, each.losses)
        terms = []
        if len(inner) > 1 and all(weights.get(path) == 1 for path in inner):
            terms.append("sum(losses)")
            weights = {path: weight for path, weight in weights.items() if path not in inner}
        for path, weight in weights.items():
            if path in inner:
                text = f"losses[{inner.index(path)}]"
            elif path in inputs:
                given = {port: known[end] for port, end in inputs[path].items()}
                text = losses[path][1].format(**{**absent(each.losses[path]), **given})
            else:
                continue
            terms.append(f"{_factor(path, weight, each)}{text}")
        return terms

    def _needs_step(self) -> bool:
        return any(
            each.objective.every > 1
            or any(
                isinstance(term.weight, Expression) and "step" in term.weight.names()
                for term in each.objective.minimise
            )
            for each in self._learnings
        )

    def _evaluate(self, losses: Written) -> Iterator[str]:
        """The function that measures on rows that do not train."""
        measuring = self.training.measuring
        yield from ["", f"{IN}@torch.no_grad()", f"{IN}def evaluate(loader: DataLoader) -> str:"]
        yield f'{IN * 2}"""What is measured on rows that do not train, in words."""'
        yield f"{IN * 2}model.eval()"
        for name in (*measuring.names.values(), *(each.name for each in measuring.inside)):
            yield f"{IN * 2}{name}.reset()"
        if measuring.losses:
            yield f"{IN * 2}total, count = 0.0, 0"
        yield from self._batches("loader", 8)
        method = measuring.method
        plan = measuring.passes[method][0] if method in measuring.passes else measuring.plan
        own = {path: node for path, node in measuring.losses.items() if path not in measuring.inner}
        inputs = {path: measuring.inputs(node) for path, node in own.items()}
        wanted = {**inputs, **{f" {one.id}": measuring.inputs(one) for one in measuring.metrics}}
        found, lines = self._called(
            plan, method, measuring.inner, wanted, 12, counted=bool(measuring.losses)
        )
        yield from lines
        if measuring.losses:
            first = self._learnings[0]
            yield from summed(
                "loss", self._terms(first, losses, found, inputs, measuring.inner), 12
            )
            yield f"{IN * 3}total += len({self._rows[0]}) * loss.item()"
            yield f"{IN * 3}count += len({self._rows[0]})"
        for line in measuring.updated({**self._columns, **found}):
            yield from statement(line, 12)
        loss = ["loss {total / count:.4f}"] if measuring.losses else []
        yield from printed(", ".join([*loss, *measuring.words()]), 8, returns=True)
        yield ""

    def _words(self) -> Iterator[str]:
        """What is printed after an epoch, as parts of an f-string."""
        for each in self._learnings:
            name = identifier(each.objective.name) if len(self._learnings) > 1 else "loss"
            yield f"{name} {{{_mean(self._names[id(each)])}:.4f}}"
        if self.training.tests:
            yield "val {evaluate(val_loader)}"


def _mean(names: Names) -> str:
    """The mean loss of an epoch."""
    return f"{names.total} / {f'max({names.steps}, 1)' if names.steps else 'len(train_loader)'}"


def _factor(path: str, weight: float | Expression, each: Learning) -> str:
    """What a loss is multiplied with, as source.

    Raises:
        CannotBuild: it is an expression that Python reads otherwise.
    """
    if not isinstance(weight, Expression):
        return "" if weight == 1 else f"{weight!r} * "
    text = python_expression(weight, {"epoch": "epoch", "step": "step"})
    if not text:
        raise CannotBuild(
            f'The weight of {path} in the objective "{each.objective.name}" cannot be written as code: '
            f"{weight.text[:80]}"
        )
    return f"({text}) * "
