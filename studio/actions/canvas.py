"""The Canvas menu: adding, arranging and looking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.action import action

if TYPE_CHECKING:
    from studio.window import Window


def _nothing_open(window: Window) -> str:
    return "" if window.files.anything_open else "No document is open."


def _canvas_empty(window: Window) -> str:
    return "" if window.store.graph.nodes else "The canvas is empty."


def _nothing_selected(window: Window) -> str:
    return "" if window.store.selection else "No layer is selected."


@action(
    "canvas.add_layer",
    title="Add a layer…",
    menu="Canvas",
    shortcuts=("Ctrl+L",),
    icon="add",
    why_not=_nothing_open,
)
def add_layer(window: Window) -> None:
    """Search for a layer and place it (on the canvas also with Tab or a double-click)."""
    window.canvas.open_palette()


@action(
    "canvas.tidy",
    title="Tidy up",
    menu="Canvas",
    shortcuts="Ctrl+Shift+L",
    icon="tidy",
    group=1,
    why_not=_canvas_empty,
)
def tidy(window: Window) -> None:
    """Arrange all layers in columns along their wires."""
    window.canvas.tidy()


@action(
    "canvas.fit",
    title="Fit",
    menu="Canvas",
    shortcuts="Ctrl+0",
    icon="fit",
    group=2,
    why_not=_canvas_empty,
)
def fit(window: Window) -> None:
    """Show the whole graph."""
    window.canvas.fit()


@action(
    "canvas.zoom_selection",
    title="Zoom to selection",
    menu="Canvas",
    shortcuts="Ctrl+2",
    group=2,
    why_not=_nothing_selected,
)
def zoom_to_selection(window: Window) -> None:
    """Show the selected layers as large as they fit."""
    window.canvas.zoom_to_selection()


@action(
    "canvas.actual_size",
    title="Actual size",
    menu="Canvas",
    shortcuts="Ctrl+1",
    group=2,
    why_not=_nothing_open,
)
def actual_size(window: Window) -> None:
    """Show the graph at 100 %."""
    window.canvas.actual_size()


@action(
    "canvas.zoom_in",
    title="Zoom in",
    menu="Canvas",
    shortcuts=("Ctrl++", "Ctrl+="),
    group=2,
    why_not=_nothing_open,
)
def zoom_in(window: Window) -> None:
    """Look closer."""
    window.canvas.zoom_in()


@action(
    "canvas.zoom_out",
    title="Zoom out",
    menu="Canvas",
    shortcuts="Ctrl+-",
    group=2,
    why_not=_nothing_open,
)
def zoom_out(window: Window) -> None:
    """See more of the graph."""
    window.canvas.zoom_out()
