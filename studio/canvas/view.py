"""The canvas: the view of the graph that a person draws in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QGraphicsView, QMenu

from graphs.graph import End
from graphs.ports import outputs_of
from graphs.rule import Problem
from studio.canvas.backdrop import paint_empty, paint_grid
from studio.canvas.bench import Bench
from studio.canvas.camera import Camera
from studio.canvas.cursor_tip import CursorTip
from studio.canvas.desk import Desk
from studio.canvas.drops import Drops
from studio.canvas.far_view import FAR_BELOW, FEW, paint_far
from studio.canvas.gestures.choose import ChooseWire
from studio.canvas.hands import Hands
from studio.canvas.ink import ink_for
from studio.canvas.keys import Keys
from studio.canvas.picture import export_picture
from studio.canvas.placing import Placing
from studio.canvas.rename_editor import RenameEditor
from studio.canvas.room import renamed
from studio.canvas.scene import Scene
from studio.canvas.sight import Sight

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from graphs.content import Document
    from graphs.graph import Wire
    from studio.looks.theme import Theme
    from studio.store import Store

RING = 1
BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Canvas(QGraphicsView):
    """Draws `store.document.main`, and asks the store for edits. What it tells is in viewport pixels."""

    message = Signal(str)  # one sentence for the status line

    def __init__(self, store: Store, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hears = False  # Qt sends events to the viewport before there are hands
        self._store = store
        self._ringed = False
        self._came: frozenset[str] = frozenset()  # by the step that is being made or taken back
        self._step = store.history.index()
        self._sight = Sight(ink_for(theme))
        self._scene = Scene(self._sight, self)
        self.setScene(self._scene)
        self._set_up()
        self._scene.bubbles.seen = self._visible
        self.camera = Camera(self, self._scene)
        self.tip = CursorTip(self._sight.ink, self)
        self._editor = RenameEditor(self)
        self._editor.renamed.connect(self.rename)
        bench = self._bench = Bench(
            store,
            self._scene,
            self.camera,
            self.tip,
            self._repaint,
            self._visible,
            self.message.emit,
            self.open_palette,
            self.begin_rename,
            self._wire_by_keys,
        )
        self.desk = Desk(bench)
        self.hands = Hands(self, bench, self.desk, self.show_fixes)
        self._keys, self._drops = Keys(bench, self.desk, self.hands), Drops(self, bench, self.desk)
        self.placing = Placing(self, bench, self.desk)
        # The menus of the window know the canvas alone.
        self.fit, self.actual_size = self.camera.fit, self.camera.actual_size
        self.zoom_in, self.zoom_out = self.camera.zoom_in, self.camera.zoom_out
        self.copy, self.cut, self.paste, self.duplicate = (
            self.desk.copy,
            self.desk.cut,
            self.desk.paste,
            self.desk.duplicate,
        )
        self.select_all, self.tidy, self.delete_selection = (
            self.desk.select_all,
            self.desk.tidy,
            self.desk.delete_selection,
        )
        self.add_layer, self.append_layer = self.desk.add_layer, self.desk.append_layer
        store.changed.connect(self._sync)
        store.opened.connect(self._frame)
        store.history.indexChanged.connect(self._stepped)
        store.selection_changed.connect(self._show_selection)
        self._scene.show_graph(store.graph, store.report)
        self._scene.show_selection(store.selection)
        self._hears = True

    def set_theme(self, theme: Theme) -> None:
        """Wear these colours from now on."""
        self._sight.ink = ink_for(theme)
        self.tip.wear(self._sight.ink)
        self.placing.wear(self._sight.ink)
        self._scene.show_graph(self._store.graph, self._store.report, anew=True)
        self.update()
        self.viewport().update()

    @Slot(object)
    def show_notes(self, notes: tuple[Problem, ...]) -> None:
        """Mark the nodes that notes on the last run are about, as those of warnings."""
        if notes != self._scene.notes:
            self._scene.notes = notes
            self._scene.show_graph(self._store.graph, self._store.report)

    def zoom_to_selection(self) -> None:
        """Show the selected nodes as large as they fit; without any, the whole graph."""
        self.camera.show_nodes(self._store.selection or None)

    def open_palette(
        self,
        at: QPointF | None = None,
        *,
        source: End | None = None,
        target: End | None = None,
        wire: Wire | None = None,
    ) -> None:
        """Ask for a layer to add at a point of the canvas: behind `source`, before `target` or in `wire`."""
        self.placing.ask(at, source, target, wire)

    def center_on(self, node: str) -> None:
        """Bring a node to the middle of the view.

        Raises:
            KeyError: there is no such node.
        """
        self.camera.center_on(self._scene.node_rect(node))

    def node_ids(self) -> set[str]:
        """The nodes that are drawn."""
        return set(self._scene.nodes)

    def port_position(self, node: str, port: str) -> QPoint:
        """Where a port is in the viewport; an output if the node has one of this name, else an input.

        Raises:
            LookupError: there is no such port.
        """
        item = self._scene.nodes[node]
        point = item.port_point(port, output=True) or item.port_point(port, output=False)
        if point is None:
            raise LookupError(f"{node} has no port called {port}.")
        return self.camera.to_viewport(point).toPoint()

    def node_rect(self, node: str) -> QRect:
        """A node's rectangle in the viewport.

        Raises:
            KeyError: there is no such node.
        """
        rect = self._scene.node_rect(node)
        return QRectF(
            self.camera.to_viewport(rect.topLeft()), self.camera.to_viewport(rect.bottomRight())
        ).toRect()

    def export_picture(self, path: Path) -> None:
        """Write the whole graph as a picture, SVG or PNG by the name's ending.

        Raises:
            ValueError: another ending, or nothing to draw.
            OSError: the file cannot be written.
        """
        export_picture(self._scene, path)

    def begin_rename(self, node: str | None = None) -> None:
        """Edit the name of a node (of the selected one, if none is given) on the canvas."""
        chosen = node or (
            next(iter(self._store.selection)) if len(self._store.selection) == 1 else None
        )
        if chosen is None or chosen not in self._scene.nodes:
            return
        self.camera.reveal(self._scene.node_rect(chosen))
        rect = self.node_rect(chosen)
        rect.setHeight(round(30 * self.camera.zoom))
        top_left = self.viewport().mapTo(self, rect.topLeft())
        self._editor.begin(
            chosen, self._store.graph.nodes[chosen].name, QRect(top_left, rect.size())
        )

    @Slot(str, str)
    def rename(self, node: str, title: str) -> None:
        """Give a node a name, and what stands beside it the room, as one undo step."""
        shown = self._store.graph.nodes.get(node)
        if shown is not None and title.strip() != shown.name:
            ink = self._sight.ink
            self._store.edit(f"Rename {shown.name}", lambda graph: renamed(graph, node, title, ink))

    def show_fixes(self, node: str) -> None:
        """Mend the problem of a node: at once if there is one way, else from a menu of the ways."""
        bubble = self._scene.bubbles.items.get(node)
        if bubble is None or not bubble.problem.fixes:
            return
        fixes = bubble.problem.fixes
        if len(fixes) == 1:
            self.desk.apply(fixes[0])
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for fix in fixes:
            menu.addAction(fix.title, lambda fix=fix: self.desk.apply(fix))
        corner = self.camera.to_viewport(bubble.button.bottomLeft()).toPoint()
        menu.popup(self.viewport().mapToGlobal(corner))

    def event(self, event: QEvent) -> bool:
        """Around the viewport is the focus ring. With a style sheet Qt would paint all anew for each step of a pan."""
        if event.type() != QEvent.Type.Paint:
            return super().event(event)
        ink, painter = self._sight.ink, QPainter(self)
        painter.fillRect(self.rect(), ink.accent if self._ringed else ink.canvas)
        painter.end()
        return True

    def viewportEvent(self, event: QEvent) -> bool:
        """All of mouse and wheel goes to the hands, drags to the drops."""
        if self._hears and (self.hands.handle(event) or self._drops.handle(event)):
            return True
        return super().viewportEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """What is wrong stays in reach while the view moves."""
        super().scrollContentsBy(dx, dy)
        if self._hears:
            self._scene.bubbles.keep_in_view()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The same when the window takes room away."""
        super().resizeEvent(event)
        if self._hears:
            self.camera.keep_fit()  # a notice above the canvas takes its lowest row else
            self._scene.bubbles.keep_in_view()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that mean nothing here go on to the window."""
        if not self._keys.press(event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space let go."""
        if not self._keys.release(event):
            event.ignore()

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab opens the palette; Shift+Tab (and F6 in the window) leaves the canvas."""
        return False if next else super().focusNextPrevChild(next)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring to who got here by keys; a hand with a mouse knows where it is."""
        self._ringed = event.reason() in BY_KEYBOARD
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A key that is let go elsewhere is not heard."""
        self.hands.hold_space(held=False)
        self._ringed = False
        self.update()
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Near, Qt paints the items; far, all is painted from arrays, which takes no call of Python for each item."""
        if self.camera.zoom >= FAR_BELOW:
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        exposed = self.mapToScene(event.rect().adjusted(-1, -1, 1, 1)).boundingRect()
        painter.setTransform(self.viewportTransform())
        self.drawBackground(painter, exposed)
        places, ink = self._scene.places, self._sight.ink
        few = int(places.touched(self._visible()).sum()) <= FEW
        paint_far(painter, places, self._scene.far, exposed, ink, self.camera.zoom, fine=few)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.drawForeground(painter, exposed)
        painter.end()

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """The grid, or on an empty canvas how to begin."""
        paint_grid(painter, rect, self._sight)
        if not self._scene.nodes:
            paint_empty(painter, self._visible(), self._sight)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """What a gesture shows."""
        if self.hands.gesture is not None:
            self.hands.gesture.paint(painter)

    @Slot(object, object)
    def _sync(self, before: Document, after: Document) -> None:
        self.hands.cancel()
        self._scene.show_graph(after.main, self._store.report)
        if bool(before.main.nodes) != bool(after.main.nodes):
            self.viewport().update()

        self._came = frozenset(after.main.nodes.keys() - before.main.nodes.keys())

    @Slot(int)
    def _stepped(self, step: int) -> None:
        """Undo selects what it brings back."""
        back, self._step = step < self._step, step
        if back and self._came:
            self._store.select(self._came)
        self._came = frozenset()

    @Slot()
    def _frame(self) -> None:
        self.camera.fit()

    @Slot(object)
    def _show_selection(self, nodes: frozenset[str]) -> None:
        self._scene.show_selection(nodes)
        if self.camera.zoom < FAR_BELOW:
            self.viewport().update()

    def _set_up(self) -> None:
        self.setObjectName("canvas")
        self.setAccessibleName("Canvas")
        self.setAccessibleDescription(
            "The network as a graph of layers. Tab searches for a layer to add, "
            "arrows walk along the wires, Shift and arrows move what is selected."
        )
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewportMargins(RING, RING, RING, RING)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlags(
            QGraphicsView.OptimizationFlag.DontSavePainterState
            | QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing
        )
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.viewport().setMouseTracking(True)

    def _wire_by_keys(self, node: str) -> None:
        if outputs_of(self._store.graph, node):
            self.hands.begin(ChooseWire(self._bench, node))
        else:
            self.message.emit(f"{self._store.graph.nodes[node].phrase} has no output.")

    def _visible(self) -> QRectF:
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def _repaint(self, area: QRectF | None) -> None:
        if area is None:
            self.viewport().update()
            return
        corners = (
            self.camera.to_viewport(area.topLeft()),
            self.camera.to_viewport(area.bottomRight()),
        )
        self.viewport().update(QRectF(*corners).toAlignedRect().adjusted(-4, -4, 4, 4))
