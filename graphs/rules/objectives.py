"""Rules of objectives and runs: losses (G501), optimizer (G502), schedule (G503), numbers (G504), nodes (G505)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any

from graphs.content import MAIN, Document, Objective, RunSettings
from graphs.expression import Expression, ExpressionError
from graphs.graph import NO_MARKS
from graphs.in_mode import MODE_WORDS, runs
from graphs.inner_ends import ends_of
from graphs.optimizers import OPTIMIZERS, RUN_PARAMS, SCHEDULERS, faults, mended
from graphs.rule import Checked, Fix, Problem, rule

if TYPE_CHECKING:
    from graphs.content import Typed
    from graphs.graph import Graph, Node
    from graphs.optimizers import Choice


@rule("G501")
def objectives_minimise_losses(checked: Checked) -> Iterator[Problem]:
    """What an objective minimises are losses of the network, with weights that are numbers."""
    if checked.network != MAIN:
        return
    losses = ends_of(checked.graph, "loss")
    for index, objective in enumerate(checked.document.objectives):
        for part in objective.minimise:
            if part.loss not in losses:
                yield _objective_problem(
                    "G501",
                    f'Objective "{objective.name}" minimises "{part.loss}", which is no loss of this network. '
                    f"{_near(part.loss, losses)}",
                    *(
                        Fix(
                            f"Minimise {near} instead",
                            settings=partial(_change, index, _minimising(part.loss, near)),
                        )
                        for near in get_close_matches(part.loss, losses, n=1)
                        if near not in {each.loss for each in objective.minimise}
                    ),
                    Fix(
                        "Take it out of the objective",
                        settings=partial(_change, index, _without(part.loss)),
                    ),
                )
            elif not runs(losses[part.loss], "train"):
                yield _resting_loss(index, objective, part.loss, losses[part.loss])
            elif fault := _weight_fault(part.weight):
                yield _objective_problem(
                    "G501",
                    f'Objective "{objective.name}" weighs "{part.loss}" by what has no value: {fault}',
                    Fix("Weigh it by 1", settings=partial(_change, index, _weighing(part.loss))),
                )
    if not checked.document.objectives:
        yield _objective_problem(
            "G501",
            "The document has no objective, so nothing says what to learn. Add the usual one.",
            Fix(
                "Add the usual objective",
                settings=lambda document: replace(document, objectives=(Objective(),)),
            ),
        )


@rule("G502")
def optimizers_are_known(checked: Checked) -> Iterator[Problem]:
    """Every objective has an optimizer of the table, with parameters in range."""
    if checked.network != MAIN:
        return
    for index, objective in enumerate(checked.document.objectives):
        for fault in faults(objective.optimizer, OPTIMIZERS, "optimizer"):
            yield _objective_problem(
                "G502",
                f'Objective "{objective.name}" cannot step: {fault}',
                *_mended(index, "optimizer", objective.optimizer, OPTIMIZERS),
                Fix("Use AdamW as it comes", settings=partial(_change, index, _usual_optimizer)),
            )


@rule("G503")
def schedules_are_known(checked: Checked) -> Iterator[Problem]:
    """Every schedule is one of the table, with parameters in range."""
    if checked.network != MAIN:
        return
    for index, objective in enumerate(checked.document.objectives):
        if objective.scheduler is None:
            continue
        for fault in faults(objective.scheduler, SCHEDULERS, "schedule"):
            yield _objective_problem(
                "G503",
                f'Objective "{objective.name}" cannot be scheduled: {fault}',
                *_mended(index, "scheduler", objective.scheduler, SCHEDULERS),
                Fix("Use no schedule", settings=partial(_change, index, _unscheduled)),
            )


@rule("G504")
def run_settings_are_in_range(checked: Checked) -> Iterator[Problem]:
    """Epochs, batch size and the like, and the numbers of each objective, are in range."""
    if checked.network != MAIN:
        return
    for name, param in RUN_PARAMS.items():
        try:
            param.read(getattr(checked.document.run, name))
        except ValueError as error:
            yield _objective_problem(
                "G504",
                f"Run settings: {error}",
                Fix(f"Reset {param.title}", settings=partial(_reset_run, name)),
            )
    yield from _early_stopping(checked)
    for index, objective in enumerate(checked.document.objectives):
        for words, good, reset in (
            ("learns every 0 steps or fewer", objective.every >= 1, {"every": 1}),
            ("starts before epoch 0", objective.from_epoch >= 0, {"from_epoch": 0}),
            (
                "ends before it starts",
                objective.to_epoch is None or objective.to_epoch >= objective.from_epoch,
                {"to_epoch": None},
            ),
            (
                "clips gradients at 0 or less",
                objective.clip is None or objective.clip > 0,
                {"clip": None},
            ),
        ):
            if not good:
                yield _objective_problem(
                    "G504",
                    f'Objective "{objective.name}" {words}.',
                    Fix("Reset it", settings=partial(_change, index, partial(_with, reset))),
                )


@rule("G505")
def objectives_update_what_learns(checked: Checked) -> Iterator[Problem]:
    """What an objective updates are nodes of the network, or shared weights wherever they stand."""
    if checked.network != MAIN:
        return
    known = {*checked.graph.nodes, *_shared_names(checked.document)}
    for index, objective in enumerate(checked.document.objectives):
        for name in objective.update:
            if name != "*" and name not in known:
                yield _objective_problem(
                    "G505",
                    f'Objective "{objective.name}" updates "{name}", which is no node of this network. '
                    f"{_near(name, known)}",
                    *(
                        Fix(
                            f"Update {near} instead",
                            settings=partial(_change, index, _updating(name, near)),
                        )
                        for near in get_close_matches(name, known, n=1)
                        if near not in objective.update
                    ),
                    Fix(
                        "Take it out of the objective",
                        settings=partial(_change, index, _not_updating(name)),
                    ),
                )


def _resting_loss(index: int, objective: Objective, path: str, node: Node) -> Problem:
    """What an objective minimises is a loss that does not run while training."""
    muted, only = node.marks.muted, node.marks.only
    words = "is muted" if muted or only is None else f"runs in {MODE_WORDS[only]} only"
    return _objective_problem(
        "G501",
        f'Objective "{objective.name}" minimises "{path}", which {words}. '
        f"{'Unmute it' if muted else 'Let it always run'}, or take it out of the objective.",
        Fix("Take it out of the objective", settings=partial(_change, index, _without(path))),
    )


def _weight_fault(weight: float | Expression) -> str:
    """Why a weight of a loss has no value at the start; it may speak of `epoch` and `step`."""
    if isinstance(weight, Expression):
        try:
            value = weight.value({"epoch": 0, "step": 0})
        except ExpressionError as error:
            return str(error)
        if isinstance(value, tuple):
            return f"“{weight}” is a list."
    return ""


def _shared_names(document: Document) -> set[str]:
    return {
        node.marks.weights
        for graph in document.networks.values()
        for node in graph.nodes.values()
        if node.marks is not NO_MARKS and node.marks.weights
    }


def _early_stopping(checked: Checked) -> Iterator[Problem]:
    stopping = checked.document.run.early_stopping
    if stopping is None:
        return
    watched = _values(checked.graph)
    if stopping.monitor not in watched:
        yield _objective_problem(
            "G504",
            f'Early stopping watches "{stopping.monitor}", which this run does not measure. '
            f"{_near(stopping.monitor, watched)}",
            *(
                Fix(f"Watch {near}", settings=partial(_with_stopping, {"monitor": near}))
                for near in get_close_matches(stopping.monitor, watched, n=1)
                if near != "val_loss"
            ),
            Fix(
                "Watch the validation loss",
                settings=partial(_with_stopping, {"monitor": "val_loss"}),
            ),
        )
    if stopping.patience < 1:
        yield _objective_problem(
            "G504",
            f"Early stopping must wait for at least 1 epoch, but its patience is {stopping.patience}.",
            Fix("Wait 10 epochs", settings=partial(_with_stopping, {"patience": 10})),
        )
    if stopping.min_delta < 0:
        yield _objective_problem(
            "G504",
            f"Early stopping asks for a progress of {stopping.min_delta:g}, but that must be at least 0.",
            Fix("Ask for any progress", settings=partial(_with_stopping, {"min_delta": 0.0})),
        )


def _values(graph: Graph) -> list[str]:
    """The names of what a run measures on validation data."""
    return ["val_loss", "train_loss", *(f"val_{path}" for path in ends_of(graph, "metric"))]


def _mended(index: int, name: str, typed: Typed, table: Mapping[str, Choice]) -> Iterator[Fix]:
    """The way out that keeps what is right of an optimizer or schedule."""
    found = mended(typed, table)
    if found is not None:
        title, made = found
        yield Fix(title, settings=partial(_change, index, partial(_with, {name: made})))


def _objective_problem(code: str, message: str, *fixes: Fix) -> Problem:
    return Problem(code, message, fixes=fixes)


def _near(name: str, known: Any) -> str:
    near = get_close_matches(name, known, n=1)
    return (
        f"Did you mean {near[0]}?"
        if near
        else f"There are: {', '.join(sorted(known)[:10]) or 'none'}."
    )


def _change(index: int, edit: Callable[[Objective], Objective], document: Document) -> Document:
    """The document with one objective edited; unchanged if it is gone."""
    objectives = list(document.objectives)
    if index < len(objectives):
        objectives[index] = edit(objectives[index])
    return replace(document, objectives=tuple(objectives))


def _without(loss: str) -> Callable[[Objective], Objective]:
    return lambda objective: replace(
        objective, minimise=tuple(part for part in objective.minimise if part.loss != loss)
    )


def _minimising(loss: str, other: str) -> Callable[[Objective], Objective]:
    return lambda objective: replace(
        objective,
        minimise=tuple(
            replace(part, loss=other) if part.loss == loss else part for part in objective.minimise
        ),
    )


def _updating(name: str, other: str) -> Callable[[Objective], Objective]:
    return lambda objective: replace(
        objective, update=tuple(other if each == name else each for each in objective.update)
    )


def _weighing(loss: str) -> Callable[[Objective], Objective]:
    return lambda objective: replace(
        objective,
        minimise=tuple(
            replace(part, weight=1.0) if part.loss == loss else part for part in objective.minimise
        ),
    )


def _not_updating(name: str) -> Callable[[Objective], Objective]:
    return lambda objective: replace(
        objective, update=tuple(each for each in objective.update if each != name) or ("*",)
    )


def _usual_optimizer(objective: Objective) -> Objective:
    return replace(objective, optimizer=Objective().optimizer)


def _unscheduled(objective: Objective) -> Objective:
    return replace(objective, scheduler=None)


def _with(changes: dict[str, Any], objective: Objective) -> Objective:
    return replace(objective, **changes)


def _reset_run(name: str, document: Document) -> Document:
    return replace(document, run=replace(document.run, **{name: getattr(RunSettings(), name)}))


def _with_stopping(changes: dict[str, Any], document: Document) -> Document:
    stopping = document.run.early_stopping
    if stopping is None:
        return document
    return replace(document, run=replace(document.run, early_stopping=replace(stopping, **changes)))
