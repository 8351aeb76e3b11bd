"""Binding: every placement of a document learns of the network that it names, the inner ones first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from graphs.block import Definition

if TYPE_CHECKING:
    from graphs.graph import Graph

MAX_NESTING = 24
"""How deep blocks may stand inside blocks."""


def bound(networks: Mapping[str, Graph]) -> dict[str, Graph]:
    """The networks with every placement bound to the network that it names; what is bound already stays the same.

    A network that contains itself, or stands too deep in others, is bound to one that cannot be placed.
    """
    if not any(graph.placements for graph in networks.values()):
        return dict(networks)
    found: dict[str, Graph] = dict(networks)
    definitions: dict[str, Definition] = {}
    known = _standing(networks)
    order, depth, endless = _inner_first(networks)
    for name in endless:
        fault = f"The block {name} contains itself, so it would never end. Take it out of itself."
        definitions[name] = _definition(name, networks[name], fault, known)
    for name in order:
        found[name] = _bind(found[name], definitions)
        if name in endless:
            continue
        fault = (
            f"It nests blocks inside blocks more than {MAX_NESTING} deep."
            if depth[name] > MAX_NESTING
            else ""
        )
        definitions[name] = _definition(name, found[name], fault, known)
    return found


def _bind(graph: Graph, definitions: Mapping[str, Definition]) -> Graph:
    fresh = {
        node_id: replace(graph.nodes[node_id], definition=definitions[place.network])
        for node_id in graph.placements
        if (place := graph.nodes[node_id].place) is not None
        and place.network in definitions
        and graph.nodes[node_id].definition is not definitions[place.network]
    }
    return graph.changed(nodes={**graph.nodes, **fresh}) if fresh else graph


def _standing(networks: Mapping[str, Graph]) -> dict[str, list[Definition]]:
    """The definitions that placements are bound to now, by name."""
    found: dict[str, list[Definition]] = {}
    for graph in networks.values():
        for node_id in graph.placements:
            definition = graph.nodes[node_id].definition
            if isinstance(definition, Definition):
                found.setdefault(definition.network, []).append(definition)
    return found


def _definition(
    name: str, graph: Graph, fault: str, known: Mapping[str, list[Definition]]
) -> Definition:
    """The one that stands already, if it is the same; one that cannot be placed shows its face alone."""
    for each in known.get(name, ()):
        same = each.graph.face is graph.face if fault else each.graph is graph
        if same and each.fault == fault:
            return each
    return Definition(name, graph, fault)


def _inner_first(
    networks: Mapping[str, Graph],
) -> tuple[list[str], dict[str, int], frozenset[str]]:
    """The networks with every one after those that it places, how deep each nests, and the endless ones."""
    inner = {
        name: {
            place.network
            for node_id in graph.placements
            if (place := graph.nodes[node_id].place) is not None and place.network in networks
        }
        for name, graph in networks.items()
    }
    outer: dict[str, list[str]] = {name: [] for name in networks}
    for name, used in inner.items():
        for each in used:
            outer[each].append(name)
    waiting = {name: len(used) for name, used in inner.items()}
    depth = dict.fromkeys(networks, 0)
    order = [name for name, count in waiting.items() if count == 0]
    _follow(order, outer, waiting, depth)
    endless = frozenset(name for name in networks.keys() - set(order) if _reaches(inner, name))
    start = len(order)
    order += sorted(endless)
    _follow(order, outer, waiting, depth, start)
    return order, depth, endless


def _follow(
    order: list[str],
    outer: Mapping[str, list[str]],
    waiting: dict[str, int],
    depth: dict[str, int],
    start: int = 0,
) -> None:
    """Append to the order every network as soon as all that it places stand in it."""
    done = set(order)
    index = start
    while index < len(order):
        for each in outer[order[index]]:
            waiting[each] -= 1
            depth[each] = max(depth[each], depth[order[index]] + 1)
            if waiting[each] == 0 and each not in done:
                done.add(each)
                order.append(each)
        index += 1


def _reaches(inner: Mapping[str, set[str]], name: str) -> bool:
    """Whether a network places itself, however far inside."""
    seen: set[str] = set()
    todo = list(inner[name])
    while todo:
        each = todo.pop()
        if each == name:
            return True
        if each not in seen:
            seen.add(each)
            todo += inner[each]
    return False
