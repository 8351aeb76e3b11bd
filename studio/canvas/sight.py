"""What painting looks at besides the graph: the ink, the zoom, what is hovered and which ports take a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.canvas.ink import Ink


class Sight:
    """One for each canvas; the view and its gestures set it, items read it while they paint."""

    def __init__(self, ink: Ink) -> None:
        self.ink = ink
        self.zoom = 1.0
        self.hovered_port: tuple[str, str, bool] | None = (
            None  # node, port, whether it is an output
        )
        self.ports: dict[tuple[str, str, bool], str] | None = None
        """While a wire is dragged: the ports that matter to it, as "welcome" or "refused"; all others dim."""

    def port_state(self, node: str, port: str, *, output: bool) -> str:
        """How a port is drawn: "", "hover", "welcome", "refused" or "dim"."""
        key = (node, port, output)
        if self.ports is None:
            return "hover" if key == self.hovered_port else ""
        state = self.ports.get(key, "dim")
        if key == self.hovered_port:
            return "hover" if state == "welcome" else "refused"
        return "welcome" if state == "welcome" else "dim"
