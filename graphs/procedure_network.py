"""What a procedure runs: `main`, or a block as it stands at its first place, with the Specs at its ports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphs.block import Block
from graphs.content import MAIN
from graphs.expansion import laid
from graphs.graph import FACE_IN, FACE_OUT, End, Face, Graph, Marks, Node, Wire
from graphs.plan import (
    CannotBuild,
    Plan,
    block_plan,
    evaluation_plan,
    first_input,
    objective_plan,
    plan_of,
    prediction_plan,
    refuse_loops,
    wired_inputs,
)
from graphs.procedure_reach import plan_of_outputs, surely_made
from graphs.resolve import face_ends
from graphs.spec import Mismatch, Spec

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.shapes import NodeShapes, Shapes

VALUE = "value"
"""The name of the result of a plan that computes one value of `main`."""


@dataclass(frozen=True)
class Runnable:
    """A network that can be called by itself: Specs of its input ports and of its results, by name.

    `place` is the path of the placement whose weights it has; "" for `main`. `columns` of the plan stand in the
    order of `inputs`.
    """

    network: str
    place: str
    plan: Plan
    inputs: Mapping[str, Spec]
    results: Mapping[str, Spec]


@dataclass(frozen=True)
class _Found:
    """A placement: the node under its path, with its own weights, and what is known of it there."""

    node: Node
    known: NodeShapes


def runnable(
    document: Document, network: str, shapes: Shapes, *, told_only: bool = False
) -> Runnable:
    """The network of this id as it can be called; `shapes` are those of `main`.

    Where it is `told_only` what can be called, and nothing is run, blocks of its plan may stay closed.

    Raises:
        CannotBuild: it has problems, is placed nowhere, or nothing that learns or predicts needs it.
    """
    refuse_loops(document.main)
    if network == MAIN:
        return _told(document, shapes) if told_only else _main(document, shapes)
    found = next(_placements(document.main, network, shapes), None)
    if found is None:
        raise CannotBuild(f"the block {network} is placed nowhere, so it has no weights.")
    node, known = found.node, found.known
    if node.layer is None or not known.outputs:
        raise CannotBuild(f"the block {network} has problems where it is placed.")
    face = node.layer.info
    inputs = tuple(port.name for port in face.inputs)
    wires = [Wire(End(FACE_IN, port), End(node.id, port)) for port in inputs]
    wires += [Wire(End(node.id, port), End(FACE_OUT, port)) for port in face.outputs]
    graph = Graph({node.id: node}, tuple(wires), Face(inputs, face.outputs))
    closed = told_only and node.id in document.main.nodes and surely_made(document, node.id)
    plan = plan_of(graph, face_ends(graph), "predict") if closed else block_plan(graph, "predict")
    if not closed:
        _refuse_unused(document, plan, network)
    return Runnable(
        network,
        node.id,
        plan,
        {port: known.inputs[port] for port in inputs},
        {port: known.outputs[port] for port in plan.results},
    )


def value_plan(document: Document, end: End) -> Plan:
    """What it takes to compute the value at an output port of `main` from its data, as the result `value`.

    Raises:
        CannotBuild: it has problems.
    """
    main = document.main
    refuse_loops(main)
    wires = (*main.wires, Wire(end, End(FACE_OUT, VALUE)))
    found = laid(main.changed(wires=wires, face=Face((), (VALUE,))), "predict")
    return plan_of(found.graph, dict(found.outs), "predict")


def target_of(document: Document, network: str, result: str) -> str:
    """The column of the data that a loss compares this result with, as "node.port"; "" if none does."""
    main = document.main
    if network != MAIN:
        ends = {End(each, result) for each in main.placements if _places(main.nodes[each], network)}
    elif result in main.nodes:
        end = first_input(main, main.nodes[result])
        ends = set() if end is None else {end}
    else:
        ends = set()
    for loss in main.by_role("loss"):
        wired = main.incoming[loss.id]
        target = wired.get("target")
        there = target is not None and target.node in main.nodes
        if there and target is not None and ends & set(wired.values()) - {target}:
            node = main.nodes[target.node]
            if node.info is not None and node.info.role == "data":
                return str(target)
    return ""


def _told(document: Document, shapes: Shapes) -> Runnable:
    """`main` with its blocks closed where that tells as much."""
    plan = plan_of_outputs(document)
    ends = (*plan.columns, *plan.results.values()) if plan is not None else ()
    if not ends or any(shapes.output(*end) is None for end in ends):
        return _main(document, shapes)
    return _main(document, shapes, plan)


def _main(document: Document, shapes: Shapes, plan: Plan | None = None) -> Runnable:
    plan = plan or prediction_plan(document)
    inputs = {str(end): shapes.output(*end) for end in plan.columns}
    results = {name: _result_spec(document.main, shapes, name) for name in plan.results}
    if any(each is None for each in (*inputs.values(), *results.values())):
        raise CannotBuild("the network has problems.")
    return Runnable(
        MAIN,
        "",
        plan,
        {name: each for name, each in inputs.items() if each is not None},
        {name: each for name, each in results.items() if each is not None},
    )


def _result_spec(main: Graph, shapes: Shapes, name: str) -> Spec | None:
    """The Spec of a result of a prediction: what enters the output of that id, or a loss at that port."""
    nodes = [main.nodes[name]] if name in main.nodes else list(main.by_role("loss"))
    for node in nodes:
        if node.layer is None:
            continue
        for port, end in list(wired_inputs(main, node).items())[:1]:
            if name in (node.id, port, f"{node.id}_{port}"):
                return shapes.output(*end)
    return None


def _placements(
    graph: Graph,
    network: str,
    shapes: Shapes,
    prefix: str = "",
    owner: str = "",
    *,
    shared: bool = False,
) -> Iterator[_Found]:
    """The places of a network, those in this graph before those inside of its blocks."""
    nodes = [graph.nodes[each] for each in graph.order if graph.nodes[each].place is not None]
    for node in nodes:
        if _places(node, network):
            own = node.marks.weights or owner + node.id
            name = own if shared or node.marks.weights else ""
            alone = Node(
                prefix + node.id,
                "",
                node.params,
                place=node.place,
                marks=Marks(weights=name),
                definition=node.definition,
            )
            yield _Found(alone, shapes.nodes[node.id])
    for node in nodes:
        block, known = node.layer, shapes.nodes[node.id]
        if not isinstance(block, Block) or not known.outputs:
            continue
        try:
            _, body, given = next(block.rounds(known.inputs))
            inner = body.shapes(given)
        except (Mismatch, StopIteration):
            continue
        rest = "0." if block.repeated else ""
        own = node.marks.weights or owner + node.id
        yield from _placements(
            body.graph,
            network,
            inner,
            f"{prefix}{node.id}.{rest}",
            f"{own}.{rest}",
            shared=shared or bool(node.marks.weights),
        )


def _places(node: Node, network: str) -> bool:
    return node.place is not None and node.place.network == network


def _refuse_unused(document: Document, plan: Plan, network: str) -> None:
    """Check that all weights of a plan are made for the document.

    Raises:
        CannotBuild: nothing that learns or predicts needs them.
    """
    plans = [objective_plan(document, each) for each in document.objectives]
    plans += [prediction_plan(document), evaluation_plan(document)]
    made = {each.owner for other in plans for each in other.calls}
    for each in plan.calls:
        parts = each.owner.split(".")  # what stands in a scanned block is made with that
        if not any(".".join(parts[: count + 1]) in made for count in range(len(parts))):
            raise CannotBuild(
                f"the block {network} is wired to nothing that learns or predicts, so it has no weights."
            )
