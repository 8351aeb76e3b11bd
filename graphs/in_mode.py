"""A document as it runs in one mode: what does not run hands its input on, and a Switch has the one wire it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from graphs.graph import FACE_IN, Graph, Node, Only
from graphs.layers.flow import Switch

if TYPE_CHECKING:
    from graphs.content import Document

MODES: tuple[Only, ...] = get_args(Only)
MODE_WORDS = {"train": "training", "evaluate": "evaluation", "predict": "prediction"}


def depends_on_mode(document: Document) -> bool:
    """Whether something in it runs in one mode only."""
    return any(
        node.marks.only is not None
        for graph in document.networks.values()
        for node in graph.nodes.values()
    )


def in_mode(document: Document, mode: Only) -> Document:
    """The document with all its networks as they run in a mode."""
    known: dict[Only, Document] = document.__dict__.setdefault("_in_mode", {})
    if mode not in known:
        networks = {name: _graph(graph, mode) for name, graph in document.networks.items()}
        known[mode] = replace(document, networks=networks)
    return known[mode]


def runs(node: Node, mode: Only) -> bool:
    """Whether a node runs in this mode."""
    return not node.marks.muted and node.marks.only in (None, mode)


def rests(node: Node, mode: Only) -> bool:
    """Whether a node that would run otherwise does not run in this mode."""
    return not node.marks.muted and node.marks.only not in (None, mode)


def needed_for(graph: Graph, ends: Iterable[str]) -> frozenset[str]:
    """The nodes that these are computed from, and they themselves; behind a muted node, only what it hands on."""
    found: set[str] = set()
    todo = list(ends)
    while todo:
        node_id = todo.pop()
        if node_id in found or node_id not in graph.nodes:
            continue
        found.add(node_id)
        node, wired = graph.nodes[node_id], graph.incoming[node_id]
        names = [each.name for each in node.info.inputs] if node.info is not None else []
        if node.marks.muted:
            first = next((each for each in (*names, "inputs.0") if each in wired), None)
            todo += [wired[first].node] if first is not None else []
        else:
            todo += [end.node for end in wired.values()]
    return frozenset(found - {FACE_IN})


def _graph(graph: Graph, mode: Only) -> Graph:
    resting = [node for node in graph.nodes.values() if rests(node, mode)]
    left_out = {
        (node_id, port)
        for node_id, node in graph.nodes.items()
        if isinstance(node.layer, Switch)
        and (wired := graph.incoming[node_id].keys() & set(Switch.modes))
        for port in wired - {node.layer.picked(mode, wired)}
    }
    if not resting and not left_out:
        return graph
    nodes = {each.id: replace(each, marks=replace(each.marks, muted=True)) for each in resting}
    wires = tuple(each for each in graph.wires if each.target not in left_out)
    return graph.changed(nodes={**graph.nodes, **nodes}, wires=wires if left_out else graph.wires)
