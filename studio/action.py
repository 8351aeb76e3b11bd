"""What an action is: a value that menus, toolbar, command palette and keyboard help read; and the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from studio.window import Window

Menu: TypeAlias = Literal["File", "Edit", "Canvas", "View", "Run", "Help"]
MENUS: tuple[Menu, ...] = ("File", "Edit", "Canvas", "View", "Run", "Help")

Run: TypeAlias = "Callable[[Window], None]"
Words: TypeAlias = "Callable[[Window], str]"


def _always(window: Window) -> str:  # noqa: ARG001 - the shape of Action.why_not
    return ""


@dataclass(frozen=True)
class Action:
    """One thing that a person can do.

    `why_not` gives the sentence that says why it cannot be done now, "" if it can. `scope` "canvas" means that the
    keys work while the canvas has the focus, so that Delete in a list deletes no layer. `words` gives a title that
    changes ("Undo Add Linear"); `checked` makes it a switch.
    """

    id: str
    title: str
    menu: Menu
    run: Run
    doc: str
    shortcuts: tuple[str, ...] = ()
    group: int = 0  # actions of one group stand together in the menu
    icon: str = ""
    submenu: str = ""
    scope: Literal["window", "canvas"] = "window"
    why_not: Words = _always
    words: Words | None = None
    checked: Callable[[Window], bool] | None = None

    @property
    def full_title(self) -> str:
        """The title with the submenu before it, without dots: what the command palette shows."""
        return (f"{self.submenu}: " if self.submenu else "") + self.title.rstrip(".")


ACTIONS: dict[str, Action] = {}
"""Every action by its id, complete once `studio.actions` is imported."""


def action(
    action_id: str,
    *,
    title: str,
    menu: Menu,
    shortcuts: tuple[str, ...] | str = (),
    group: int = 0,
    icon: str = "",
    submenu: str = "",
    scope: Literal["window", "canvas"] = "window",
    why_not: Words = _always,
    words: Words | None = None,
    checked: Callable[[Window], bool] | None = None,
) -> Callable[[Run], Run]:
    """Register a function as the action of this id; the first line of its docstring is its help."""

    def register(run: Run) -> Run:
        assert action_id not in ACTIONS, f"two actions are called {action_id}"
        keys = (shortcuts,) if isinstance(shortcuts, str) else shortcuts
        doc = (run.__doc__ or "").strip().partition("\n")[0]
        ACTIONS[action_id] = Action(
            action_id,
            title,
            menu,
            run,
            doc,
            keys,
            group,
            icon,
            submenu,
            scope,
            why_not,
            words,
            checked,
        )
        return run

    return register
