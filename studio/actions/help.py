"""The Help menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.action import action

if TYPE_CHECKING:
    from studio.window import Window


@action(
    "help.palette",
    title="Search all actions…",
    menu="Help",
    shortcuts="Ctrl+Shift+P",
    icon="search",
)
def search_actions(window: Window) -> None:
    """Find anything that can be done by its name, and do it."""
    window.show_command_palette()


@action("help.shortcuts", title="Keyboard shortcuts", menu="Help", shortcuts=("F1", "Ctrl+/"))
def shortcuts(window: Window) -> None:
    """Show every key."""
    window.show_shortcuts()


@action("help.layer", title="Help on the selected layer", menu="Help", shortcuts="Shift+F1",
        why_not=lambda window: "" if window.files.anything_open else "No document is open.")  # fmt: skip
def layer_help(window: Window) -> None:
    """Say what the selected layer does, and what its parameters mean."""
    window.workbench.reveal("help")


@action("help.about", title="About Lamina", menu="Help", group=1)
def about(window: Window) -> None:
    """The version of Lamina and of what it stands on."""
    window.show_about()
