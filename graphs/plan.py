"""Which nodes of a network run for an objective, for evaluation and for prediction, in what order, on what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from graphs.expansion import expanded, laid, top
from graphs.expression import Expression
from graphs.graph import FACE_IN, ID, End, Graph, Only
from graphs.inner_ends import ends_of
from graphs.layers.flow import Switch

if TYPE_CHECKING:
    from graphs.content import Document, Objective
    from graphs.graph import Node
    from graphs.layer import Layer


class CannotBuild(ValueError):  # noqa: N818 - it says what cannot be done, not what broke
    """The document cannot be made into a module; the message is a sentence for people.

    `nodes` are the nodes that it is about.
    """

    def __init__(self, message: str, *nodes: str) -> None:
        super().__init__(message)
        self.nodes = tuple(dict.fromkeys(map(top, nodes)))  # of what is inside a block, the block


@dataclass(frozen=True)
class Call:
    """One module applied once: the node, who owns the weights, and what stands at each wired input port."""

    node: str
    owner: str
    inputs: Mapping[str, End]


@dataclass(frozen=True)
class Plan:
    """One pass through the network: columns in, modules in order, named results out.

    Its nodes are those of `graph`, in which blocks are laid open, as they run in `mode`.
    """

    columns: tuple[End, ...]
    calls: tuple[Call, ...]
    results: Mapping[str, End]
    mode: Only = "train"
    graph: Graph = field(default_factory=Graph, compare=False, repr=False)
    losses: tuple[str, ...] = ()  # which of the results are losses


def losses_of(document: Document, objective: Objective) -> dict[str, Node]:
    """The loss nodes that an objective minimises, in its order; all that run in training if it names none.

    Those inside blocks stand by their paths, as in ids of weights: `stage.0.loss`.

    Raises:
        CannotBuild: it names something that is no loss, or there is none.
    """
    losses = _ends(document, "loss", "train")
    for each in objective.minimise:
        if each.loss not in losses:
            known = ", ".join(losses) or "none"
            raise CannotBuild(
                f'Objective "{objective.name}" minimises "{each.loss}", which is not a loss of this network; '
                f"its losses are: {known}."
            )
    chosen = [each.loss for each in objective.minimise] or list(losses)
    if not chosen:
        raise CannotBuild(
            "The network has no loss, so there is nothing to learn from. Add a loss and wire it."
        )
    return {each: losses[each] for each in chosen}


def objective_weights(objective: Objective, losses: Iterable[str]) -> dict[str, float | Expression]:
    """The weight of each of these losses in the objective; 1 for those that it does not name."""
    named = {each.loss: each.weight for each in objective.minimise}
    return {each: named.get(each, 1.0) for each in losses}


def weights_of_losses(document: Document, epoch: int, step: int) -> dict[str, float]:
    """How much each loss counts over all objectives, at this epoch and step, counted from 0.

    Raises:
        CannotBuild: an objective minimises what is no loss.
        ExpressionError: a weight has no value.
    """
    total: dict[str, float] = {}
    for objective in document.objectives:
        for name, weight in objective_weights(objective, losses_of(document, objective)).items():
            value = (
                weight.value({"epoch": epoch, "step": step})
                if isinstance(weight, Expression)
                else weight
            )
            total[name] = total.get(name, 0.0) + float(value)  # type: ignore[arg-type]
    return total


def objective_plan(document: Document, objective: Objective) -> Plan:
    """What one objective computes: its losses, by node id, and what they need.

    Metrics ride along as results `METRIC.PORT` where that costs no weights that the losses do not use.
    """
    graph = _opened(document, "train")
    losses = losses_of(document, objective)
    results = {each: End(each, "output") for each in losses}
    needed = graph.ancestors(set(results))
    for metric in _ends(document, "metric", "train").values():
        extra = graph.ancestors({end.node for end in graph.incoming[metric.id].values()}) - needed
        if all(_is_free(graph.nodes[each]) for each in extra if each in graph.nodes):
            results |= {
                f"{metric.id}.{port}": end for port, end in graph.incoming[metric.id].items()
            }
    return replace(plan_of(graph, results, "train"), losses=tuple(losses))


def evaluation_plan(document: Document) -> Plan:
    """What a score needs: every loss by its id, and every metric's inputs as `METRIC.PORT`."""
    graph = _opened(document, "evaluate")
    losses = _ends(document, "loss", "evaluate")
    results = {each: End(each, "output") for each in losses}
    for metric in _ends(document, "metric", "evaluate").values():
        results |= {f"{metric.id}.{port}": end for port, end in graph.incoming[metric.id].items()}
    return replace(plan_of(graph, results, "evaluate"), losses=tuple(losses))


