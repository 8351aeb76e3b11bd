"""Where nodes stand best: columns from left to right along the wires, few crossings, short wires.

The method is Sugiyama's: columns by the longest way from a source, stand-ins where a wire passes a
column, barycentres against crossings, and then heights by least squares with a gap kept between
neighbours. What stands above something now stays above it unless that costs a crossing.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from graphs.graph import Graph, Position

GAP_X, GAP_Y = 70.0, 36.0
USUAL_SIZE = (180.0, 84.0)
SWEEPS = 12

Extent: TypeAlias = tuple[float, float]
Column: TypeAlias = "list[_Spot]"


@dataclass(eq=False)
class _Spot:
    """A node in its column, or the stand-in (without a node) of a wire that passes the column."""

    node: str
    column: int
    width: float = 0.0
    height: float = 0.0
    y: float = 0.0  # of its middle
    before: list[_Spot] = field(default_factory=list)
    after: list[_Spot] = field(default_factory=list)


def layout(
    graph: Graph,
    sizes: Mapping[str, Extent] | None = None,
    *,
    gap_x: float = GAP_X,
    gap_y: float = GAP_Y,
) -> dict[str, Position]:
    """The top left corner of every node, in canvas pixels, from widths and heights by node.

    Parts that no wire joins stand below each other. The whole begins at (0, 0).
    """
    sizes = sizes or {}
    places: dict[str, Position] = {}
    top = 0.0
    for part in _parts(graph):
        columns = _columns(graph, part, sizes)
        _uncross(columns)
        _set_heights(columns, gap_y)
        found = _places(columns, gap_x)
        lowest = min(y for _, y in found.values())
        places.update({node: (x, float(round(y - lowest + top))) for node, (x, y) in found.items()})
        top = max(places[node][1] + sizes.get(node, USUAL_SIZE)[1] for node in part) + 2 * gap_y
    return {node: places[node] for node in graph.nodes}


def _edges(graph: Graph) -> list[tuple[str, str]]:
    """From which node to which there are wires, without those that close a loop."""
    rank = {node: index for index, node in enumerate(dict.fromkeys((*graph.order, *graph.nodes)))}
    pairs = {(wire.source.node, wire.target.node): None for wire in graph.wires}
    return [(a, b) for a, b in pairs if a in rank and b in rank and rank[a] < rank[b]]


def _parts(graph: Graph) -> list[list[str]]:
    """The nodes by connected part, the highest part first."""
    near: dict[str, set[str]] = {node: set() for node in graph.nodes}
    for a, b in _edges(graph):
        near[a].add(b)
        near[b].add(a)
    parts: list[list[str]] = []
    seen: set[str] = set()
    for start in graph.nodes:
        if start in seen:
            continue
        found, todo = {start}, [start]
        while todo:
            new = near[todo.pop()] - found
            found |= new
            todo += new
        seen |= found
        parts.append([node for node in graph.nodes if node in found])
    return sorted(
        parts, key=lambda part: (len(part) == 1, min(_present_y(graph, node) for node in part))
    )


def _present_y(graph: Graph, node: str) -> float:
    return graph.positions.get(node, (0.0, 0.0))[1]


def _columns(graph: Graph, part: list[str], sizes: Mapping[str, Extent]) -> list[Column]:
    inside = set(part)
    edges = [(a, b) for a, b in _edges(graph) if a in inside]
    spots = {
        node: _Spot(node, column, *sizes.get(node, USUAL_SIZE))
        for node, column in _depths(part, edges).items()
    }
    columns: list[Column] = [[] for _ in range(max(spot.column for spot in spots.values()) + 1)]
    for node in sorted(part, key=lambda each: _present_y(graph, each)):
        columns[spots[node].column].append(spots[node])
    for a, b in edges:
        last = spots[a]
        for column in range(spots[a].column + 1, spots[b].column):
            passing = _Spot("", column)
            _join(last, passing)
            columns[column].append(passing)
            last = passing
        _join(last, spots[b])
    return columns


def _depths(part: list[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    """The column of each node; a source stands right before the first node that needs it."""
    after: dict[str, list[str]] = defaultdict(list)
    waiting = dict.fromkeys(part, 0)
    for a, b in edges:
        after[a].append(b)
        waiting[b] += 1
    sources = [node for node, count in waiting.items() if count == 0]
    depth, ready = dict.fromkeys(part, 0), list(sources)
    while ready:
        node = ready.pop()
        for target in after[node]:
            depth[target] = max(depth[target], depth[node] + 1)
            waiting[target] -= 1
            if waiting[target] == 0:
                ready.append(target)
    for node in sources:
        if after[node]:
            depth[node] = min(depth[target] for target in after[node]) - 1
    return depth


def _join(left: _Spot, right: _Spot) -> None:
    left.after.append(right)
    right.before.append(left)


def _uncross(columns: list[Column]) -> None:
    """Order every column by the middles of its neighbours, keeping the order with the fewest crossings."""
    best, fewest = [list(column) for column in columns], _crossings(columns)
    for sweep in range(SWEEPS):
        if fewest == 0:
            break
        forward = sweep % 2 == 0
        for index, column in (
            list(enumerate(columns))[1:] if forward else list(enumerate(columns))[-2::-1]
        ):
            beside = columns[index - 1] if forward else columns[index + 1]
            place = {spot: rank for rank, spot in enumerate(beside)} | {
                spot: rank for rank, spot in enumerate(column)
            }
            wish = {
                spot: _mean(
                    [place[each] for each in (spot.before if forward else spot.after)], place[spot]
                )
                for spot in column
            }
            column.sort(key=wish.__getitem__)
        count = _crossings(columns)
        if count < fewest:
            best, fewest = [list(column) for column in columns], count
    for column, kept in zip(columns, best, strict=True):
        column[:] = kept


def _crossings(columns: list[Column]) -> int:
    total = 0
    for left, right in pairwise(columns):
        left_place = {spot: index for index, spot in enumerate(left)}
        seen: list[int] = []
        for spot in right:
            ends = sorted(left_place[each] for each in spot.before)
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _set_heights(columns: list[Column], gap: float) -> None:
    """Middles near those of the neighbours, in the order of each column, `gap` apart."""
    for column in columns:
        _place_apart(column, [0.0] * len(column), gap)
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            _place_apart(column, [_middle(spot) for spot in column], gap)
    for column in reversed(columns):
        _place_apart(column, [_straight(spot, spot.after, gap) for spot in column], gap)
    for column in columns:
        _place_apart(column, [_straight(spot, spot.before, gap) for spot in column], gap)


def _middle(spot: _Spot) -> float:
    """The mean height of the neighbours; passing wires pull nodes little and each other much."""
    near = (*spot.before, *spot.after)
    pulls = [
        (1.0 if each.node else 0.25) if spot.node else (0.25 if each.node else 2.0) for each in near
    ]
    total = sum(pulls)
    return (
        sum(each.y * pull for each, pull in zip(near, pulls, strict=True)) / total
        if total
        else spot.y
    )


def _straight(spot: _Spot, side: list[_Spot], tolerance: float) -> float:
    """The height of the only node on one side, if that is near: chains become straight lines."""
    real = [each for each in side if bool(each.node) == bool(spot.node)]
    return real[0].y if len(real) == 1 and abs(real[0].y - spot.y) <= tolerance else spot.y


def _place_apart(column: Column, wishes: Iterable[float], gap: float) -> None:
    """The nearest heights to the wishes, by least squares, that keep order and gap.

    Less the room that those above need, wishes only have to ascend: neighbours that do not are pooled.
    """
    offsets, room = [], 0.0
    for index, spot in enumerate(column):
        if index:
            above = column[index - 1]
            room += (above.height + spot.height) / 2 + (
                gap if above.node and spot.node else gap / 2
            )
        offsets.append(room)
    pools: list[tuple[float, int]] = []
    for wish, offset in zip(wishes, offsets, strict=True):
        pools.append((wish - offset, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (b, many_b), (a, many_a) = pools.pop(), pools.pop()
            pools.append(((a * many_a + b * many_b) / (many_a + many_b), many_a + many_b))
    heights = [height for height, many in pools for _ in range(many)]
    for spot, height, offset in zip(column, heights, offsets, strict=True):
        spot.y = height + offset


def _places(columns: list[Column], gap: float) -> dict[str, Position]:
    places: dict[str, Position] = {}
    left = 0.0
    for column in columns:
        width = max(spot.width for spot in column)
        for spot in column:
            if spot.node:
                places[spot.node] = (
                    float(round(left + (width - spot.width) / 2)),
                    spot.y - spot.height / 2,
                )
        left += width + gap
    return places
