"""What can be done with the nodes on the canvas, each as one undo step: add, append, delete, copy, tidy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QGuiApplication

from graphs import clipboard, edits
from graphs.graph import End
from graphs.layer import LAYERS
from graphs.ports import outputs_of
from studio.canvas.geometry import GAP_X, GAP_Y, GRID, WIDTH, snapped
from studio.canvas.room import free_shift, rects_of
from studio.canvas.splicing import fits_wire, make_room, place_in_wire
from studio.canvas.tidying import LINE, tidied
from studio.canvas.wiring import fitting_input, fitting_output, with_target

if TYPE_CHECKING:
    from collections.abc import Collection

    from graphs.graph import Graph, Position, Wire
    from graphs.rule import Fix
    from studio.canvas.bench import Bench
    from studio.store import Store

NEW_SIZE = (WIDTH, 84.0)


class Desk:
    """Edits of whole nodes. Positions are left tops in canvas pixels."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def add_layer(self, type_id: str, position: QPointF | None = None) -> str:
        """Put a new layer with its top left at a position, or where there is room in view; its id is returned.

        Raises:
            KeyError: there is no such layer type.
        """
        x, y = (
            self._room_near(self._middle())
            if position is None
            else snapped(position.x(), position.y())
        )

        def change(graph: Graph) -> tuple[Graph, str]:
            after, new = edits.add_node(graph, type_id, (x, y))
            return self._with_room(after, {new}), new

        return self._add(type_id, f"Add {LAYERS[type_id].info.title}", change)

    def append_layer(self, type_id: str) -> str:
        """Put a new layer behind the selected node and wire it there; without one selected node, just add it.

        What a loss or metric measures is nothing to compute on: behind one, the layer gets what that one gets.
        """
        chosen = self._bench.store.selection
        source = next(iter(chosen)) if len(chosen) == 1 else ""
        graph = self._bench.store.graph
        if not source or not outputs_of(graph, source) or not LAYERS[type_id].info.inputs:
            return self.add_layer(type_id)
        if _measures(graph, source):
            fed = next(iter(graph.incoming[source].values()), None)
            if fed is None:
                return self.add_layer(type_id)
            corner = self._bench.scene.node_rect(source).topLeft()
            x, y = self._free_below(corner.x(), corner.y())
            return self.add_behind(type_id, fed, QPointF(x, y + LINE))
        return self.add_behind(
            type_id, End(source, _best_output(self._bench.store, source, type_id))
        )

    def add_behind(self, type_id: str, source: End, position: QPointF | None = None) -> str:
        """Put a new layer behind an output port and wire it there."""
        where = (
            self._place_behind(source.node)
            if position is None
            else snapped(position.x(), position.y() - LINE)
        )

        def change(graph: Graph) -> tuple[Graph, str]:
            after, new = edits.add_node(graph, type_id, where)
            after = self._with_room(after, {new})
            shapes = self._bench.store.report.shapes
            port = fitting_input(after, shapes, source, new)
            if port is None:
                return after, new
            return with_target(edits.connect(after, source, End(new, port)), shapes, new), new

        return self._add(type_id, f"Add {LAYERS[type_id].info.title}", change)

    def add_before(self, type_id: str, target: End, position: QPointF) -> str:
        """Put a new layer before an input port and wire it there; its output stands at the position."""
        where = snapped(position.x() - WIDTH, position.y() - LINE)

        def change(graph: Graph) -> tuple[Graph, str]:
            after, new = edits.add_node(graph, type_id, where)
            port = fitting_output(after, new)
            return (edits.connect(after, End(new, port), target) if port else after), new

        return self._add(type_id, f"Add {LAYERS[type_id].info.title}", change)

    def add_into(self, type_id: str, wire: Wire, position: QPointF) -> str:
        """Put a new layer into a wire, if it fits there, around a position; else just add it."""
        where = snapped(position.x() - WIDTH / 2, position.y() - LINE)
        sizes = self._bench.scene.sizes()

        def change(graph: Graph) -> tuple[Graph, str]:
            after, new = edits.add_node(graph, type_id, where)
            if fits_wire(after, self._bench.store.report.shapes, wire, new):
                after = place_in_wire(after, wire, new, sizes)
            return after, new

        return self._add(type_id, f"Insert {LAYERS[type_id].info.title}", change)

    def apply(self, fix: Fix) -> None:
        """Mend a problem; what the fix adds gets room, and is brought into sight if it is out of it."""
        store, sizes = self._bench.store, self._bench.scene.sizes()
        if fix.settings is not None:  # of an objective, or of what stands inside a block
            store.edit_document(fix.title, fix.settings)
            return

        def change(graph: Graph) -> Graph:
            after = fix.edit(graph)
            for node in after.nodes:
                if node not in graph.nodes:
                    after = make_room(after, node, sizes)
            return after

        before, fitted = store.graph.nodes.keys(), self._bench.camera.is_fitted
        store.edit(fix.title, change)
        new = store.graph.nodes.keys() - before
        rects = [self._bench.scene.node_rect(each) for each in new]
        self._bench.camera.reveal_all(rects, whole_seen=fitted)

    def delete_selection(self, *, heal: bool = False, verb: str = "Delete") -> None:
        """Take the selected nodes away; `heal` joins the wires around them where shapes still agree."""
        store = self._bench.store
        chosen = store.selection
        if not chosen:
            return
        text = f"{verb} {chosen_words(self._bench.store)}"
        if heal:
            store.edit(
                text, lambda graph: edits.remove_and_heal(graph, chosen, store.report.shapes)
            )
        else:
            store.edit(text, lambda graph: edits.remove_nodes(graph, chosen))

    def copy(self) -> None:
        """Put the selected nodes and the wires between them on the clipboard as readable JSON."""
        store = self._bench.store
        if store.selection:
            QGuiApplication.clipboard().setText(clipboard.copied(store.graph, store.selection))
            self._bench.say(f"Copied {chosen_words(self._bench.store)}.")

    def cut(self) -> None:
        """Copy, then delete."""
        if self._bench.store.selection:
            self.copy()
            self.delete_selection(verb="Cut")

    def paste(self, at: QPointF | None = None) -> None:
        """Add what the clipboard holds, with its middle at a point of the canvas, and select it."""
        text = QGuiApplication.clipboard().text()
        try:
            part = clipboard.pasted(text)
        except clipboard.NotNodes as error:
            self._bench.say(str(error))
            return
        self._bring(part, at or self._middle(), "Paste")

    def duplicate(self) -> None:
        """Copies of the selected nodes, with the wires between them, below and beside the originals."""
        store = self._bench.store
        if not store.selection:
            return
        new: dict[str, str] = {}

        def change(graph: Graph) -> Graph:
            after, names = edits.duplicate(graph, store.selection, (GRID * 4, GRID * 4))
            new.update(names)
            return self._with_room(after, names.values())

        store.edit(f"Duplicate {chosen_words(self._bench.store)}", change)
        store.select(each for each in new.values() if each in store.graph.nodes)

    def select_all(self) -> None:
        """Select every node."""
        self._bench.store.select(self._bench.store.graph.nodes)

    def tidy(self) -> None:
        """Put everything where it stands best, as one step."""
        positions = tidied(self._bench.store.graph, self._bench.scene.sizes())
        self._bench.store.edit("Tidy up", lambda graph: edits.move(graph, positions))

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selected nodes by steps of the grid; steps that follow each other are one undo step."""
        store = self._bench.store
        start = self._bench.scene.positions(store.selection)
        if start:
            positions = {node: (x + dx, y + dy) for node, (x, y) in start.items()}
            key = hash(frozenset(start)) & 0x3FFFFFFF
            text = f"Move {chosen_words(self._bench.store)}"
            store.edit(text, lambda graph: edits.move(graph, positions), merge_key=key)

    def toggle_muted(self) -> None:
        """Mute the selected nodes; if all are muted, let them work again."""
        self._toggle("muted", "Mute", "Unmute")

    def toggle_frozen(self) -> None:
        """Freeze the selected nodes; if all are frozen, let them learn again."""
        self._toggle("frozen", "Freeze", "Unfreeze")

    def _toggle(self, mark: str, verb: str, back: str) -> None:
        store = self._bench.store
        chosen = [each for each in store.graph.nodes if each in store.selection]
        if not chosen:
            self._bench.say(f"Select a layer to {verb.lower()}.")
            return
        on = not all(getattr(store.graph.nodes[each].marks, mark) for each in chosen)

        def change(graph: Graph) -> Graph:
            for each in chosen:
                graph = edits.set_marks(graph, each, **{mark: on})
            return graph

        store.edit(f"{verb if on else back} {chosen_words(self._bench.store)}", change)

    def _with_room(self, graph: Graph, new: Collection[str]) -> Graph:
        """The graph with new nodes moved down, all by the same, until they cover none that is there."""
        scene = self._bench.scene
        dx, dy = free_shift(rects_of(graph, new, scene.sight.ink), scene.places.rects, 0.0, 0.0)
        places = {
            each: (graph.positions[each][0] + dx, graph.positions[each][1] + dy)
            for each in new
            if each in graph.positions
        }
        return edits.move(graph, places)

    def _add(self, type_id: str, text: str, change: object) -> str:
        made: list[str] = []

        def edit(graph: Graph) -> Graph:
            after, new = change(graph)  # type: ignore[operator]
            made.append(new)
            return after

        store = self._bench.store
        store.edit(text, edit)
        new = made[-1] if made else ""
        if new in store.graph.nodes:
            store.select({new})
            self._bench.camera.reveal(self._bench.scene.node_rect(new))
        else:
            self._bench.say(f"{LAYERS[type_id].info.title} could not be added.")
        return new

    def _bring(self, part: Graph, middle: QPointF, text: str) -> None:
        store = self._bench.store
        places = list(part.positions.values()) or [(0.0, 0.0)]
        left, right = min(x for x, _ in places), max(x for x, _ in places) + WIDTH
        top, low = min(y for _, y in places), max(y for _, y in places) + NEW_SIZE[1]
        offset = snapped(middle.x() - (left + right) / 2, middle.y() - (top + low) / 2)
        new: dict[str, str] = {}

        def change(graph: Graph) -> Graph:
            after, names = edits.paste(graph, part, offset)
            new.update(names)
            return self._with_room(after, names.values())

        store.edit(text, change)
        store.select(each for each in new.values() if each in store.graph.nodes)

    def _place_behind(self, source: str) -> Position:
        rect = self._bench.scene.node_rect(source)
        return self._free_below(*snapped(rect.right() + GAP_X, rect.top()))

    def _room_near(self, point: QPointF) -> Position:
        return self._free_below(*snapped(point.x() - NEW_SIZE[0] / 2, point.y() - NEW_SIZE[1] / 2))

    def _free_below(self, x: float, y: float) -> Position:
        """The first place at or below a point where a new node covers none."""
        while True:
            rect = QRectF(x - 8, y - 8, NEW_SIZE[0] + 16, NEW_SIZE[1] + 16)
            taken = self._bench.scene.places.nodes_in(rect, touching=True)
            if not taken:
                return x, y
            lowest = max(self._bench.scene.node_rect(each).bottom() for each in taken)
            y = snapped(0.0, lowest + GAP_Y + GRID / 2)[1]

    def _middle(self) -> QPointF:
        return self._bench.visible().center()


def _measures(graph: Graph, node: str) -> bool:
    """Whether a node is a loss or metric."""
    info = graph.nodes[node].info
    return info is not None and info.role in ("loss", "metric")


def chosen_words(store: Store) -> str:
    """What is selected, in the words of undo: a name, or how many."""
    names = [store.graph.nodes[each].name for each in store.selection]
    return names[0] if len(names) == 1 else f"{len(names)} nodes"


def _best_output(store: Store, source: str, type_id: str) -> str:
    """The output that a new layer takes, or else the first."""
    trial, new = edits.add_node(store.graph, type_id)
    ports = outputs_of(store.graph, source)
    fits = (
        port
        for port in ports
        if fitting_input(trial, store.report.shapes, End(source, port), new, strict=True)
    )
    return next(fits, ports[0])
