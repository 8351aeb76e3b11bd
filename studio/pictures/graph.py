"""The picture of a graph: a box for each node with its ports and parameters, and wires with what they carry."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from graphs.layout import layout
from studio.looks.theme import LIGHT, Theme
from studio.pictures.picture import (
    Box,
    Dot,
    Line,
    Picture,
    Point,
    Shape,
    Words,
    cubic,
    curve,
    fitted,
    text_width,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphs.check import Report
    from graphs.graph import End, Graph, Node, Position
    from graphs.spec import Spec

Extent: TypeAlias = tuple[float, float, float, float]
"""Left, top, width and height."""

MARGIN = 28.0
WIDTH, WIDEST = 168.0, 260.0
HEADER, STRIP, ROW, PAD = 30.0, 4.0, 18.0, 7.0
INSET = 12.0
TITLE, TEXT, SMALL = 13.0, 11.0, 10.0
LANE_GAP, LANE_STEP, LANE_REACH = 16.0, 8.0, 52.0
"""Room between a lane and the nodes beside it, between two lanes, and beside a lane's two ends."""
CAPTION = 34.0
"""Room above the graph for the document's title."""


@dataclass(frozen=True)
class _Card:
    """What stands on a node, and how much room that takes."""

    node: Node
    title: str
    color: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[str, ...]
    width: float

    @property
    def port_rows(self) -> int:
        """Rows that ports take; the names of a single input and output go without saying."""
        named = {*self.inputs, *self.outputs} - {"input", "output"}
        return max(len(self.inputs), len(self.outputs)) if named else 0

    @property
    def height(self) -> float:
        return HEADER + 2 * PAD + ROW * max(self.port_rows + len(self.rows), 1)

    def port_y(self, ports: tuple[str, ...], port: str) -> float:
        """How far below the top a port is."""
        index = ports.index(port) if port in ports else 0
        return HEADER + PAD + ROW * (index + 0.5)


def graph_picture(report: Report, theme: Theme = LIGHT) -> Picture:
    """The main network as a person has arranged it, or laid out anew where they have not or boxes overlap."""
    graph = report.document.networks[report.network]
    cards = {node.id: _card(node, graph, theme) for node in graph.nodes.values()}
    places = _places(graph, cards)
    left = min((x for x, _ in places.values()), default=0.0) - MARGIN
    top = min((y for _, y in places.values()), default=0.0) - MARGIN - CAPTION
    places = {node: (x - left, y - top) for node, (x, y) in places.items()}
    right = max((places[node][0] + card.width for node, card in cards.items()), default=200.0)
    bottom = max((places[node][1] + card.height for node, card in cards.items()), default=CAPTION)
    title = report.document.title or "Graph"
    shapes: list[Shape] = [Words(MARGIN, MARGIN, title, theme.text, 16.0, bold=True)]
    labels: list[Shape] = []
    boxes = {node: (*places[node], card.width, card.height) for node, card in cards.items()}
    lanes: dict[tuple[End, float], float] = {}
    told: set[End] = set()
    for wire in graph.wires:
        if wire.source.node in cards and wire.target.node in cards:
            source, target = cards[wire.source.node], cards[wire.target.node]
            x1, y1 = places[wire.source.node]
            x2, y2 = places[wire.target.node]
            start = (x1 + source.width, y1 + source.port_y(source.outputs, wire.source.port))
            end = (x2, y2 + target.port_y(target.inputs, wire.target.port))
            route = _route(start, end, wire.source, boxes, lanes)
            shapes.append(Line(route, theme.wire, 1.6))
            spec = report.shapes.output(wire.source.node, wire.source.port)
            if spec is not None and wire.source not in told:  # once for all wires from one port
                told.add(wire.source)
                labels.append(_wire_label(route, spec, theme))
    for node, card in cards.items():
        shapes += _draw_card(card, *places[node], theme)
    width = max(right + MARGIN, 2 * MARGIN + text_width(title, 16.0, bold=True))
    return Picture(width, bottom + MARGIN, theme.canvas, (*shapes, *labels), title)


