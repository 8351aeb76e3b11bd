"""Predicted against true numbers: on the diagonal an answer is right."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from lightning_modules.events import Evaluated
from studio.curves.chart import WIDE_AXIS_PX, Chart
from studio.looks.theme import Theme


class ScatterView(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Draws up to 2,000 pairs and the diagonal."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Predicted against true values")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.chart = Chart()
        self.chart.left.setLabel("predicted")
        self.chart.left.setWidth(WIDE_AXIS_PX)
        self.chart.bottom.setLabel("true")
        self.addItem(self.chart)
        self._diagonal = pg.InfiniteLine(pos=(0, 0), angle=45)
        self.points = pg.ScatterPlotItem(size=6, pen=None)
        self.chart.box.addItem(self._diagonal, ignoreBounds=True)
        self.chart.box.addItem(self.points, ignoreBounds=True)
        self.set_theme(theme)

    def minimumSizeHint(self) -> QSize:
        """Small enough for any dock."""
        return QSize(150, 120)

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self.setBackground(theme.base)
        self.chart.restyle(theme)
        color = QColor(theme.series[0])
        color.setAlphaF(0.6)
        self.points.setBrush(color)
        self._diagonal.setPen(pg.mkPen(theme.muted_text, width=1.2, style=Qt.PenStyle.DashLine))

    def show_result(self, result: Evaluated) -> None:
        """Show the pairs of a result; those that are not finite are left out."""
        target, predicted = np.array(result.target), np.array(result.predicted)
        kept = np.isfinite(target) & np.isfinite(predicted)
        self.points.setData(target[kept], predicted[kept])
        self.setAccessibleDescription(
            f"{int(kept.sum())} points; on the diagonal an answer is right."
        )
        if kept.any():
            both = np.concatenate([target[kept], predicted[kept]])
            room = 0.05 * float(np.ptp(both)) or 1.0
            span = (float(both.min()) - room, float(both.max()) + room)
            self.chart.box.setRange(xRange=span, yRange=span, padding=0)
