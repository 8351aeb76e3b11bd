"""What keys do on the canvas: walk along wires, move, delete, copy, mute, freeze, zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from studio.canvas.geometry import GRID

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from studio.canvas.bench import Bench
    from studio.canvas.desk import Desk
    from studio.canvas.hands import Hands

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Keys:
    """Answers key presses of the canvas."""

    def __init__(self, bench: Bench, desk: Desk, hands: Hands) -> None:
        self._bench, self._desk, self._hands = bench, desk, hands
        camera, standard = bench.camera, QKeySequence.StandardKey
        self._standard: list[tuple[QKeySequence.StandardKey, Callable[[], object]]] = [
            (standard.Copy, desk.copy),
            (standard.Cut, desk.cut),
            (standard.Paste, self._paste),
            (standard.SelectAll, desk.select_all),
            (standard.ZoomIn, camera.zoom_in),
            (standard.ZoomOut, camera.zoom_out),
        ]
        control, shift, none = (
            Qt.KeyboardModifier.ControlModifier,
            Qt.KeyboardModifier.ShiftModifier,
            Qt.KeyboardModifier.NoModifier,
        )
        self._plain: dict[tuple[Qt.Key, Qt.KeyboardModifier], Callable[[], object]] = {
            (Qt.Key.Key_Tab, none): self._palette,
            (Qt.Key.Key_Delete, none): desk.delete_selection,
            (Qt.Key.Key_Backspace, none): desk.delete_selection,
            (Qt.Key.Key_Delete, control): self._heal,
            (Qt.Key.Key_Backspace, control): self._heal,
            (Qt.Key.Key_D, control): desk.duplicate,
            (Qt.Key.Key_F, none): self._freeze_or_fit,
            (Qt.Key.Key_M, none): desk.toggle_muted,
            (Qt.Key.Key_F, shift): self._zoom_to_selection,
            (Qt.Key.Key_1, none): camera.actual_size,
            (Qt.Key.Key_Plus, none): camera.zoom_in,
            (Qt.Key.Key_Minus, none): camera.zoom_out,
            (Qt.Key.Key_F2, none): self._rename,
            (Qt.Key.Key_C, none): self._wire,
            (Qt.Key.Key_Escape, none): self._escape,
        }

    def press(self, event: QKeyEvent) -> bool:
        """Answer a key; false if it means nothing here."""
        pads = ~Qt.KeyboardModifier.KeypadModifier
        keys, key = event.modifiers() & pads, Qt.Key(event.key())
        if key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._hands.hold_space(held=True)
            return True
        busy = self._hands.gesture is not None and key != Qt.Key.Key_Escape
        if busy:  # one thing at a time: what a gesture does not want is not for others
            self._hands.key(key)
            return True
        if key in ARROWS:
            return self._arrow(ARROWS[key], keys)
        act = self._plain.get((key, keys))
        if act is None:
            act = next((act for standard, act in self._standard if event.matches(standard)), None)
        if act is None:
            return False
        act()
        return True

    def release(self, event: QKeyEvent) -> bool:
        """Answer a key that is let go."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._hands.hold_space(held=False)
            return True
        return False

    def _arrow(self, step: tuple[int, int], keys: Qt.KeyboardModifier) -> bool:
        if keys == Qt.KeyboardModifier.ShiftModifier:
            self._desk.nudge(step[0] * GRID, step[1] * GRID)
            return True
        if keys != Qt.KeyboardModifier.NoModifier:
            return False
        self._walk(*step)
        return True

    def _walk(self, across: int, down: int) -> None:
        """Right and left follow wires; up and down go to the nearest node there."""
        store, scene = self._bench.store, self._bench.scene
        graph = store.graph
        if not graph.nodes:
            return
        here = next((each for each in graph.nodes if each in store.selection), None)
        if here is None:
            goal: str | None = next(iter(graph.order), next(iter(graph.nodes)))
        elif across:
            near = (
                [w.target.node for w in graph.outgoing[here]]
                if across > 0
                else [e.node for e in graph.incoming[here].values()]
            )
            goal = min(
                dict.fromkeys(near),
                key=lambda each: abs(scene.nodes[each].y() - scene.nodes[here].y()),
                default=None,
            )
        else:
            goal = self._nearest(here, down)
        if goal is not None:
            store.select({goal})
            self._bench.camera.reveal(scene.node_rect(goal))

    def _nearest(self, here: str, down: int) -> str | None:
        middle = self._bench.scene.node_rect(here).center()
        best, least = None, float("inf")
        for node, item in self._bench.scene.nodes.items():
            away = item.frame.center() - middle
            if node != here and away.y() * down > 1.0:
                length = abs(away.y()) + 2.0 * abs(
                    away.x()
                )  # what stands in the same column comes first
                if length < least:
                    best, least = node, length
        return best

    def _palette(self) -> None:
        self._bench.open_palette(None)

    def _heal(self) -> None:
        self._desk.delete_selection(heal=True)

    def _paste(self) -> None:
        self._desk.paste(self._hands.at.canvas if self._hands.inside else None)

    def _rename(self) -> None:
        chosen = self._bench.store.selection
        if len(chosen) == 1:
            self._bench.rename(next(iter(chosen)))

    def _wire(self) -> None:
        chosen = self._bench.store.selection
        if len(chosen) == 1:
            self._bench.wire_by_keys(next(iter(chosen)))
        else:
            self._bench.say("Select one layer to draw a wire from.")

    def _freeze_or_fit(self) -> None:
        """F freezes what is selected; with nothing selected it shows the whole graph."""
        if self._bench.store.selection:
            self._desk.toggle_frozen()
        else:
            self._bench.camera.fit()

    def _zoom_to_selection(self) -> None:
        self._bench.camera.show_nodes(self._bench.store.selection or None)

    def _escape(self) -> None:
        if not self._hands.cancel():
            self._bench.tip.hide()
            self._bench.store.select(())
