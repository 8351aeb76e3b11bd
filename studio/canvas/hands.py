"""What the mouse and the wheel do on the canvas: which gesture a press starts, and what is hovered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QHelpEvent,
    QInputDevice,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip

from graphs import edits
from studio.canvas.bench import Pointer
from studio.canvas.context_menu import entries, show_menu
from studio.canvas.gestures.box import BoxSelect
from studio.canvas.gestures.cut import Cut
from studio.canvas.gestures.move import Move
from studio.canvas.gestures.pan import Pan
from studio.canvas.gestures.wire import DrawWire
from studio.canvas.hit import NOTHING, Hit, hit
from studio.canvas.wire_label import axes_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QGraphicsView

    from studio.canvas.bench import Bench
    from studio.canvas.desk import Desk
    from studio.canvas.gesture import Gesture

WHEEL_STEP = 1.0015
EDGE_PX, EDGE_MS, EDGE_STEP = 12, 16, 14


class Hands(QObject):
    """Turns events of the viewport into gestures. It is told nothing by the view but the events."""

    def __init__(
        self, view: QGraphicsView, bench: Bench, desk: Desk, show_fixes: Callable[[str], None]
    ) -> None:
        super().__init__(view)
        self._view, self._bench, self._desk, self._show_fixes = view, bench, desk, show_fixes
        self.gesture: Gesture | None = None
        self.wheel_zooms = True  # a setting: else the wheel scrolls, and zooms with Ctrl
        self.at = Pointer(QPointF(), QPointF())
        self._under = NOTHING
        self._button = Qt.MouseButton.NoButton
        self._space = False
        self._edge = QTimer(self)
        self._edge.setInterval(EDGE_MS)
        self._edge.timeout.connect(self._scroll_at_edge)
        kind = QEvent.Type
        self._answers: dict[QEvent.Type, Callable[..., bool]] = {
            kind.MouseButtonPress: self._press,
            kind.MouseMove: self._move,
            kind.MouseButtonRelease: self._release,
            kind.MouseButtonDblClick: self._double_click,
            kind.Wheel: self._wheel,
            kind.NativeGesture: self._pinch,
            kind.ToolTip: self._tell,
            kind.Leave: self._leave,
            kind.ContextMenu: self._menu,
        }

    def handle(self, event: QEvent) -> bool:
        """Answer an event of the viewport; false if it is not for hands."""
        answer = self._answers.get(event.type())
        return answer(event) if answer else False

    def cancel(self) -> bool:
        """Give up the gesture that is going on; false if there is none."""
        if self.gesture is None:
            return False
        gesture, self.gesture = self.gesture, None
        self._edge.stop()
        gesture.cancel()
        self._show_cursor()
        return True

    def begin(self, gesture: Gesture) -> None:
        """Let a gesture begin that no press starts."""
        self.cancel()
        self.gesture, self._button = gesture, Qt.MouseButton.NoButton
        gesture.start(self.at)

    def key(self, key: Qt.Key) -> None:
        """Offer a key to the gesture that is going on."""
        answer = self.gesture.key(key) if self.gesture is not None else ""
        if answer == "end" and self.gesture is not None:
            gesture, self.gesture = self.gesture, None
            gesture.end(self.at)

    def hold_space(self, *, held: bool) -> None:
        """While Space is held the left button pans."""
        self._space = held
        self._show_cursor()

    @property
    def inside(self) -> bool:
        """Whether the mouse is over the canvas, so that `at` means something."""
        return self._view.viewport().underMouse()

    def _pointer(self, event: QMouseEvent) -> Pointer:
        view = event.position()
        return Pointer(self._bench.camera.to_canvas(view), view, event.modifiers())

    def _press(self, event: QMouseEvent) -> bool:
        self.at = self._pointer(event)
        self._bench.tip.hide()
        if self.gesture is not None and self._button == Qt.MouseButton.NoButton:
            self.cancel()
        if self.gesture is not None:
            return True
        gesture = self._begun_by(event.button(), hit(self._bench.scene, self.at.canvas))
        if gesture is not None:
            self.gesture, self._button = gesture, event.button()
            gesture.start(self.at)
            self._show_cursor()
        return True

    def _begun_by(self, button: Qt.MouseButton, under: Hit) -> Gesture | None:
        bench = self._bench
        if button == Qt.MouseButton.MiddleButton or (
            button == Qt.MouseButton.LeftButton and self._space
        ):
            return Pan(bench)
        alt = self.at.holds(Qt.KeyboardModifier.AltModifier)
        if button == Qt.MouseButton.RightButton and alt:
            return Cut(bench)
        if button != Qt.MouseButton.LeftButton:
            return None
        if under.kind == "fix":
            self._show_fixes(under.node)
            return None
        if under.kind == "port":
            return DrawWire(bench, under)
        if under.kind == "node":
            return Move(bench, under.node)
        if under.kind == "bubble":
            bench.store.select({under.node})
            return None
        if under.wire is not None and alt:
            wire = under.wire
            bench.store.edit("Remove wire", lambda graph: edits.disconnect(graph, wire))
            return None
        return BoxSelect(bench)

    def _move(self, event: QMouseEvent) -> bool:
        self.at = self._pointer(event)
        if self.gesture is not None:
            self.gesture.move(self.at)
            inside = self._view.viewport().rect().adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
            if self.gesture.scrolls_at_edge and not inside.contains(self.at.view.toPoint()):
                self._edge.start()
            else:
                self._edge.stop()
        else:
            self._hover(hit(self._bench.scene, self.at.canvas))
        return True

    def _release(self, event: QMouseEvent) -> bool:
        if self.gesture is None or event.button() != self._button:
            return True
        self.at = self._pointer(event)
        gesture, self.gesture = self.gesture, None
        self._edge.stop()
        gesture.end(self.at)
        self._show_cursor()
        self._hover(hit(self._bench.scene, self.at.canvas))
        return True

    def _double_click(self, event: QMouseEvent) -> bool:
        self.at = self._pointer(event)
        under = hit(self._bench.scene, self.at.canvas)
        if event.button() != Qt.MouseButton.LeftButton:
            return True
        if under.kind == "empty":
            self._bench.open_palette(self.at.canvas)
        elif under.kind == "wire":
            self._bench.open_palette(self.at.canvas, wire=under.wire)
        elif under.kind == "node":
            self._bench.rename(under.node)
        return True

    def _wheel(self, event: QWheelEvent) -> bool:
        keys, camera = event.modifiers(), self._bench.camera
        pixels, angle = event.pixelDelta(), event.angleDelta()
        touchpad = event.device().type() == QInputDevice.DeviceType.TouchPad
        if keys & Qt.KeyboardModifier.ShiftModifier:
            camera.scroll(-(angle.x() or angle.y()), 0)
        elif (touchpad or not self.wheel_zooms) and not keys & Qt.KeyboardModifier.ControlModifier:
            steps = angle if pixels.isNull() else pixels
            camera.scroll(-steps.x(), -steps.y())
        else:
            camera.zoom_at(event.position(), camera.zoom * WHEEL_STEP ** (angle.y() or angle.x()))
        event.accept()
        return True

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        camera = self._bench.camera
        camera.zoom_at(event.position(), camera.zoom * (1.0 + event.value()))
        return True

    def _tell(self, event: QHelpEvent) -> bool:
        words = self._words(hit(self._bench.scene, self._bench.camera.to_canvas(event.pos())))
        if words:
            QToolTip.showText(event.globalPos(), words, self._view.viewport())
        else:
            QToolTip.hideText()
        return True

    def _menu(self, event: QContextMenuEvent) -> bool:
        if self.gesture is not None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return True
        scene, store = self._bench.scene, self._bench.store
        view = QPointF(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard and store.selection:
            node = next(iter(store.selection))
            view = self._bench.camera.to_viewport(scene.node_rect(node).center())
        self.at = Pointer(self._bench.camera.to_canvas(view), view)
        under = hit(scene, self.at.canvas)
        if under.node and under.node not in store.selection:
            store.select({under.node})
        self._bench.tip.hide()
        lines = entries(under, self.at, self._bench, self._desk)
        show_menu(lines, self._view, self._view.viewport().mapToGlobal(view.toPoint()))
        return True

    def _leave(self, event: QEvent) -> bool:
        self._hover(NOTHING)
        return False

    def _words(self, under: Hit) -> str:
        scene = self._bench.scene
        if under.kind == "fix":
            return "\n".join(fix.title for fix in scene.bubbles.items[under.node].problem.fixes)
        if under.kind == "bubble":
            return scene.bubbles.items[under.node].problem.message
        if under.kind == "node":
            item = scene.nodes[under.node]
            problems = "\n".join(problem.message for problem in scene.problems.get(under.node, ()))
            return "\n".join(
                filter(None, (item.look.name if item.look and item.elided else "", problems))
            )
        if under.kind == "port":
            known = self._bench.store.report.shapes.nodes[under.node]
            spec = (known.outputs if under.output else known.inputs).get(under.port)
            return f"{under.port}: {axes_words(spec)}" if spec else under.port
        return ""

    def _hover(self, under: Hit) -> None:
        if under == self._under:
            return
        scene = self._bench.scene
        for each, hovered in ((self._under, False), (under, True)):
            item = scene.wires.get(each.wire) if each.wire else None
            if item is not None:
                item.mark(hovered=hovered)
            if each.kind == "port" and each.node in scene.nodes:
                scene.nodes[each.node].update()
            if each.kind in ("fix", "bubble") and each.node in scene.bubbles.items:
                scene.bubbles.items[each.node].light(hovered and each.kind == "fix")
        scene.sight.hovered_port = (
            (under.node, under.port, under.output) if under.kind == "port" else None
        )
        scene.hover(under.node or None)
        told, self._under = self._under.wire is not None, under
        if under.wire is not None and under.wire in scene.wires:
            item = scene.wires[under.wire]
            names = (scene.graph.nodes[end.node].name for end in under.wire)
            carries = axes_words(item.spec) if item.spec else "not known yet"
            self._bench.tip.show_at(self.at.view, f"{' → '.join(names)}\n{carries}")
        elif told:  # a refusal stays until the next press
            self._bench.tip.hide()
        self._show_cursor()

    def _show_cursor(self) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self.gesture is not None:
            shape = self.gesture.cursor
        elif self._space:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._under.kind == "port":
            shape = Qt.CursorShape.CrossCursor
        elif self._under.kind == "fix":
            shape = Qt.CursorShape.PointingHandCursor
        if self._view.viewport().cursor().shape() != shape:
            self._view.viewport().setCursor(QCursor(shape))

    def _scroll_at_edge(self) -> None:
        if self.gesture is None:
            self._edge.stop()
            return
        rect, at = self._view.viewport().rect(), self.at.view
        dx = EDGE_STEP * ((at.x() > rect.right() - EDGE_PX) - (at.x() < rect.left() + EDGE_PX))
        dy = EDGE_STEP * ((at.y() > rect.bottom() - EDGE_PX) - (at.y() < rect.top() + EDGE_PX))
        self._bench.camera.scroll(dx, dy)
        self.at = Pointer(self._bench.camera.to_canvas(at), at, self.at.keys)
        self.gesture.move(self.at)