def prediction_plan(document: Document) -> Plan:
    """What a prediction needs: outputs by node id; without any, what enters the losses first, by that port."""
    graph = _opened(document, "predict")
    results = {
        node.id: end
        for node in document.main.by_role("output")
        if _runs(node, "predict") and (end := first_input(graph, node)) is not None
    }
    if not results:
        for node in laid_ends(document, "loss", "predict").values():
            end = first_input(graph, node)
            if node.marks.muted or end is None or end in results.values():
                continue
            port = next(iter(wired_inputs(graph, node)))
            longer = f"{node.id}_{port}".replace(".", "_")
            results[port if port not in results else longer] = end
    if not results:
        raise CannotBuild(
            "The network has no output and no loss, so there is nothing to predict. Add an Output."
        )
    return plan_of(graph, results, "predict")


def comparison_plan(document: Document) -> tuple[str, Plan] | None:
    """What a confusion matrix, or else the first loss, compares: its id, and results `predicted` and `target`.

    None if none takes two inputs.
    """
    graph = _opened(document, "evaluate")
    metrics = _ends(document, "metric", "evaluate").values()
    asked = [each for each in metrics if each.type == "ConfusionMatrix"]
    for node in (*asked, *_ends(document, "loss", "evaluate").values()):
        ends = list(wired_inputs(graph, node).values())
        if len(ends) >= 2:
            results = {"predicted": ends[0], "target": ends[1]}
            return node.id, plan_of(graph, results, "evaluate")
    return None


def block_plan(graph: Graph, mode: Only) -> Plan:
    """What a block computes that is not laid open itself: all inputs of its face in, all its outputs out."""
    found = laid(graph, mode)
    plan = plan_of(found.graph, dict(found.outs), mode)
    columns = tuple(End(FACE_IN, port) for port in graph.face.inputs)
    return Plan(columns, plan.calls, plan.results, mode, found.graph)


def first_input(graph: Graph, node: Node) -> End | None:
    """Where the first wired input of a node comes from, in order of its ports; None if nothing is wired."""
    return next(iter(wired_inputs(graph, node).values()), None)


def owner_of(node: Node) -> str:
    """Under which id the weights of a node stand: its own, or the name of the weights that it shares."""
    return node.marks.weights or node.id


def _opened(document: Document, mode: Only) -> Graph:
    """The network with its blocks laid open.

    Raises:
        CannotBuild: it has a loop, or an id that is none.
    """
    refuse_loops(document.main)
    return expanded(document.main, mode)


def refuse_loops(graph: Graph) -> None:
    """Check that a network can be put into an order.

    Raises:
        CannotBuild: it has a loop, or an id that is none.
    """
    for node_id in graph.nodes:
        _check_id(node_id)
    if len(graph.order) < len(graph.nodes):
        knot = next(each for each in graph.nodes if each not in set(graph.order))
        raise CannotBuild(
            f"{graph.nodes[knot].phrase} stands in or behind a loop, which cannot be computed.",
            knot,
        )


def plan_of(graph: Graph, results: Mapping[str, End], mode: Only) -> Plan:
    """What these results need in a graph, in order; its blocks stay as they are, closed or laid open."""
    key = ("pass", mode if _depends_on_mode(graph) else None)
    found = graph.remembered.get(key)
    if not isinstance(found, _Pass):
        found = graph.remembered[key] = _Pass()
    return replace(found.plan(graph, results, mode), mode=mode, graph=graph)


def _depends_on_mode(graph: Graph) -> bool:
    return any(
        node.marks.only is not None or node.type == Switch.info.type
        for node in graph.nodes.values()
    )


MOST_PLANS = 64
"""Of how many plans of one graph the answer is remembered."""


@dataclass(frozen=True)
class _Pass:
    """What runs in one mode: each node's call, and the plans made of them so far."""

    calls: dict[str, Call] = field(default_factory=dict)
    plans: dict[tuple[tuple[str, End], ...], Plan] = field(default_factory=dict)

    def carried(self, _after: Graph, _fresh: Mapping[str, Node]) -> _Pass:
        """Itself: parameters say nothing of what runs."""
        return self

    def plan(self, graph: Graph, results: Mapping[str, End], mode: Only) -> Plan:
        """The plan of these results, without its graph."""
        asked = tuple(results.items())
        if asked not in self.plans:
            if len(self.plans) >= MOST_PLANS:
                self.plans.clear()
            self.plans[asked] = self._made(graph, results, mode)
        return self.plans[asked]

    def _made(self, graph: Graph, results: Mapping[str, End], mode: Only) -> Plan:
        settled = {name: _settle(graph, end, mode) for name, end in results.items()}
        wanted = self._needed(graph, settled.values(), mode)
        columns: dict[End, None] = {}
        calls = [
            self.calls[each] for each in graph.order if each in wanted and not _is_data(graph, each)
        ]
        for end in [*(end for call in calls for end in call.inputs.values()), *settled.values()]:
            if end not in columns and _is_data(graph, end.node):
                columns[end] = None
        return Plan(tuple(columns), tuple(calls), settled, mode)

    def _needed(self, graph: Graph, ends: Iterable[End], mode: Only) -> set[str]:
        found: set[str] = {FACE_IN}
        todo = [end.node for end in ends]
        while todo:
            node_id = todo.pop()
            if node_id in found:
                continue
            found.add(node_id)
            if node_id not in self.calls:
                self.calls[node_id] = _call(graph, node_id, mode)
                wired = graph.incoming[node_id]
                for port in wired.keys() - self.calls[node_id].inputs.keys():
                    _settle(graph, wired[port], mode)  # a wire to no port must at least be sound
            todo += [end.node for end in self.calls[node_id].inputs.values()]
        return found


