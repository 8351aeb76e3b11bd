"""The View menu: panels and colours."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, get_args

from studio.action import action
from studio.settings import ThemeChoice

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.window import Window

PANELS = {
    "library": "Library",
    "outline": "Outline",
    "inspector": "Inspector",
    "help": "Help",
    "training": "Training",
    "curves": "Curves",
    "results": "Results",
    "problems": "Problems",
    "code": "Code",
    "runs": "Runs",
    "try": "Try",
    "notes": "Notes",
}
"""Object names of the panels with their titles, in the order of their keys: Alt with each of KEYS."""

KEYS = "1234567890TN"


def _welcome_shown(window: Window) -> str:
    return "" if window.files.anything_open else "No document is open."


def _panel_action(key: str, name: str, title: str) -> None:
    def toggle(window: Window) -> None:
        window.workbench.toggle(name)

    def shown(window: Window) -> bool:
        return window.workbench.shows(name)

    toggle.__doc__ = f"Show or close the panel {title}."
    register = action(
        f"view.{name}",
        title=title,
        menu="View",
        submenu="Panels",
        shortcuts=f"Alt+{key}",
        why_not=_welcome_shown,
        checked=shown,
    )
    register(toggle)


for _key, (_name, _title) in zip(KEYS, PANELS.items(), strict=True):
    _panel_action(_key, _name, _title)


@action(
    "view.next", title="Next panel", menu="View", shortcuts="F6", group=1, why_not=_welcome_shown
)
def next_panel(window: Window) -> None:
    """Give the keyboard to the next panel, the canvas among them."""
    window.workbench.focus_next(1)


@action(
    "view.previous",
    title="Previous panel",
    menu="View",
    shortcuts="Shift+F6",
    group=1,
    why_not=_welcome_shown,
)
def previous_panel(window: Window) -> None:
    """Give the keyboard to the panel before."""
    window.workbench.focus_next(-1)


@action(
    "view.reset",
    title="Reset layout",
    menu="View",
    shortcuts="Ctrl+Alt+0",
    group=1,
    why_not=_welcome_shown,
)
def reset_layout(window: Window) -> None:
    """Put every panel back to where it stood at first."""
    window.workbench.reset()


def _theme_action(choice: ThemeChoice, title: str, doc: str) -> None:
    def choose(window: Window) -> None:
        window.appearance.choose(choice)

    choose.__doc__ = doc
    register = action(
        f"view.theme_{choice}",
        title=title,
        menu="View",
        submenu="Theme",
        group=2,
        checked=_wears(choice),
    )
    register(choose)


def _wears(choice: ThemeChoice) -> Callable[[Window], bool]:
    return partial(_is_choice, choice)


def _is_choice(choice: ThemeChoice, window: Window) -> bool:
    return window.appearance.choice == choice


_THEMES: dict[ThemeChoice, tuple[str, str]] = {
    "system": ("Follow the system", "Light or dark, as the system is."),
    "light": ("Light", "Dark text on light panels."),
    "dark": ("Dark", "Light text on dark panels."),
}
assert set(_THEMES) == set(get_args(ThemeChoice))

for _choice, (_words, _doc) in _THEMES.items():
    _theme_action(_choice, _words, _doc)


@action(
    "view.theme_toggle",
    title="Switch light and dark",
    menu="View",
    submenu="Theme",
    shortcuts="F9",
    group=2,
)
def toggle_theme(window: Window) -> None:
    """Wear the other colours."""
    window.appearance.choose("light" if window.appearance.theme.dark else "dark")


@action(
    "view.full_screen",
    title="Full screen",
    menu="View",
    shortcuts="F11",
    group=3,
    checked=lambda w: w.isFullScreen(),
)
def full_screen(window: Window) -> None:
    """Fill the screen with the window, or go back."""
    window.toggle_full_screen()
