"""What lies under a point of the canvas: a fix button, a port, a node, a wire, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from studio.canvas.bubble import BUBBLES_FROM_ZOOM
from studio.canvas.far_view import FAR_BELOW

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF

    from graphs.graph import Wire
    from studio.canvas.scene import Scene

PORT_REACH_PX, PORT_REACH_LEAST, PORT_REACH_MOST = 11.0, 9.0, 18.0
WIRE_REACH_PX = 6.0


@dataclass(frozen=True)
class Hit:
    """The topmost thing under a point, and which one."""

    kind: Literal["fix", "bubble", "port", "node", "wire", "empty"]
    node: str = ""
    port: str = ""
    output: bool = False
    wire: Wire | None = None


NOTHING = Hit("empty")


def hit(scene: Scene, point: QPointF) -> Hit:
    """What is under this point of the canvas."""
    zoom = scene.sight.zoom
    port = port_at(scene, point) if zoom >= FAR_BELOW else None
    for node, bubble in scene.bubbles.items.items():
        if zoom >= BUBBLES_FROM_ZOOM and bubble.frame.contains(point):
            if bubble.button_contains(point):
                return Hit("fix", node)
            return port or Hit("bubble", node)  # a bubble may lie over a port, but never in its way
    if port is not None:
        return port
    node_id = scene.places.node_at(point)
    if node_id is not None:
        return Hit("node", node_id)
    wire = scene.places.wire_at(point, WIRE_REACH_PX / zoom)
    return Hit("wire", wire=wire) if wire else NOTHING


def port_at(scene: Scene, point: QPointF) -> Hit | None:
    """The port nearest to a point, if one is within reach of the hand."""
    reach = min(max(PORT_REACH_PX / scene.sight.zoom, PORT_REACH_LEAST), PORT_REACH_MOST)
    node = scene.places.node_at(point, reach)
    if node is None:
        return None
    item = scene.nodes[node]
    assert item.look is not None
    best, nearest = None, reach
    for ports, heights, x, output in (
        (item.look.inputs, item.box.inputs, item.x(), False),
        (item.look.outputs, item.box.outputs, item.x() + item.box.width, True),
    ):
        for port, height in zip(ports, heights, strict=True):
            away = max(abs(x - point.x()), abs(item.y() + height - point.y()))
            if away <= nearest:
                best, nearest = Hit("port", node, port.name, output), away
    return best
