"""The sentence about a problem below its node, and the button with the ways out."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem

from studio.canvas.geometry import RADIUS
from studio.canvas.ink import pen
from studio.canvas.marks import paint_badge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtGui import QFont, QFontMetricsF, QPainter
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

    from graphs.rule import Problem
    from studio.canvas.node_item import NodeItem
    from studio.canvas.sight import Sight

WIDTH, LINES, BUTTON_LINES = 276.0, 4, 3
BELOW, PAD = 10.0, 9.0
BUTTON_HEIGHT = 22.0
BUBBLES_FROM_ZOOM = 0.5
EDGE_PX = 6.0
"""How far a bubble stays from the edge of the viewport."""


class BubbleItem(QGraphicsRectItem):
    """Hangs on a node's item, so that it moves with it."""

    def __init__(
        self,
        node: NodeItem,
        problem: Problem,
        sight: Sight,
        covers: Callable[[QRectF], bool],
        seen: QRectF,
        others: tuple[QRectF, ...] = (),
    ) -> None:
        super().__init__(node)
        self.problem, self._sight, self._node = problem, sight, node
        self._covers = covers
        self.hovered_button = False
        self.node_height = node.box.height
        ink = sight.ink
        room = WIDTH - 2 * PAD - 24.0
        self.lines, self.elided = broken(problem.message, (ink.row_font, ink.row_metrics), room)
        self._line = ink.row_metrics.height()
        strong = ink.strong_font, ink.strong_metrics
        words = [""]
        if problem.fixes:
            words, _ = broken(self._wanted_text, strong, room - 18.0, BUTTON_LINES)
        self.button_text = "\n".join(words)
        tall = BUTTON_HEIGHT + (len(words) - 1) * ink.strong_metrics.height()
        height = PAD * 2 + self._line * len(self.lines) + ((tall + 6.0) if problem.fixes else 0.0)
        self._body, self._stem = self._spot(height, covers, seen, others)
        self._button = QRectF(
            self._body.left() + PAD + 22.0,
            self._body.bottom() - PAD - tall + 2.0,
            max(ink.strong_metrics.horizontalAdvance(each) for each in words) + 20.0,
            tall,
        )
        self.keep_in(seen)
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption, enabled=False)

    @property
    def _wanted_text(self) -> str:
        """One fix is named on the button; several open a menu."""
        fixes = self.problem.fixes
        return "" if not fixes else fixes[0].title if len(fixes) == 1 else f"Fix… ({len(fixes)})"

    @property
    def frame(self) -> QRectF:
        """Its rectangle on the canvas, and the way there from the node, so that a hand can get to the button."""
        return self._reach.translated(self._node.pos() + self.pos())

    @property
    def home(self) -> QRectF:
        """Its rectangle on the canvas where the whole of it is in view."""
        return (self._body | _around(self._stem)).translated(self._node.pos())

    @property
    def body(self) -> QRectF:
        """Its rectangle on the canvas where it is now, without the way to it."""
        return self._body.translated(self._node.pos() + self.pos())

    def keep_in(self, seen: QRectF) -> None:
        """Move into the part of the canvas that is seen, as long as its node is there: the button must be in reach."""
        body, dx, dy = self._body.translated(self._node.pos()), 0.0, 0.0
        if self._sight.zoom >= BUBBLES_FROM_ZOOM and seen.intersects(self._node.frame):
            edge = EDGE_PX / self._sight.zoom
            room = seen.adjusted(edge, edge, -edge, -edge)
            dx = max(min(room.right() - body.right(), 0.0), room.left() - body.left())
            dy = max(min(room.bottom() - body.bottom(), 0.0), room.top() - body.top())
            over = body.translated(dx, -BELOW - self._body.bottom())
            if dy < 0.0 < self._body.top() and over.top() >= room.top() and not self._covers(over):
                dy = over.top() - body.top()  # rather above the node than on it
        if (dx, dy) != (self.x(), self.y()) or self.rect().isNull():
            self.setPos(dx, dy)
            self.setRect(self._reach.adjusted(-2, -2, 2, 2))

    @property
    def _tie(self) -> QLineF:
        """The line from the node to where the bubble is now."""
        if self._body.bottom() + self.y() < 0.0 < self._body.top():  # it went above the node
            start, end = QPointF(self._stem.x1(), -1.0) - self.pos(), self._body.bottomLeft()
        else:
            start, end = self._stem.p1() - self.pos(), self._stem.p2()
        if self._stem.x1() == self._stem.x2():  # upright, as far as the bubble reaches
            left, right = self._body.left() + RADIUS, self._body.right() - RADIUS
            end.setX(min(max(start.x(), left), right))
        return QLineF(start, end)

    @property
    def _reach(self) -> QRectF:
        return self._body | _around(self._tie)

    def _spot(
        self,
        height: float,
        covers: Callable[[QRectF], bool],
        seen: QRectF,
        others: tuple[QRectF, ...],
    ) -> tuple[QRectF, QLineF]:
        """Below the node, or where it covers no other: above, or beside; and the line that ties it to the node.

        Rather one where it covers no other bubble either, below that if need be.
        """
        box, x = self._node.box, PAD + 8.0
        below = (
            QRectF(0.0, box.height + BELOW, WIDTH, height),
            QLineF(x, box.height + 1.0, x, box.height + BELOW),
        )
        above = QRectF(0.0, -BELOW - height, WIDTH, height), QLineF(x, -1.0, x, -BELOW)
        middle = 15.0
        beside = (
            QRectF(box.width + 2 * BELOW, 0.0, WIDTH, height),
            QLineF(box.width + 1.0, middle, box.width + 2 * BELOW, middle),
        )
        lowest = max((other.bottom() for other in others), default=0.0) - self._node.y()
        top = max(box.height, lowest) + BELOW
        lower = QRectF(0.0, top, WIDTH, height), QLineF(x, box.height + 1.0, x, top)
        spots = [
            (spot, spot[0].translated(self._node.pos())) for spot in (below, above, beside, lower)
        ]
        free = [(spot, rect) for spot, rect in spots if not covers(rect)]
        whole = [each for each in free if seen.isNull() or _high_enough(each[1], seen)]
        clear = [each for each in whole if not any(each[1].intersects(other) for other in others)]
        return next((spot for spot, _ in (*clear, *whole, *free)), below)

    @property
    def button(self) -> QRectF:
        """The button's rectangle on the canvas."""
        return self._button.translated(self._node.pos() + self.pos())

    def light(self, on: bool) -> None:
        """Draw the button as the one under the mouse."""
        if on is not self.hovered_button:
            self.hovered_button = on
            self.update()

    def button_contains(self, point: QPointF) -> bool:
        """Whether a point of the canvas is on the button."""
        return bool(self.problem.fixes) and self.button.contains(point)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the sentence and its button; far away there is only the node's badge."""
        if self._sight.zoom < BUBBLES_FROM_ZOOM:
            return
        ink, severity, body = self._sight.ink, self.problem.severity, self._body
        color = ink.error if severity == "error" else ink.warning
        painter.setPen(pen(color, 1.4))
        painter.drawLine(self._tie)
        painter.setBrush(ink.bubble[severity])
        painter.drawRoundedRect(body, RADIUS, RADIUS)
        paint_badge(
            painter,
            QPointF(body.left() + PAD + 8.0, body.top() + PAD + self._line / 2 + 1.0),
            severity,
            ink,
            radius=7.0,
        )
        painter.setFont(ink.row_font)
        painter.setPen(ink.text)
        for number, line in enumerate(self.lines):
            painter.drawStaticText(
                QPointF(body.left() + PAD + 22.0, body.top() + PAD + number * self._line),
                ink.static(line, ink.row_font),
            )
        if self.problem.fixes:
            painter.setPen(pen(ink.accent, 1.2))
            painter.setBrush(ink.accent if self.hovered_button else ink.node)
            painter.drawRoundedRect(self._button, 5.0, 5.0)
            painter.setFont(ink.strong_font)
            painter.setPen(ink.node.color() if self.hovered_button else ink.accent)
            painter.drawText(self._button, Qt.AlignmentFlag.AlignCenter, self.button_text)


