"""Losses and metrics inside blocks: plans of passes that run them besides their results, and which blocks need some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from graphs.codegen.names import PASSES
from graphs.codegen.places import conditional, is_loss, metrics_of, with_conditionals
from graphs.content import MAIN
from graphs.graph import FACE_IN, End
from graphs.in_mode import runs
from graphs.plan import Call, Plan, owner_of, plan_of, wired_inputs
from graphs.resolve import carried, face_ends

if TYPE_CHECKING:
    from graphs.codegen.places import Place, Places
    from graphs.graph import Graph, Only

LEARNING, EVALUATION = PASSES
"""Methods of a block beside `forward`: with the losses inside it, and as it is in evaluation."""


def pass_plan(
    place: Place,
    graph: Graph,
    results: Mapping[str, End],
    mode: Only,
    *,
    losses: bool,
    own: bool = False,
) -> Plan:
    """What gives these results; with `losses` those in blocks, too, and the network's `own`, whatever needs them.

    In evaluation metrics in blocks are handed what they compare, and with `own` those of the network, where it is
    one that `measures`. Blocks are handed only what the method that they run then looks at.
    """
    measured = {
        each for each in graph.placements if any(one.measures for one in place.rounds.get(each, ()))
    }
    measured |= set(metrics_of(place) if own and place.measures else ())
    wanted = [
        each
        for each in graph.order
        if runs(graph.nodes[each], mode)
        and (
            (losses and own and is_loss(graph.nodes[each]))
            or (losses and any(inner.losses(mode) for inner in place.rounds.get(each, ())))
            or (mode == "evaluate" and each in measured)
        )
    ]
    ends = {
        f"-> {each}.{port}": end
        for each in wanted
        for port, end in wired_inputs(graph, graph.nodes[each]).items()
    }
    base = plan_of(graph, {**results, **ends}, mode)
    calls = {each.node: each for each in base.calls}
    for each in wanted:
        if each not in calls:
            ports = wired_inputs(graph, graph.nodes[each])
            inputs = {port: base.results[f"-> {each}.{port}"] for port in ports}
            calls[each] = Call(each, owner_of(graph.nodes[each]), inputs)
    if wanted:
        rank = {each: index for index, each in enumerate(graph.order)}
        row = tuple(sorted(calls.values(), key=lambda each: rank[each.node]))
    else:
        row = base.calls
    kept = {name: base.results[name] for name in results}
    lossy = tuple(each for each in wanted if is_loss(graph.nodes[each]))
    return _pruned(place, Plan(base.columns, row, kept, mode, graph, lossy), set(wanted), losses)


def _pruned(place: Place, plan: Plan, wanted: set[str], losses: bool) -> Plan:  # noqa: FBT001
    """The plan without what only ports lead to that nothing looks at."""
    if not any(each.skips for rounds in place.rounds.values() for each in rounds):
        return plan
    ends, kept = set(plan.results.values()), []
    for each in reversed(plan.calls):
        if each.node not in wanted and each.node not in {end.node for end in ends}:
            continue
        inner = place.rounds.get(each.node, ())
        method, gives = way(place, each.node, plan.mode, losses=losses)
        skips = inner[0].skips if inner and not method and not gives else frozenset()
        inputs = {port: end for port, end in each.inputs.items() if port not in skips}
        ends |= set(inputs.values())
        kept.append(replace(each, inputs=inputs))
    columns = tuple(each for each in plan.columns if each in ends)
    return replace(plan, columns=columns, calls=tuple(reversed(kept)))


def way(place: Place, node_id: str, mode: Only, *, losses: bool) -> tuple[str, bool]:
    """The method of a placed block that runs in a pass ("" for `forward`), and whether it gives the losses inside."""
    inner = place.rounds.get(node_id, ())
    if mode == "train" and losses and any(each.learns for each in inner):
        method, gives = LEARNING, True
    elif mode == "evaluate" and inner and inner[0].evaluated:
        method, gives = inner[0].evaluated, inner[0].tested
    else:
        return "", False
    # The first method of a block without outputs, which only compares, is its `forward`.
    first = LEARNING if inner[0].learns else method
    plain = not inner[0].graph.face.outputs and method == first
    return "" if plain else method, gives


def body_plan(place: Place, mode: Only, *, losses: bool = False) -> Plan:
    """What a block computes at this place in a mode, with the losses inside or without.

    Nodes under a condition stand in it.
    """
    graph = with_conditionals(place)
    plan = pass_plan(place, graph, face_ends(graph), mode, losses=losses, own=True)
    columns = (End(FACE_IN, port) for port in graph.face.inputs)
    # What gives losses or is of evaluation alone takes all that comes in; `forward` what it looks at.
    plain = mode != "evaluate" and not losses
    taken = tuple(each for each in columns if not plain or each.port not in place.skips)
    return replace(plan, columns=taken)


def settle(places: Places, *, learns: bool) -> None:
    """Tell every place of a block which methods it has, and what they take: all rounds of a repeat have the same.

    What never `learns` has none that give losses.
    """
    every = [each for row in places.by_network.values() for each in row]  # inner networks first
    for place in every if learns else ():
        place.learns = bool(place.losses("train"))
        place.tested = bool(place.losses("evaluate"))
    sometimes = _sometimes(every)
    for place in every if learns else ():
        inner = [each for rounds in place.rounds.values() for each in rounds]
        own = place.network != MAIN and bool(metrics_of(place))
        place.measures = place not in sometimes and (own or any(each.measures for each in inner))
    repeated = [rounds for place in every for rounds in place.rounds.values()]
    for rounds in repeated:
        learns, tested = any(each.learns for each in rounds), any(each.tested for each in rounds)
        for each in rounds:
            each.learns, each.tested = learns, tested
    for place in every:
        place.evaluated = _evaluated(place)
        place.skips = _skipped(place)
    for rounds in repeated:
        methods = {each.evaluated for each in rounds}
        skips = frozenset[str]().union(*(each.skips for each in rounds))
        for each in rounds:
            skips &= each.skips
        for each in rounds:
            each.skips = skips
            each.evaluated = EVALUATION if len(methods) > 1 else each.evaluated


def _sometimes(every: Iterable[Place]) -> set[Place]:
    """The places that may not be there: of blocks under a condition, and those inside them."""
    found: set[Place] = set()
    todo = [
        inner
        for place in every
        for node_id, rounds in place.rounds.items()
        if conditional(place.raw.nodes.get(node_id)) is not None
        for inner in rounds
    ]
    while todo:
        each = todo.pop()
        if each not in found:
            found.add(each)
            todo += [inner for rounds in each.rounds.values() for inner in rounds]
    return found


def _skipped(place: Place) -> frozenset[str]:
    """The inputs of a block that its `forward` never looks at, such as labels that a loss inside compares."""
    face = place.graph.face
    if not (place.learns or place.tested or place.measures) or not face.outputs:
        return frozenset()
    plans = [body_plan(place, mode) for mode in ("predict", "train")]
    ends = [end for plan in plans for call in plan.calls for end in call.inputs.values()]
    ends += [end for plan in plans for end in plan.results.values()]
    used = {end.port for end in ends if end.node == FACE_IN} | carried(place.graph).keys()
    return frozenset(face.inputs) - used


def _evaluated(place: Place) -> str:
    """The method that a block runs in evaluation; "" for `forward`."""
    judged = body_plan(place, "evaluate", losses=place.tested)
    if place.learns and place.tested:
        learned = body_plan(place, "train", losses=True)
        if alike(learned, judged) and agree(place, judged, learning=True):
            return LEARNING
    plain = alike(judged, body_plan(place, "predict"))
    return "" if plain and not place.tested and agree(place, judged, learning=False) else EVALUATION


def alike(one: Plan, other: Plan) -> bool:
    """Whether two plans compute the same."""
    return _core(one) == _core(other)


def agree(place: Place, plan: Plan, *, learning: bool) -> bool:
    """Whether all blocks in a pass run in evaluation what they run while learning, or else in prediction."""
    inner = [each for call in plan.calls for each in place.rounds.get(call.node, ())]
    return all(each.evaluated == (LEARNING if learning and each.learns else "") for each in inner)


def _core(plan: Plan) -> Any:
    return plan.calls, dict(plan.results), plan.losses
