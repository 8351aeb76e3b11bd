"""Where the canvas is looked at from: zoom at a point, fit, centre, scroll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QTransform

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QGraphicsView

    from studio.canvas.scene import Scene

NEAREST, FARTHEST = 3.0, 0.05
FIT_FARTHEST = 0.002
"""However long the graph is, fitting shows the whole of it."""

STEP = 1.2
FIT_MARGIN = 48.0
FIT_AT_MOST = 1.0
"""Fitting a small graph does not blow it up."""


class Camera:
    """Moves the view over the scene; the zoom is told to all who paint."""

    def __init__(self, view: QGraphicsView, scene: Scene) -> None:
        self._view, self._scene = view, scene
        self._fitted: tuple[object, ...] | None = None

    @property
    def zoom(self) -> float:
        """Screen pixels to a canvas pixel."""
        return self._scene.sight.zoom

    def zoom_at(self, point: QPointF, zoom: float) -> None:
        """Take this zoom and keep what is under a point of the viewport there."""
        zoom = min(max(zoom, min(FARTHEST, self.zoom)), NEAREST)  # fitting may have gone farther
        if zoom == self.zoom:
            return
        here = self.to_canvas(point)
        self._set_zoom(zoom)
        moved = self.to_viewport(here) - point
        self.scroll(moved.x(), moved.y())

    def zoom_in(self) -> None:
        """One step nearer to the middle of the view."""
        self.zoom_at(self._middle(), self.zoom * STEP)

    def zoom_out(self) -> None:
        """One step farther from the middle of the view."""
        self.zoom_at(self._middle(), self.zoom / STEP)

    def actual_size(self) -> None:
        """One canvas pixel for one screen pixel."""
        self.zoom_at(self._middle(), 1.0)

    def fit(self) -> None:
        """Show the whole graph."""
        self.show_nodes(None)
        self._fitted = self._stand()

    @property
    def is_fitted(self) -> bool:
        """Whether the whole graph was fitted, and nobody has looked elsewhere or changed it since."""
        return self._fitted is not None and self._fitted == self._stand()

    def keep_fit(self) -> None:
        """Show the whole graph in a view of another size, if it was fitted."""
        if self.is_fitted:
            self.fit()

    def show_nodes(self, nodes: Iterable[str] | None) -> None:
        """Show these nodes, or all, as large as they fit."""
        bounds = self._scene.bounds(nodes)
        if bounds is None:
            self._set_zoom(1.0)
            self._view.centerOn(0.0, 0.0)
            return
        size = self._view.viewport().size()
        zoom = min(
            (size.width() - FIT_MARGIN) / max(bounds.width(), 1.0),
            (size.height() - FIT_MARGIN) / max(bounds.height(), 1.0),
            FIT_AT_MOST,
        )
        self._set_zoom(max(zoom, FIT_FARTHEST))
        self._view.centerOn(bounds.center())

    def center_on(self, rect: QRectF) -> None:
        """Bring a rectangle of the canvas to the middle, at a zoom at which it can be read."""
        if self.zoom < 0.7:
            self._set_zoom(1.0)
        self._view.centerOn(rect.center())

    def reveal(self, rect: QRectF) -> None:
        """Scroll just as far as is needed to see a rectangle of the canvas."""
        self._view.ensureVisible(rect, 24, 24)

    def reveal_all(self, rects: list[QRectF], *, whole_seen: bool = False) -> None:
        """The same for several at once: as many as there is room for, from the left; not at all if all are seen.

        With `whole_seen` the whole graph was, and is again.
        """
        if whole_seen and rects:
            self.fit()
            return
        seen = self._view.mapToScene(self._view.viewport().rect()).boundingRect()
        if all(seen.contains(rect) for rect in rects):
            return
        whole = QRectF()
        for rect in sorted(rects, key=QRectF.left):
            wider = whole | rect
            if whole.isNull() or (
                wider.width() <= seen.width() and wider.height() <= seen.height()
            ):
                whole = wider
        self.reveal(whole)

    def scroll(self, dx: float, dy: float) -> None:
        """Look further to the right and down, in screen pixels."""
        across, down = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        across.setValue(across.value() + round(dx))
        down.setValue(down.value() + round(dy))

    def to_canvas(self, point: QPointF | QPoint) -> QPointF:
        """The canvas point under a point of the viewport."""
        across, down = (
            self._view.horizontalScrollBar().value(),
            self._view.verticalScrollBar().value(),
        )
        return QPointF((point.x() + across) / self.zoom, (point.y() + down) / self.zoom)

    def to_viewport(self, point: QPointF) -> QPointF:
        """The viewport point where a canvas point is seen."""
        across, down = (
            self._view.horizontalScrollBar().value(),
            self._view.verticalScrollBar().value(),
        )
        return QPointF(point.x() * self.zoom - across, point.y() * self.zoom - down)

    def _stand(self) -> tuple[object, ...]:
        """Where it looks from, and at how much."""
        across, down = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        return self.zoom, across.value(), down.value(), self._scene.bounds(None)

    def _middle(self) -> QPointF:
        return QPointF(self._view.viewport().rect().center())

    def _set_zoom(self, zoom: float) -> None:
        self._scene.sight.zoom = zoom
        self._view.setTransform(QTransform.fromScale(zoom, zoom))
        self._scene.bubbles.keep_in_view()
