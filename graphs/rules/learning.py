"""Rules of learning: there are data (G301) and a loss (G302), and something before it learns (G303)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from graphs import edits
from graphs.content import MAIN
from graphs.expansion import expanded, top
from graphs.graph import End, Graph
from graphs.in_mode import MODE_WORDS, runs
from graphs.inner_ends import ends_of
from graphs.layer import LAYERS, DataLayer, Layer
from graphs.mending_steps import Step, fits, insert_steps, through
from graphs.proposals import assignments, wire_all
from graphs.rule import Checked, Fix, Problem, rule

if TYPE_CHECKING:
    from graphs.graph import Node, Position
    from graphs.shapes import Shapes
    from graphs.spec import Spec

FIRST_DATA = ("Digits", "Iris")
MOST_SOURCES = 8


@rule("G301")
def there_are_data(checked: Checked) -> Iterator[Problem]:
    """A network that is trained has a data node that is in use."""
    graph = checked.graph
    if checked.network != MAIN or graph.by_role("data"):
        return
    titles = {type_id: LAYERS[type_id].info.title for type_id in FIRST_DATA if type_id in LAYERS}
    yield Problem(
        "G301",
        "There are no data to learn from. Drag a data set from the library onto the canvas.",
        fixes=tuple(
            Fix(f"Add {title}", partial(_add_data, type_id)) for type_id, title in titles.items()
        ),
    )


@rule("G302")
def there_is_a_loss(checked: Checked) -> Iterator[Problem]:
    """A network that is trained has a loss."""
    graph = checked.graph
    if checked.network != MAIN or not graph.nodes:
        return
    losses = ends_of(graph, "loss")
    if any(runs(node, "train") for node in losses.values()):
        yield from _never_compared(graph)
        return
    if losses:
        path, node = next(iter(losses.items()))
        mark = "muted" if node.marks.muted else "only"
        yield Problem(
            "G302",
            f"{node.phrase} {_rest_words(node)}, and there is no other loss: nothing says what is good. "
            f"{'Unmute it' if mark == 'muted' else 'Let it always run'}.",
            (path.partition(".")[0],),
            fixes=(_wake(node, mark),) if path in graph.nodes else (),
        )
        return
    fixes = tuple(_losses_that_fit(graph, checked.shapes))
    aimless = [node for node in graph.by_role("data") if _is_aimless(node)]
    if aimless and not fixes:
        yield Problem(
            "G302",
            f"There is no loss, and {aimless[0].phrase} has no column to predict, so nothing says what a good result "
            "is. Select it, and make a column a class or a number to predict.",
            (aimless[0].id,),
        )
        return
    yield Problem(
        "G302",
        "There is no loss, so nothing says what a good result is. Add one and wire it to the result and the target.",
        fixes=fixes,
    )


def _is_aimless(node: Node) -> bool:
    """Whether these data were read, and none of their columns is to be predicted."""
    return isinstance(node.layer, DataLayer) and node.layer.is_aimless


def _never_compared(graph: Graph) -> Iterator[Problem]:
    """Losses that run in prediction only, which needs none."""
    for node in graph.by_role("loss"):
        if not node.marks.muted and node.marks.only == "predict":
            yield Problem(
                "G302",
                f"{node.phrase} runs in prediction only, which computes no loss, so it counts nowhere. "
                "Let it always run.",
                (node.id,),
                "warning",
                fixes=(_wake(node, "only"),),
            )


def _rest_words(node: Node) -> str:
    only = node.marks.only
    return "is muted" if node.marks.muted or only is None else f"runs in {MODE_WORDS[only]} only"


def _wake(node: Node, mark: str) -> Fix:
    title = f"Unmute {node.name}" if mark == "muted" else f"Let {node.name} always run"
    return Fix(title, partial(_mark, node.id, mark))


@rule("G303")
def something_learns(checked: Checked) -> Iterator[Problem]:
    """Before every loss there is a layer with weights that may change."""
    graph = checked.graph
    if checked.network != MAIN:
        return
    for loss in graph.by_role("loss"):
        known = checked.shapes.nodes[loss.id]
        if not known.outputs or loss.marks.muted:
            continue
        before = graph.ancestors({loss.id})
        if any(each in graph.nodes and _may_learn(graph.nodes[each]) for each in before):
            continue
        learning = [
            graph.nodes[each]
            for each in graph.order
            if each in before and _has_weights(graph.nodes[each])
        ]
        able = [node for node in learning if not node.marks.muted]
        if able:
            yield Problem(
                "G303",
                f"All layers before {loss.phrase} are frozen, so nothing learns. Unfreeze one of them.",
                (loss.id, *(node.id for node in able)),
                fixes=(
                    Fix(
                        "Unfreeze all of them", partial(_unfreeze, tuple(node.id for node in able))
                    ),
                ),
            )
        else:
            yield Problem(
                "G303",
                f"No layer before {loss.phrase} has weights, so nothing learns. Put one there, such as Linear.",
                (loss.id,),
                fixes=_linear_before(graph, loss, known.inputs),
            )
    yield from _inside_nothing_learns(checked)


def _inside_nothing_learns(checked: Checked) -> Iterator[Problem]:
    """The same of losses in blocks: what stands before them may stand outside, too."""
    outside = checked.graph
    known = checked.shapes.nodes
    paths = [each for each in ends_of(outside, "loss") if each not in outside.nodes]
    paths = [each for each in paths if known[top(each)].outputs]
    graph = expanded(outside, "train") if paths else outside
    said: set[str] = set()
    for path in paths:
        loss, there = graph.nodes.get(path), top(path)
        if loss is None or there in said or not runs(loss, "train"):
            continue
        before = [graph.nodes[each] for each in graph.ancestors({path}) if each in graph.nodes]
        if any(map(_may_learn, before)):
            continue
        said.add(there)  # once for all rounds of a block
        able = [node for node in before if _has_weights(node) and not node.marks.muted]
        frozen = {top(node.id) for node in able if outside.nodes[top(node.id)].marks.frozen}
        if able:
            yield Problem(
                "G303",
                f"All layers before {loss.phrase} are frozen, so nothing learns. Unfreeze one of them.",
                (there,),
                fixes=(Fix("Unfreeze all of them", partial(_unfreeze, tuple(sorted(frozen)))),)
                if frozen
                else (),
            )
        else:
            yield Problem(
                "G303",
                f"No layer before {loss.phrase} has weights, so nothing learns. Put one there, such as Linear.",
                (there,),
            )


def _losses_that_fit(graph: Graph, shapes: Shapes) -> Iterator[Fix]:
    """For each target among the columns of data, the usual loss, wired to a result that fits it."""
    targets = [
        (End(node.id, port), spec)
        for node in graph.by_role("data")
        for port, spec in reversed(shapes.nodes[node.id].outputs.items())
        if all(
            _role(graph.nodes[wire.target.node]) == "metric"
            for wire in graph.outgoing[node.id]
            if wire.source.port == port and wire.target.node in graph.nodes
        )
    ]
    loose = list(islice(_loose_ends(graph, shapes), MOST_SOURCES))
    offered = set()
    for target, spec in targets:
        type_id = _usual_loss(spec)
        if type_id is None or type_id in offered:
            continue
        offered.add(type_id)
        layer = LAYERS[type_id]()
        wired = next(assignments(layer, {"target": spec}, loose), None)
        if wired is None and loose:  # wired all the same: then a misfit says what is missing
            wired = {layer.info.inputs[0].name: loose[0][0]}
        yield Fix(
            f"Add {layer.info.title}",
            partial(_add_loss, type_id, {**(wired or {}), "target": target}),
        )


def _loose_ends(graph: Graph, shapes: Shapes) -> Iterator[tuple[End, Spec]]:
    """Outputs of layers that lead to metrics and outputs at most, the newest first."""
    ends = {node.id for role in ("metric", "output") for node in graph.by_role(role)}
    busy = {
        wire.source.node
        for wire in graph.wires
        if wire.target.node in graph.nodes and wire.target.node not in ends
    }
    for node_id in reversed(list(graph.nodes)):
        if node_id not in busy and _role(graph.nodes[node_id]) == "layer":
            for port, spec in shapes.nodes[node_id].outputs.items():
                yield End(node_id, port), spec


def _usual_loss(target: Spec) -> str | None:
    """The loss that people most often take for a target of this kind; tokens are chosen as classes are."""
    kind = "class" if target.kind == "token" else target.kind
    infos = (cls.info for cls in LAYERS.values())
    return next(
        (info.type for info in infos if (info.role, info.usual_for) == ("loss", kind)), None
    )


def _add_loss(type_id: str, wired: dict[str, End], graph: Graph) -> Graph:
    places = [graph.positions[end.node] for end in wired.values() if end.node in graph.positions]
    after, node_id = edits.add_node(graph, type_id, _right_of(places))
    return wire_all(node_id, wired, after)


def _add_data(type_id: str, graph: Graph) -> Graph:
    places = list(graph.positions.values())
    left = (
        (min(x for x, _ in places) - edits.STEP_X, min(y for _, y in places))
        if places
        else (0.0, 0.0)
    )
    return edits.add_node(graph, type_id, left)[0]


def _right_of(places: list[Position]) -> Position:
    if not places:
        return (0.0, 0.0)
    return (max(x for x, _ in places) + edits.STEP_X, max(places)[1])


def _linear_before(graph: Graph, loss: Node, inputs: dict[str, Spec]) -> tuple[Fix, ...]:
    """A Linear of the size that the loss gets already."""
    assert loss.layer is not None
    port = loss.layer.info.inputs[0].name
    spec = inputs[port]
    if port not in graph.incoming[loss.id]:
        return ()
    steps: tuple[Step, ...] = (
        Step("Linear", (("out_features", spec.sizes[-1] if spec.dims else 1),)),
    )
    if not spec.dims:  # a single number has no axis yet
        steps = (Step("Unsqueeze"), *steps)
    if not fits(loss.layer, inputs, port, through(steps, spec)):
        return ()
    title = "Insert " + " and ".join(step.title for step in steps)
    return (Fix(title, partial(insert_steps, target=End(loss.id, port), steps=steps)),)


def _has_weights(node: Node) -> bool:
    """Whether a node may learn; a block does, whatever stands in it."""
    return node.place is not None or (
        node.cls is not None and node.cls.weights is not Layer.weights
    )


def _may_learn(node: Node) -> bool:
    return not node.marks.frozen and not node.marks.muted and _has_weights(node)


def _role(node: Node) -> str:
    return node.info.role if node.info is not None else ""


def _mark(node_id: str, mark: str, graph: Graph) -> Graph:
    value = None if mark == "only" else False
    return edits.set_marks(graph, node_id, **{mark: value}) if node_id in graph.nodes else graph


def _unfreeze(nodes: tuple[str, ...], graph: Graph) -> Graph:
    for node_id in nodes:
        graph = _mark(node_id, "frozen", graph)
    return graph
