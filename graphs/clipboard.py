"""Nodes and wires as readable text, for the clipboard: the lines that they would be in a file.

The text can be mailed, kept in notes, and pasted into another document. Reading it is as strict as
reading a file.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from graphs.graph import NO_FACE, Graph
from graphs.json_text import Fault, parse
from graphs.reading_network import read_network, read_view
from graphs.writing import network_text, view_text

KEY = "lamina nodes"
VERSION = 1


class NotNodes(ValueError):  # noqa: N818 - it is the news that a person gets
    """The text does not hold nodes that could be pasted; the sentence says why."""


def copied(graph: Graph, nodes: Collection[str]) -> str:
    """The text of these nodes, of the wires between them and of their positions."""
    chosen = {each: node for each, node in graph.nodes.items() if each in set(nodes)}
    wires = tuple(
        wire for wire in graph.wires if wire.source.node in chosen and wire.target.node in chosen
    )
    positions = {each: graph.positions[each] for each in chosen if each in graph.positions}
    part = Graph(chosen, wires, positions=positions)
    lines = [
        f'"{KEY}": {VERSION}',
        f'"network": {network_text(part)}',
        f'"view": {view_text(part)}',
    ]
    return "{\n  " + ",\n  ".join(lines) + "\n}\n"


def pasted(text: str) -> Graph:
    """The nodes and wires that a text holds, ready for `edits.paste`.

    Raises:
        NotNodes: the text holds anything else.
    """
    try:
        values = parse(text.encode("utf-8", errors="surrogatepass"))
        if not isinstance(values, dict) or KEY not in values:
            raise NotNodes("The clipboard holds no layers.")
        if values[KEY] is True or values[KEY] != VERSION:
            raise NotNodes("The clipboard holds nodes of another version of Lamina.")
        unknown: list[str] = []
        graph = read_network(values.get("network", {}), "clipboard", unknown)
        graph = read_view(values.get("view", {}), "clipboard", graph, unknown)
    except Fault as fault:
        raise NotNodes(f"The clipboard cannot be pasted: {fault}") from None
    blocks = [node.id for node in graph.nodes.values() if node.place is not None]
    if blocks:
        raise NotNodes(
            f"The clipboard holds the block {blocks[0]}, which only stands in its own document."
        )
    if unknown:
        raise NotNodes(
            f"The clipboard cannot be pasted: {unknown[0]}, which this version of Lamina does not know."
        )
    return replace(graph, face=NO_FACE)
