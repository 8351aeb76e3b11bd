"""The File menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.action import action

if TYPE_CHECKING:
    from studio.window import Window


def _nothing_to_save(window: Window) -> str:
    if not window.files.anything_open:
        return "No document is open."
    if window.store.path is not None and window.store.document.read_only:
        return f"{window.store.document.read_only} Save as… keeps a copy of it."
    if not window.store.modified and window.store.path is not None:
        return "Everything is saved."
    return ""


def _nothing_open(window: Window) -> str:
    return "" if window.files.anything_open else "No document is open."


def _nothing_drawn(window: Window) -> str:
    return "" if window.store.graph.nodes else "The canvas is empty."


@action("file.new", title="New", menu="File", shortcuts="Ctrl+N", icon="new")
def new(window: Window) -> None:
    """Begin with an empty canvas."""
    window.files.new()


@action("file.open", title="Open…", menu="File", shortcuts="Ctrl+O", icon="open")
def open_file(window: Window) -> None:
    """Open a .lamina file."""
    window.files.open()


@action(
    "file.save",
    title="Save",
    menu="File",
    shortcuts="Ctrl+S",
    icon="save",
    group=1,
    why_not=_nothing_to_save,
)
def save(window: Window) -> None:
    """Save the document to its file."""
    window.files.save()


@action(
    "file.save_as",
    title="Save as…",
    menu="File",
    shortcuts="Ctrl+Shift+S",
    group=1,
    why_not=_nothing_open,
)
def save_as(window: Window) -> None:
    """Save the document to another file, and go on there."""
    window.files.save_as()


@action(
    "file.export_picture",
    title="Export picture…",
    menu="File",
    shortcuts="Ctrl+E",
    group=1,
    why_not=_nothing_drawn,
)
def export_picture(window: Window) -> None:
    """Write the graph as an SVG or PNG picture."""
    window.export_picture()


@action(
    "file.close", title="Close", menu="File", shortcuts="Ctrl+W", group=2, why_not=_nothing_open
)
def close_document(window: Window) -> None:
    """Close the document and show the welcome page."""
    window.files.close_document()


@action("file.quit", title="Quit", menu="File", shortcuts="Ctrl+Q", group=2)
def quit_lamina(window: Window) -> None:
    """Leave Lamina."""
    window.close()