def _route(
    start: Point,
    end: Point,
    source: End,
    boxes: Mapping[str, Extent],
    lanes: dict[tuple[End, float], float],
) -> list[Point]:
    """The curve of a wire; where that would run behind nodes, it goes around them in a lane above or below.

    Wires from one port share their lane; those of different ports lie side by side.
    """
    if end[0] < start[0]:
        return _way_back(start, end, source, boxes, lanes)
    direct = curve(start, end)
    hit = [box for box in boxes.values() if any(_inside(point, box) for point in direct[1:-1])]
    hit = [box for box in hit if box[0] > start[0] - 1 and box[0] + box[2] < end[0] + 1]
    if not hit:
        return direct
    left, right = start[0] + LANE_REACH, end[0] - LANE_REACH
    y = None if left >= right else _lane((left, right), start[1], end[1], source, boxes, lanes)
    return direct if y is None else [*curve(start, (left, y)), *curve((right, y), end)]


def _way_back(
    start: Point,
    end: Point,
    source: End,
    boxes: Mapping[str, Extent],
    lanes: dict[tuple[End, float], float],
) -> list[Point]:
    """A wire to the left turns round at its ends and runs in a lane in between."""
    y = _lane((end[0], start[0]), start[1], end[1], source, boxes, lanes)
    if y is None:
        return curve(start, end)
    (x1, y1), (x2, y2), bend = start, end, LANE_REACH / 2
    out = cubic((x1, y1), (x1 + bend, y1), (x1 + bend, y), (x1, y))
    return [*out, *cubic((x2, y), (x2 - bend, y), (x2 - bend, y2), (x2, y2))]


def _lane(
    span: tuple[float, float],
    y1: float,
    y2: float,
    source: End,
    boxes: Mapping[str, Extent],
    lanes: dict[tuple[End, float], float],
) -> float | None:
    """The height of the free lane nearest to both ends of a wire, over this span of x; None if there is none."""
    left, right = span
    between = [box for box in boxes.values() if box[0] < right and box[0] + box[2] > left]
    candidates = [box[1] - LANE_GAP for box in between] + [
        box[1] + box[3] + LANE_GAP for box in between
    ]
    free = [
        y
        for y in candidates
        if not any(box[1] - LANE_GAP < y < box[1] + box[3] + LANE_GAP for box in between)
    ]
    if not free:
        return None
    lane = min(free, key=lambda y: (abs(y - y1) + abs(y - y2), y))
    others = sum(1 for port, taken in lanes if taken == lane and port != source)
    outward = 1 if lane > min(box[1] for box in between) else -1
    return lanes.setdefault((source, lane), lane + outward * others * LANE_STEP)


def _inside(point: Point, box: Extent) -> bool:
    x, y, width, height = box
    return x - 2 < point[0] < x + width + 2 and y - 2 < point[1] < y + height + 2


def _wire_label(route: list[Point], spec: Spec, theme: Theme) -> Words:
    """What the wire carries, at its beginning, or over the middle of its lane."""
    words = str(spec) if spec.dims else f"{spec.of} classes" if spec.kind == "class" else "1 number"
    (left, y), (right, _) = max(
        pairwise(route),
        key=lambda piece: abs(piece[1][0] - piece[0][0]),
        default=(route[0], route[0]),
    )
    if right - left > LANE_REACH:
        return Words(
            (left + right) / 2,
            y - 9,
            words,
            theme.wire_text,
            SMALL,
            anchor="middle",
            halo=theme.canvas,
        )
    x, y = route[0]
    return Words(x + 8, y - 9, words, theme.wire_text, SMALL, halo=theme.canvas)


