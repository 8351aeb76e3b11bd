"""Which layers the palette offers: all, or those that take what a wire carries, the usual ones first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.edits import add_node
from graphs.graph import End
from graphs.layer import CATEGORIES, LAYERS
from studio.canvas.wiring import fitting_input, fitting_output

if TYPE_CHECKING:
    from graphs.graph import Graph
    from graphs.layer import Info
    from graphs.shapes import Shapes


LAST = 100
"""The place of what does not usually follow: behind all that does."""


def all_layers() -> list[Info]:
    """Every layer, in the order of the library."""
    rank = {category: index for index, category in enumerate(CATEGORIES)}
    return sorted((cls.info for cls in LAYERS.values()), key=lambda info: rank[info.category])


def that_take(graph: Graph, shapes: Shapes, source: End) -> list[Info]:
    """The layers of which an input takes what comes out of this port."""
    fitting = []
    for info in all_layers():
        if info.inputs:
            trial, new = add_node(graph, info.type)
            if fitting_input(trial, shapes, source, new, strict=True):
                fitting.append(info)
    return after(graph, source.node, fitting)


def that_give(graph: Graph) -> list[Info]:
    """The layers that have an output at all, for an input that wants one."""
    fitting = []
    for info in all_layers():
        trial, new = add_node(graph, info.type)
        if fitting_output(trial, new):
            fitting.append(info)
    return fitting


def after(graph: Graph, node: str, infos: list[Info]) -> list[Info]:
    """The same layers, those first that people most often put behind a layer of this node's category."""
    info = graph.nodes[node].info
    category = info.category if info else ""
    return sorted(infos, key=lambda each: each.follows.get(category, LAST))