def _call(graph: Graph, node_id: str, mode: Only) -> Call:
    node = graph.nodes[node_id]
    assert node.id == node_id, "the id that is checked is the one that is used"
    wired = wired_inputs(graph, node)
    inputs = {port: _settle(graph, end, mode) for port, end in wired.items()}
    return Call(node_id, owner_of(node), inputs)


def _is_data(graph: Graph, node_id: str) -> bool:
    """Whether a node of a plan, which has a layer, is data."""
    cls = graph.nodes[node_id].cls if node_id != FACE_IN else None
    return cls is not None and cls.info.role == "data"


def _settle(graph: Graph, end: End, mode: Only) -> End:
    """The end itself, or, behind nodes that do not run in this mode, what they pass through."""
    while end.node != FACE_IN:
        node = graph.nodes.get(end.node)
        if node is None:
            raise CannotBuild(
                f'A wire comes from "{end.node[:80]}", which is no node of this network.'
            )
        layer = _layer(node)
        if layer.info.role == "data" and node.marks.muted:
            raise CannotBuild(
                f"{node.phrase} is muted, but something needs its data. Unmute it.", node.id
            )
        if isinstance(layer, Switch) and _runs(node, mode) and graph.incoming[node.id]:
            end = graph.incoming[node.id][layer.picked(mode, graph.incoming[node.id])]
            continue
        if layer.info.role == "data" or _runs(node, mode):
            if end.port not in layer.outputs():
                raise CannotBuild(f'{node.phrase} has no output called "{end.port[:80]}".', node.id)
            return end
        source = first_input(graph, node)
        if source is None:
            raise CannotBuild(
                f"{node.phrase} does not run here and has no input to pass through.", node.id
            )
        end = source
    return end


def _runs(node: Node, mode: Only) -> bool:
    return not node.marks.muted and node.marks.only in (None, mode)


def laid_ends(document: Document, role: str, mode: Only) -> dict[str, Node]:
    """The losses or metrics by path as they stand in the network laid open for a mode, run or not."""
    graph = _opened(document, mode)
    return {path: graph.nodes[path] for path in ends_of(document.main, role) if path in graph.nodes}


def _ends(document: Document, role: str, mode: Only) -> dict[str, Node]:
    return {
        path: node for path, node in laid_ends(document, role, mode).items() if _runs(node, mode)
    }


def _is_free(node: Node) -> bool:
    """Whether a node learns nothing, so that computing it beside the losses is cheap and has no effect."""
    from graphs.layer import Layer

    return node.cls is not None and node.cls.weights is Layer.weights


def wired_inputs(graph: Graph, node: Node) -> dict[str, End]:
    """The wired inputs in order of the ports, rows of ports (`inputs.0`, ...) included."""
    wired = graph.incoming[node.id]
    row: dict[str, End] = {}
    for port in _layer(node).info.inputs:
        if port.many:
            mine = [each for each in wired if each.startswith(f"{port.name}.")]
            row |= {
                each: wired[each]
                for each in sorted(mine, key=lambda name: int(name.rpartition(".")[2]))
            }
        elif port.name in wired:
            row[port.name] = wired[port.name]
    return row


def _layer(node: Node) -> Layer:
    """The node's layer.

    Raises:
        CannotBuild: it has none.
    """
    if not node.has_path:
        for part in node.id.split("."):
            if not part.isdecimal():
                _check_id(part)
    if node.marks.when is not None:
        raise CannotBuild(
            f"{node.phrase} stands under a condition, which only has a meaning inside a block.",
            node.id,
        )
    if node.layer is None:
        why = node.faults[0] if node.faults else "This layer type is not known here."
        raise CannotBuild(f"{node.phrase} cannot be built. {why}", node.id)
    return node.layer


def _check_id(node_id: str) -> None:
    if not ID.match(node_id):
        raise CannotBuild(f'"{node_id[:80]}" cannot be the id of a node: ids look like "linear_2".')
