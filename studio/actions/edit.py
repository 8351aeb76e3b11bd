"""The Edit menu: undo and redo by name, and what is done to the layers that are selected."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from studio.action import action

if TYPE_CHECKING:
    from studio.window import Window


def _nothing_to_undo(window: Window) -> str:
    return "" if window.store.history.canUndo() else "Nothing was done yet."


def _nothing_to_redo(window: Window) -> str:
    return "" if window.store.history.canRedo() else "Nothing was undone."


def _undo_words(window: Window) -> str:
    return f"Undo {window.store.history.undoText()}".strip()


def _redo_words(window: Window) -> str:
    return f"Redo {window.store.history.redoText()}".strip()


def _nothing_selected(window: Window) -> str:
    if not window.files.anything_open:
        return "No document is open."
    return "" if window.store.selection else "No layer is selected."


def _nothing_open(window: Window) -> str:
    return "" if window.files.anything_open else "No document is open."


def _canvas_empty(window: Window) -> str:
    return "" if window.store.graph.nodes else "The canvas is empty."


def _not_one_selected(window: Window) -> str:
    return "" if len(window.store.selection) == 1 else "One layer must be selected."


@action(
    "edit.undo",
    title="Undo",
    menu="Edit",
    shortcuts="Ctrl+Z",
    icon="undo",
    why_not=_nothing_to_undo,
    words=_undo_words,
)
def undo(window: Window) -> None:
    """Take back the last step."""
    window.store.history.undo()


@action(
    "edit.redo",
    title="Redo",
    menu="Edit",
    shortcuts=("Ctrl+Shift+Z", "Ctrl+Y"),
    icon="redo",
    why_not=_nothing_to_redo,
    words=_redo_words,
)
def redo(window: Window) -> None:
    """Do again what was undone."""
    window.store.history.redo()


_on_canvas = partial(action, menu="Edit", scope="canvas")
_on_selection = partial(_on_canvas, why_not=_nothing_selected)


@_on_selection("edit.cut", title="Cut", shortcuts="Ctrl+X", group=1)
def cut(window: Window) -> None:
    """Copy the selected layers, then delete them."""
    window.canvas.cut()


@_on_selection("edit.copy", title="Copy", shortcuts="Ctrl+C", group=1)
def copy(window: Window) -> None:
    """Copy the selected layers and the wires between them."""
    window.canvas.copy()


@_on_canvas("edit.paste", title="Paste", shortcuts="Ctrl+V", group=1, why_not=_nothing_open)
def paste(window: Window) -> None:
    """Add the copied layers at the cursor."""
    window.canvas.paste()


@_on_selection("edit.duplicate", title="Duplicate", shortcuts="Ctrl+D", group=1)
def duplicate(window: Window) -> None:
    """Add a copy of the selected layers beside them."""
    window.canvas.duplicate()


@_on_selection("edit.delete", title="Delete", shortcuts=("Delete", "Backspace"), group=2)
def delete(window: Window) -> None:
    """Remove the selected layers and their wires."""
    window.canvas.delete_selection()


@_on_selection("edit.delete_heal", title="Delete and reconnect", shortcuts="Ctrl+Delete", group=2)
def delete_heal(window: Window) -> None:
    """Remove the selected layers and join the wires that they leave, where the shapes agree."""
    window.canvas.delete_selection(heal=True)


@_on_canvas("edit.rename", title="Rename", shortcuts="F2", group=3, why_not=_not_one_selected)
def rename(window: Window) -> None:
    """Give the selected layer a name of its own."""
    window.canvas.begin_rename()


@_on_canvas(
    "edit.select_all", title="Select all", shortcuts="Ctrl+A", group=3, why_not=_canvas_empty
)
def select_all(window: Window) -> None:
    """Select every layer on the canvas."""
    window.canvas.select_all()
