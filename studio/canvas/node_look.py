"""What is written on a node: name, parameters, ports, and whether it fails, warns or waits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from graphs.expression import Expression
from graphs.layer import call
from graphs.param import Path
from graphs.ports import inputs_of, outputs_of

if TYPE_CHECKING:
    from graphs.graph import Graph, Node
    from graphs.rule import Problem
    from graphs.shapes import NodeShapes

State = Literal["fine", "warning", "error", "waits"]

MAX_ROWS = 4
PLAIN_PORTS = ("input", "output")


class Port(NamedTuple):
    """One port as it is drawn: its name, its label ("" if the name says nothing) and how it is wired."""

    name: str
    label: str
    wired: bool
    optional: bool


@dataclass(frozen=True)
class NodeLook:
    """Everything that is written on a node; two equal looks are painted alike."""

    name: str
    subtitle: str
    category: str
    rows: tuple[tuple[str, str], ...]
    weights: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    state: State = "fine"
    muted: bool = False
    frozen: bool = False

    @property
    def tag(self) -> str:
        """One word in the corner about how the node is used; a badge has its place if there is a problem."""
        if self.state in ("error", "warning"):
            return ""
        return (
            "waits"
            if self.state == "waits"
            else "muted"
            if self.muted
            else "frozen"
            if self.frozen
            else ""
        )


def look_at(graph: Graph, node: Node, known: NodeShapes, problems: tuple[Problem, ...]) -> NodeLook:
    """What is written on this node now."""
    info = node.info
    title = info.title if info else node.type or (node.place.network if node.place else "")
    rows = _rows(node)
    subtitle = "" if node.name.startswith(title) else title
    inputs, outputs = _inputs(graph, node), _outputs(graph, node)
    labelled = any(port.label for port in (*inputs, *outputs))
    if not rows and not subtitle and not labelled and info is not None and info.category != title:
        subtitle = info.category  # a node without anything to say would look unfinished
    state: State = "waits" if known.waits else "fine"
    if any(problem.severity == "error" for problem in problems):
        state = "error"
    elif problems and state == "fine":
        state = "warning"
    count = weight_count(node, known)
    return NodeLook(
        name=node.name,
        subtitle=subtitle,
        category=info.category if info else "",
        rows=rows,
        weights=short_count(count) if count else "",
        inputs=inputs,
        outputs=outputs,
        state=state,
        muted=node.marks.muted,
        frozen=node.marks.frozen,
    )


def weight_count(node: Node, known: NodeShapes) -> int:
    """How many numbers a node learns, 0 where its inputs are not known."""
    layer = node.layer
    if layer is None or not known.outputs or node.marks.muted:
        return 0
    shapes: dict[str, tuple[int, ...]] = call(layer, layer.weights, known.inputs)
    return sum(math.prod(shape) for shape in shapes.values())


def short_count(count: int) -> str:
    """A count of weights in at most four digits: 640, 8.3k, 25.6M."""
    for step, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if count >= step * 0.9995:
            return f"{count / step:.3g}{unit}"
    return str(count)


def shown_value(value: Any) -> str:
    """A parameter's value in as few letters as can be read: 3x3, 0.5, yes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (tuple, list)):
        if len(value) == 2 and all(isinstance(each, int) for each in value):
            return f"{value[0]}×{value[1]}"
        return ", ".join(shown_value(each) for each in value)
    if isinstance(value, Expression):
        return f"= {value}"
    if isinstance(value, Path):
        return PurePath(value).name  # the folders before it find no room on a node
    return str(value)


def _rows(node: Node) -> tuple[tuple[str, str], ...]:
    """The parameters that are not at their defaults, shortest way; too many end in "2 more"."""
    known = node.info.params if node.info else {}
    rows = _place_rows(node)
    for name, param in known.items():
        if name not in node.params or param.hidden or param.kind == "json":
            continue
        in_layer = node.layer is not None and node.place is None
        value = getattr(node.layer, name) if in_layer else node.params[name]
        if value != param.default:
            rows.append((param.title, shown_value(value)))
    if len(rows) > MAX_ROWS:
        rows = [*rows[: MAX_ROWS - 1], (f"{len(rows) - MAX_ROWS + 1} more", "…")]
    return tuple(rows)


def _place_rows(node: Node) -> list[tuple[str, str]]:
    """How a block stands there, where it does not stand once."""
    place = node.place
    if place is None or (place.repeat is None and place.scan is None):
        return []
    return [("Scan along", place.scan) if place.scan else ("Repeat", shown_value(place.repeat))]


def _inputs(graph: Graph, node: Node) -> tuple[Port, ...]:
    names = inputs_of(graph, node.id)
    wired = graph.incoming[node.id]
    optional = {port.name for port in node.info.inputs if port.optional} if node.info else set()
    row = {port.name for port in node.info.inputs if port.many} if node.info else set()
    alone = len(names) == 1
    ports = []
    for name in names:
        stem, _, index = name.rpartition(".")
        many = stem in row
        label = "" if many or (alone and name in PLAIN_PORTS) else _words(name)
        ports.append(Port(name, label, name in wired, name in optional or (many and index != "0")))
    return tuple(ports)


def _outputs(graph: Graph, node: Node) -> tuple[Port, ...]:
    names = outputs_of(graph, node.id)
    wired = {wire.source.port for wire in graph.outgoing[node.id]}
    alone = len(names) == 1 and names[0] in PLAIN_PORTS
    return tuple(Port(name, "" if alone else _words(name), name in wired, True) for name in names)


def _words(port: str) -> str:
    return port.replace("_", " ")
