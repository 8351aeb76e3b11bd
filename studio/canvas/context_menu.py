"""The menu of the right button: what can be done with what is under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from graphs import edits

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QWidget

    from studio.canvas.bench import Bench, Pointer
    from studio.canvas.desk import Desk
    from studio.canvas.hit import Hit


class Entry(NamedTuple):
    """A line of the menu; `keys` are shown, not bound: the canvas hears them itself."""

    title: str
    keys: str
    act: Callable[[], object]


def entries(under: Hit, at: Pointer, bench: Bench, desk: Desk) -> list[Entry | None]:
    """What the menu offers here; None is a line between groups."""
    wire, node = under.wire, under.node
    if wire is not None:

        def remove() -> None:
            bench.store.edit("Remove wire", lambda graph: edits.disconnect(graph, wire))

        return [
            Entry("Insert layer…", "", lambda: bench.open_palette(at.canvas, wire=wire)),
            Entry("Remove wire", "Alt+Click", remove),
        ]
    if not node:
        return [
            Entry("Add layer…", "Tab", lambda: bench.open_palette(at.canvas)),
            Entry("Paste", "Ctrl+V", lambda: desk.paste(at.canvas)),
            Entry("Select all", "Ctrl+A", desk.select_all),
            None,
            Entry("Tidy up", "", desk.tidy),
            Entry("Fit", "Ctrl+0", bench.camera.fit),
        ]
    problems = bench.scene.problems.get(node, ())
    fixes = [
        Entry(fix.title, "", lambda fix=fix: desk.apply(fix))
        for each in problems
        for fix in each.fixes
    ]  # type: ignore[misc]
    return [
        *fixes,
        *([None] if fixes else []),
        Entry("Rename", "F2", lambda: bench.rename(node)),
        Entry("Draw a wire from here", "C", lambda: bench.wire_by_keys(node)),
        *marks_entries(node, bench, desk),
        None,
        Entry("Cut", "Ctrl+X", desk.cut),
        Entry("Copy", "Ctrl+C", desk.copy),
        Entry("Duplicate", "Ctrl+D", desk.duplicate),
        None,
        Entry("Delete", "Del", desk.delete_selection),
        Entry("Delete and join the wires", "Ctrl+Del", lambda: desk.delete_selection(heal=True)),
    ]


def marks_entries(node: str, bench: Bench, desk: Desk) -> list[Entry]:
    """Mute and freeze, or the way back."""
    marks = bench.store.graph.nodes[node].marks
    return [
        Entry("Unmute" if marks.muted else "Mute", "M", desk.toggle_muted),
        Entry("Unfreeze" if marks.frozen else "Freeze", "F", desk.toggle_frozen),
    ]


def show_menu(lines: list[Entry | None], parent: QWidget, point: QPoint) -> None:
    """Show the menu at a global point; it goes when it is closed."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for line in lines:
        if line is None:
            menu.addSeparator()
        else:
            menu.addAction(f"{line.title}\t{line.keys}" if line.keys else line.title, line.act)
    menu.popup(point)
