"""What may help against what a note says: edits of the document, each one click and one step to undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from graphs.content import EarlyStopping
from graphs.edits import insert_before, retype
from graphs.graph import End
from graphs.optimizers import OPTIMIZERS, settings
from graphs.rule import Fix

if TYPE_CHECKING:
    from graphs.content import Document, Objective
    from graphs.graph import Graph, Node
    from lightning_modules.events import Noted

DROPOUT = 0.5
"""Srivastava et al. 2014: near the best for hidden units of most networks."""

CLIP = 1.0
"""The largest norm of a gradient that Pascanu et al. 2013 and transformers since then are trained with."""

PATIENCE = 10
SATURATING = ("Sigmoid", "Tanh", "Hardsigmoid", "Hardtanh", "Softsign")
"""Activations that are flat on both sides, where next to nothing of a gradient comes through."""

USUAL_RATE, LOWEST_RATE, HIGHEST_RATE = 0.001, 1e-6, 100.0
"""Learning rates: where most optimizers begin, and beyond which none is meant."""

Remedy = Callable[["Document", "tuple[str, ...]"], "Iterator[Fix]"]


def remedies(noted: Noted, document: Document) -> tuple[Fix, ...]:
    """The edits that a note suggests, as far as this document has what they change."""
    nodes = tuple(each for each in noted.nodes if each in document.main.nodes)
    return tuple(
        fix
        for name in noted.remedies
        if name in REMEDIES
        for fix in REMEDIES[name](document, nodes)
        if fix.apply(document) != document
    )


def _times(document: Document, factor: float, verb: str) -> Iterator[Fix]:
    rates = [_rate(each) for each in document.objectives]
    if not rates or None in rates:
        return
    factor = _far(rates, factor)
    named = "the learning rate" if len(rates) == 1 else "all learning rates"
    to = f" to {rates[0] * factor:.3g}" if len(rates) == 1 and rates[0] is not None else ""
    yield Fix(f"{verb} {named}{to}", settings=lambda it: _scaled(it, factor))


def _far(rates: Sequence[float | None], factor: float) -> float:
    """The factor to the usual rate where a rate is so far off that a tenth of the way leads nowhere, or this one."""
    (rate,) = rates if len(rates) == 1 else (None,)
    if not rate or LOWEST_RATE <= rate <= HIGHEST_RATE:
        return factor
    return USUAL_RATE / rate


def _rate(objective: Objective) -> float | None:
    if objective.optimizer.type not in OPTIMIZERS:
        return None
    try:
        found = settings(objective.optimizer, OPTIMIZERS).get("lr")
    except (KeyError, ValueError):  # the check names what is wrong with it
        return None
    return float(found) if isinstance(found, (int, float)) else None


def _scaled(document: Document, factor: float) -> Document:
    def slower(objective: Objective) -> Objective:
        rate = _rate(objective)
        if rate is None:
            return objective
        params = {**objective.optimizer.params, "lr": float(f"{rate * factor:.6g}")}
        return replace(objective, optimizer=replace(objective.optimizer, params=params))

    return replace(document, objectives=tuple(map(slower, document.objectives)))


def _lr_tenth(document: Document, _nodes: tuple[str, ...]) -> Iterator[Fix]:
    return _times(document, 0.1, "Lower")


def _lr_times_ten(document: Document, _nodes: tuple[str, ...]) -> Iterator[Fix]:
    return _times(document, 10.0, "Raise")


def _clip(_document: Document, _nodes: tuple[str, ...]) -> Iterator[Fix]:
    def limited(document: Document) -> Document:
        rows = tuple(
            each if each.clip is not None and each.clip <= CLIP else replace(each, clip=CLIP)
            for each in document.objectives
        )
        return replace(document, objectives=rows)

    yield Fix(f"Limit the gradient to {CLIP:g}", settings=limited)


def _more_epochs(document: Document, _nodes: tuple[str, ...]) -> Iterator[Fix]:
    count = 2 * document.run.epochs
    yield Fix(
        f"Train for {count} epochs",
        settings=lambda it: replace(it, run=replace(it.run, epochs=count)),
    )


def _early_stopping(document: Document, _nodes: tuple[str, ...]) -> Iterator[Fix]:
    if document.run.early_stopping is None:
        stopping = EarlyStopping(patience=PATIENCE)
        yield Fix(
            f"Stop early, after {PATIENCE} epochs without progress",
            settings=lambda it: replace(it, run=replace(it.run, early_stopping=stopping)),
        )


def _dropout(document: Document, _nodes: tuple[str, ...]) -> Iterator[Fix]:
    graph = document.main
    last = _last_linear(graph)
    if last is None:
        return
    source = graph.nodes[graph.incoming[last.id]["input"].node]
    if source.type == "Dropout":
        return
    yield Fix(
        f"Add Dropout before {last.name}",
        lambda it: insert_before(it, End(last.id, "input"), "Dropout", {"p": DROPOUT})[0],
    )


def _last_linear(graph: Graph) -> Node | None:
    """The last Linear layer that is wired and has another layer with weights before it: dropout in raw data hurts."""
    rows = [graph.nodes[each] for each in graph.order]
    found = [each for each in rows if each.type == "Linear" and "input" in graph.incoming[each.id]]
    if not found:
        return None
    source = graph.nodes[graph.incoming[found[-1].id]["input"].node]
    role = source.info.role if source.info is not None else ""
    return found[-1] if role == "layer" and source.type != "Flatten" else None


def _leaky_relu(document: Document, nodes: tuple[str, ...]) -> Iterator[Fix]:
    mine = [each for each in nodes if document.main.nodes[each].type == "ReLU"]
    if mine:
        yield Fix(_swap(document, mine, "LeakyReLU"), lambda it: _retyped(it, mine, "LeakyReLU"))


def _relu(document: Document, _nodes: tuple[str, ...]) -> Iterator[Fix]:
    graph = document.main
    mine = [
        each.id
        for each in graph.nodes.values()
        if each.type in SATURATING and _is_hidden(graph, each.id)
    ]
    if mine:
        yield Fix(_swap(document, mine, "ReLU"), lambda it: _retyped(it, mine, "ReLU"))


def _swap(document: Document, nodes: list[str], into: str) -> str:
    name = document.main.nodes[nodes[0]].name
    more = f" and {len(nodes) - 1} more" if len(nodes) > 1 else ""
    return f"Replace {name}{more} by {into}"


def _retyped(graph: Graph, nodes: list[str], into: str) -> Graph:
    for each in nodes:
        if each in graph.nodes:
            graph = retype(graph, each, into)
    return graph


def _is_hidden(graph: Graph, node_id: str) -> bool:
    """Whether it feeds layers alone: what stands before a loss or an output is meant to be bounded."""
    targets = [graph.nodes[each.target.node] for each in graph.outgoing[node_id]]
    return bool(targets) and all(each.info and each.info.role == "layer" for each in targets)


def _normalise(document: Document, _nodes: tuple[str, ...]) -> Iterator[Fix]:
    """Normalise behind every hidden Linear layer, where none is yet."""
    graph = document.main
    mine = [
        each
        for each in graph.order
        if graph.nodes[each].type == "Linear"
        and _is_hidden(graph, each)
        and not any("Norm" in graph.nodes[wire.target.node].type for wire in graph.outgoing[each])
    ]
    if len(mine) > 1:
        yield Fix(f"Normalise behind {len(mine)} Linear layers", lambda it: _normalised(it, mine))


def _normalised(graph: Graph, nodes: list[str]) -> Graph:
    for each in nodes:
        for wire in graph.outgoing[each] if each in graph.nodes else ():
            graph, _ = insert_before(graph, wire.target, "LayerNorm")
            break
    return graph


REMEDIES: dict[str, Remedy] = {
    "lr_tenth": _lr_tenth,
    "lr_times_ten": _lr_times_ten,
    "clip": _clip,
    "more_epochs": _more_epochs,
    "early_stopping": _early_stopping,
    "dropout": _dropout,
    "leaky_relu": _leaky_relu,
    "relu": _relu,
    "normalise": _normalise,
}
"""All remedies by the names that notes give."""
