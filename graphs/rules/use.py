"""Rules of good use, which warn: everything leads somewhere (G401), and losses get what they are made for.

Losses of scores get raw scores (G402), those of logarithms logarithms of probabilities (G403).
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import partial

from graphs import edits
from graphs.content import MAIN
from graphs.graph import FACE_OUT, End, Graph
from graphs.holding import COMPARING, holders
from graphs.judged_inside import blocks_with, told_outside
from graphs.layer import LAYERS, Layer
from graphs.mending import swap
from graphs.mending_steps import Step, insert_steps
from graphs.rule import Checked, Fix, Problem, rule

ENDS = ("loss", "metric", "output")
PASSING = ("Dropout", "Shape")
"""Categories of layers behind which probabilities are still probabilities, more or less."""

FARTHEST = 6

OF_LOGARITHMS = {"NLLLoss": "CrossEntropyLoss", "KLDivLoss": ""}
"""Losses whose input is logarithms of probabilities, and what takes raw scores in their place, if something does."""


@rule("G401")
def everything_leads_somewhere(checked: Checked) -> Iterator[Problem]:
    """What leads to no loss, metric or output is not computed. Said once for each part that hangs together."""
    graph = checked.graph
    ends = {node.id for role in ENDS for node in graph.by_role(role)}
    ends |= {node_id for role in COMPARING for node_id in holders(graph, role)}
    ends |= {wire.source.node for wire in graph.wires if wire.target.node == FACE_OUT}
    if not ends or len(graph.order) < len(graph.nodes):
        return
    unused = graph.nodes.keys() - graph.ancestors(ends)
    for tip in reversed(graph.order) if unused else ():
        if tip not in unused:
            continue
        part = _hanging_together(graph, tip, unused)
        unused -= part
        node, others = graph.nodes[tip], len(part) - 1
        words = (
            f"it and {others} before it are"
            if others > 1
            else "it and the one before it are"
            if others
            else "it is"
        )
        yield Problem(
            "G401",
            f"{node.phrase} leads to no loss, metric or output, so {words} not computed. Wire it on, or remove it.",
            (tip, *sorted(part - {tip})),
            "warning",
            fixes=(
                Fix(
                    f"Remove {node.name}" if not others else "Remove them",
                    partial(_remove, frozenset(part)),
                ),
            ),
        )


@rule("G402")
def losses_of_scores_get_raw_scores(checked: Checked) -> Iterator[Problem]:
    """Such a loss applies softmax or sigmoid itself; twice makes training slow and its result worse."""
    yield from _applied_twice(checked)
    for inside in blocks_with(checked, "loss") if checked.network == MAIN else ():
        for problem in _applied_twice(inside):
            yield told_outside(problem, inside.network, checked.graph)


@rule("G403")
def losses_of_logarithms_get_logarithms(checked: Checked) -> Iterator[Problem]:
    """Raw scores, or probabilities, are no logarithms of probabilities: the loss would learn the wrong thing."""
    yield from _no_logarithms(checked)
    for inside in blocks_with(checked, "loss") if checked.network == MAIN else ():
        for problem in _no_logarithms(inside):
            yield told_outside(problem, inside.network, checked.graph)


def _no_logarithms(checked: Checked) -> Iterator[Problem]:
    graph = checked.graph
    for loss in graph.by_role("loss"):
        if loss.type not in OF_LOGARITHMS or not checked.shapes.nodes[loss.id].outputs:
            continue
        end = End(loss.id, "input")
        found = _made_before(checked, end)
        if found is None:
            continue
        node, made = graph.nodes[found], "raw scores"
        outputs = checked.shapes.nodes[found].outputs.values()
        if any(spec.kind == "probability" for spec in outputs):
            made = "probabilities"
        step, other = Step("LogSoftmax"), OF_LOGARITHMS[loss.type]
        words = f"Put {step.title} between them"
        insert = Fix(f"Insert {step.title}", partial(insert_steps, target=end, steps=(step,)))
        fixes: tuple[Fix, ...] = (insert,) if made == "raw scores" else ()
        if other and made == "raw scores":
            title = LAYERS[other].info.title
            words += f", or make {loss.name} {title}"
            fixes += (Fix(f"Make it {title}", partial(swap, node_id=loss.id, type_id=other)),)
        if made == "probabilities":
            words = f"Make {node.name} {step.title}"
            if node.type == "Softmax":
                retype = partial(swap, node_id=node.id, type_id="LogSoftmax")
                fixes = (Fix(f"Make {node.name} {step.title}", retype),)
        yield Problem(
            "G403",
            f"{node.phrase} gives {made} to {loss.phrase}, which takes logarithms of probabilities. {words}.",
            (found, loss.id),
            "warning",
            fixes=fixes,
        )


def _made_before(checked: Checked, end: End) -> str | None:
    """The nearest node before a port that learns or makes probabilities, with nothing but reshaping behind it."""
    graph, shapes = checked.graph, checked.shapes
    for _ in range(FARTHEST):
        source = graph.incoming[end.node].get(end.port)
        node = graph.nodes.get(source.node) if source is not None else None
        inputs = shapes.nodes[node.id].inputs if node is not None else {}
        if node is None or not inputs or node.cls is None:
            return None
        outputs = shapes.nodes[node.id].outputs.values()
        if any(spec.kind == "probability" for spec in outputs) or (
            node.cls.weights is not Layer.weights
        ):
            return node.id
        if node.info is None or node.info.category not in PASSING:
            return None
        end = End(node.id, next(iter(inputs)))
    return None


def _applied_twice(checked: Checked) -> Iterator[Problem]:
    graph = checked.graph
    for loss in graph.by_role("loss"):
        applied = loss.cls.info.applies if loss.cls is not None else ""
        found = _probabilities_before(checked, End(loss.id, "logits")) if applied else None
        if found is None:
            continue
        node = graph.nodes[found]
        yield Problem(
            "G402",
            f"{node.phrase} stands before {loss.phrase}, which takes raw scores and applies {applied} itself. "
            f"Twice makes training slow and its result worse. Take {node.name} out of this way.",
            (found, loss.id),
            "warning",
            fixes=(Fix(f"Take out {node.name}", partial(_take_out, found, loss.id)),),
        )


def _hanging_together(graph: Graph, start: str, within: Container[str]) -> set[str]:
    """The nodes that wires, followed both ways, join to one of them."""
    found, todo = {start}, [start]
    while todo:
        node = todo.pop()
        near = [end.node for end in graph.incoming[node].values()] + [
            wire.target.node for wire in graph.outgoing[node]
        ]
        fresh = {each for each in near if each in within} - found
        found |= fresh
        todo += fresh
    return found


def _probabilities_before(checked: Checked, end: End) -> str | None:
    """The nearest node before a port that makes probabilities, with nothing but reshaping behind it."""
    graph, shapes = checked.graph, checked.shapes
    for _ in range(FARTHEST):
        source = graph.incoming[end.node].get(end.port)
        node = graph.nodes.get(source.node) if source is not None else None
        inputs = shapes.nodes[node.id].inputs if node is not None else {}
        if node is None or not inputs:
            return None
        makes = any(spec.kind == "probability" for spec in shapes.nodes[node.id].outputs.values())
        probable = [port for port, spec in inputs.items() if spec.kind == "probability"]
        if makes and not probable:
            return node.id
        if not makes and (node.info is None or node.info.category not in PASSING):
            return None  # a Linear layer behind a hidden Sigmoid makes scores again
        end = End(node.id, (probable or list(inputs))[0])
    return None


def _take_out(node_id: str, loss_id: str, graph: Graph) -> Graph:
    """The graph with the loss fed from before the node, which goes if nothing else uses it."""
    if node_id not in graph.nodes or loss_id not in graph.nodes:
        return graph
    on_the_way = graph.ancestors({loss_id})
    users = [wire for wire in graph.outgoing[node_id] if wire.target.node in on_the_way]
    if len(users) == len(graph.outgoing[node_id]):
        return edits.remove_and_heal(graph, {node_id})
    source = next(iter(graph.incoming[node_id].values()), None)
    if source is not None:
        for wire in users:
            graph = edits.connect(graph, source, wire.target)
    return graph


def _remove(nodes: frozenset[str], graph: Graph) -> Graph:
    return edits.remove_nodes(graph, nodes)