def _around(line: QLineF) -> QRectF:
    """The way along a line, wide enough for a hand."""
    return QRectF(line.p1(), line.p2()).normalized().adjusted(-10.0, -1.0, 10.0, 1.0)


def _high_enough(rect: QRectF, seen: QRectF) -> bool:
    """Whether a rectangle is cut by neither the top nor the bottom of what is seen."""
    return seen.top() <= rect.top() and rect.bottom() <= seen.bottom()


def broken(
    text: str, face: tuple[QFont, QFontMetricsF], width: float, most: int = LINES
) -> tuple[list[str], bool]:
    """A text in this font broken into at most so many lines, the last elided; and whether it was."""
    font, metrics = face
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    ends: list[int] = []
    while len(ends) < most:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        ends.append(line.textStart())
    layout.endLayout()
    lines = [text[start:end].rstrip() for start, end in pairwise((*ends, len(text)))]
    last = lines[-1]
    lines[-1] = metrics.elidedText(last, Qt.TextElideMode.ElideRight, width)
    return lines, lines[-1] != last


class Bubbles:
    """The bubbles that are shown now, by node."""

    def __init__(self, sight: Sight, covers: Callable[[QRectF], bool]) -> None:
        self._sight, self._covers = sight, covers
        self.items: dict[str, BubbleItem] = {}
        self.seen: Callable[[], QRectF] = QRectF
        """The part of the canvas that is in view; nothing where nobody looks."""

    def keep_in_view(self) -> None:
        """Follow the view."""
        if self.items:
            seen = self.seen()
            for bubble in self.items.values():
                bubble.keep_in(seen)

    def show(self, wanted: Iterable[tuple[NodeItem, Problem]], *, anew: bool = False) -> None:
        """Show these and no others; the ones that say the same stay."""
        due = {item.node_id: (item, problem) for item, problem in wanted}
        for node, bubble in list(self.items.items()):
            stays = (
                node in due
                and due[node][1] == bubble.problem
                and bubble.parentItem() is due[node][0]
            )
            if anew or not stays or bubble.node_height != due[node][0].box.height:
                self.drop(node)
        for level, (node, (item, problem)) in enumerate(due.items()):
            if node not in self.items:
                others = tuple(each.body for each in self.items.values())
                self.items[node] = BubbleItem(
                    item, problem, self._sight, self._covers, self.seen(), others
                )
            item.setZValue(3.0 + level / 4)  # the one that a hand points at lies on top

    def drop(self, node: str) -> None:
        """Take one away."""
        bubble = self.items.pop(node, None)
        if bubble is None:
            return
        parent = bubble.parentItem()
        if parent is not None:
            parent.setZValue(1.0)
        bubble.setParentItem(None)
        if bubble.scene() is not None:
            bubble.scene().removeItem(bubble)
