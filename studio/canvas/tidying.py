"""Automatic layout, with the first ports of a row lined up so that the wires of a chain run straight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.layout import layout
from studio.canvas.geometry import GAP_X, GAP_Y, row_middle, snapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphs.graph import Graph, Position

LINE = row_middle(0)
"""Height of a node's first ports below its top."""


def tidied(graph: Graph, sizes: Mapping[str, tuple[float, float]]) -> dict[str, Position]:
    """The left top of every node.

    `layout` lines up middles, so it is told of nodes that have their first port in the middle.
    """
    doubled = {
        node: (width, 2 * max(LINE, height - LINE)) for node, (width, height) in sizes.items()
    }
    places = layout(graph, doubled, gap_x=GAP_X, gap_y=GAP_Y)
    return {node: snapped(x, y + doubled[node][1] / 2 - LINE) for node, (x, y) in places.items()}