def _card(node: Node, graph: Graph, theme: Theme) -> _Card:
    info = node.info
    wired = graph.incoming[node.id]
    inputs: list[str] = []
    for port in info.inputs if info else ():
        if port.many:
            row = [each for each in wired if each.startswith(f"{port.name}.")]
            inputs += sorted(row, key=lambda each: int(each.rpartition(".")[2]))
        elif port.name in wired or not port.optional:
            inputs.append(port.name)
    inputs += [port for port in wired if port not in inputs]
    used = [wire.source.port for wire in graph.outgoing[node.id]]
    declared = node.layer.outputs() if node.layer else ()
    ends_here = info is not None and info.role in ("loss", "metric", "output")
    outputs = [port for port in declared if port in used or (port == "output" and not ends_here)]
    outputs += [port for port in dict.fromkeys(used) if port not in outputs]
    rows = tuple(_param_rows(node))
    title = (
        node.name if not info or node.name.startswith(info.title) else f"{node.name} ({info.title})"
    )
    sides = [
        text_width(left, TEXT) + text_width(right, TEXT) + 20
        for left, right in zip(_padded(inputs, outputs), _padded(outputs, inputs), strict=True)
    ]
    wanted = max(
        text_width(title, TITLE, bold=True),
        *(text_width(row, TEXT) for row in rows),
        *sides,
        WIDTH - 2 * INSET,
    )
    color = theme.category_colors.get(info.category, theme.node_border) if info else theme.error
    width = min(wanted + 2 * INSET, WIDEST)
    return _Card(node, title, color, tuple(inputs), tuple(outputs), rows, width)


def _padded(row: list[str], other: list[str]) -> list[str]:
    return row + [""] * max(len(other) - len(row), 0)


def _param_rows(node: Node) -> list[str]:
    """The parameters that a person has set, in words."""
    params = node.info.params if node.info else {}
    return _place_rows(node) + [
        f"{params[name].title}: {_value_words(value)}{f' {params[name].unit}' if params[name].unit else ''}"
        for name, value in node.params.items()
        if name in params and not params[name].hidden
    ]


def _place_rows(node: Node) -> list[str]:
    """How a block stands there, where it does not stand once."""
    place = node.place
    if place is None or (place.repeat is None and place.scan is None):
        return []
    return [f"Repeat: {place.repeat}" if place.scan is None else f"Scan along: {place.scan}"]


def _value_words(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return ", ".join(map(_value_words, value))
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)


def _draw_card(card: _Card, x: float, y: float, theme: Theme) -> list[Shape]:
    shapes: list[Shape] = [
        Box(x, y, card.width, card.height, theme.node, theme.node_border, 7.0),
        Box(x + 1, y + 8, STRIP, card.height - 16, card.color, radius=2.0),
        Words(
            x + INSET,
            y + HEADER / 2 + 2,
            fitted(card.title, TITLE, card.width - 2 * INSET, bold=True),
            theme.node_text,
            TITLE,
            bold=True,
        ),
    ]
    show_names = card.port_rows > 0
    for ports, port_x, text_x, anchor in (
        (card.inputs, x, x + INSET, "start"),
        (card.outputs, x + card.width, x + card.width - INSET, "end"),
    ):
        for port in ports:
            port_y = y + card.port_y(ports, port)
            shapes.append(Dot(port_x, port_y, 4.0, theme.node, card.color))
            if show_names:
                words = fitted(port.replace("_", " "), TEXT, card.width / 2)
                shapes.append(Words(text_x, port_y, words, theme.muted_text, TEXT, anchor=anchor))  # type: ignore[arg-type]
    for index, row in enumerate(card.rows, start=card.port_rows):
        row_y = y + HEADER + PAD + ROW * (index + 0.5)
        shapes.append(
            Words(
                x + INSET, row_y, fitted(row, TEXT, card.width - 2 * INSET), theme.node_text, TEXT
            )
        )
    return shapes


def _places(graph: Graph, cards: Mapping[str, _Card]) -> Mapping[str, Position]:
    places = {node: graph.positions[node] for node in cards if node in graph.positions}
    if len(places) == len(cards) and not _overlap(places, cards):
        return places
    return layout(graph, {node: (card.width, card.height) for node, card in cards.items()})


def _overlap(places: Mapping[str, Position], cards: Mapping[str, _Card]) -> bool:
    for a, b in combinations(cards, 2):
        (ax, ay), (bx, by) = places[a], places[b]
        if max(ax - bx - cards[b].width, bx - ax - cards[a].width) < 0 and (
            max(ay - by - cards[b].height, by - ay - cards[a].height) < 0
        ):
            return True
    return False
