"""Plots of an assessment: ROC, precision and recall, calibration, and the errors of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.curves.chart import WIDE_AXIS_PX, Chart
from studio.looks.theme import Theme
from studio.value_words import number_words

if TYPE_CHECKING:
    from lightning_modules.assessment import Assessment

Plot: TypeAlias = Literal["roc", "precision", "calibration", "residuals", "errors"]

AXES: dict[Plot, tuple[str, str]] = {
    "roc": ("others taken for it", "share found"),
    "precision": ("recall", "precision"),
    "calibration": ("how sure the answers were", "share right"),
    "residuals": ("predicted", "error"),
    "errors": ("error (predicted minus true)", "answers"),
}
"""What stands along the bottom and the left side."""

HISTOGRAM_BINS = 30
LEAST_LIST_PX, LIST_WIDTH_PX = 60, 170
MOST_LISTED = 200


class AnswerPlot(QWidget):
    """One kind of plot; curves of classes have a list beside them, in which choosing one brings it forward."""

    def __init__(self, kind: Plot, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind, self._theme = kind, theme
        self._found: Assessment | None = None
        self.view = pg.GraphicsLayoutWidget()
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.view.setMinimumSize(QSize(120, 110))
        self.chart = Chart()
        self.chart.bottom.setLabel(AXES[kind][0])
        self.chart.left.setLabel(AXES[kind][1])
        if kind in ("residuals", "errors"):
            self.chart.left.setWidth(WIDE_AXIS_PX)
        self.chart.box.setMouseEnabled(x=False, y=False)
        self.view.addItem(self.chart)
        self.list = QListWidget()
        self.list.setAccessibleName("Classes and their areas")
        self.list.setVisible(kind in ("roc", "precision"))
        self.list.itemSelectionChanged.connect(self._emphasise)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self._lines: list[pg.PlotCurveItem] = []
        row = QHBoxLayout()
        row.addWidget(self.view, 1)
        row.addWidget(self.list)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addLayout(row, 1)
        whole.addWidget(self.words)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self.view.setBackground(theme.base)
        self.chart.restyle(theme)
        self.words.setStyleSheet(f"color: {theme.muted_text};")
        if self._found is not None:
            self.show_found(self._found)

    def show_found(self, found: Assessment) -> None:
        """Draw what was measured."""
        self._found = found
        self.chart.box.clear()
        self._lines = []
        if self.kind in ("roc", "precision"):
            self._draw_classes(found)
        elif self.kind == "calibration":
            self._draw_calibration(found)
        else:
            self._draw_errors(found)
        self.view.setAccessibleDescription(self.words.text())

    def _draw_classes(self, found: Assessment) -> None:
        curves = found.roc if self.kind == "roc" else found.precision_recall
        if self.kind == "roc":
            self._line((0, 1), (0, 1), self._theme.muted_text, 1.2, dashed=True)
        self.list.clear()
        for index, each in enumerate(curves[:MOST_LISTED]):
            color = self._theme.series[index % len(self._theme.series)]
            self._lines.append(self._line(each.x, each.y, color, 1.6))
            mark = QPixmap(10, 10)
            mark.fill(QColor(color))
            item = QListWidgetItem(QIcon(mark), f"{each.name}  {each.area:.3f}")
            item.setToolTip(f"{each.name}: area {each.area:.4f}; guessing reaches {each.base:.3f}")
            self.list.addItem(item)
        self._fit_list()
        self.chart.box.setRange(xRange=(0, 1), yRange=(0, 1), padding=0.03)
        name = "roc_auc" if self.kind == "roc" else "average_precision"
        if name not in found.values:
            self.words.setText(
                "There is no class with samples of it and of others to draw a curve for."
            )
        elif self.kind == "roc":
            self.words.setText(
                f"Mean area {found.values[name]:.4f}, each class against the rest; dashed: guessing."
            )
        else:
            self.words.setText(
                f"Mean average precision {found.values[name]:.4f}, each class against the rest."
            )

    def _fit_list(self) -> None:
        """Give the names what they want, and the rest to the plot."""
        bar = self.list.verticalScrollBar().sizeHint().width() + 2 * self.list.frameWidth()
        wanted = max(self.list.sizeHintForColumn(0), 0) + bar
        self.list.setFixedWidth(min(max(wanted, LEAST_LIST_PX), LIST_WIDTH_PX))

    def _draw_calibration(self, found: Assessment) -> None:
        self._line((0, 1), (0, 1), self._theme.muted_text, 1.2, dashed=True)
        most = max((each.count for each in found.calibration), default=1)
        bars = pg.BarGraphItem(
            x=[each.confidence for each in found.calibration],
            height=[each.accuracy for each in found.calibration],
            width=[0.02 + 0.06 * each.count / most for each in found.calibration],
            brush=self._theme.series[0],
            pen=None,
        )
        self.chart.box.addItem(bars, ignoreBounds=True)
        self.chart.box.setRange(xRange=(0, 1), yRange=(0, 1), padding=0.03)
        error = found.values.get("calibration_error", 0.0)
        self.words.setText(
            f"ECE {error:.4f}: how sure and how often right differ by {100 * error:.1f} points on average; "
            "below the dashed line answers were too sure."
        )

    def _draw_errors(self, found: Assessment) -> None:
        target, predicted = np.array(found.target), np.array(found.predicted)
        error = predicted - target
        if not len(error):
            self.words.setText("None of the answers is a finite number.")
            return
        if self.kind == "residuals":
            color = QColor(self._theme.series[0])
            color.setAlphaF(0.6)
            points = pg.ScatterPlotItem(predicted, error, size=6, pen=None, brush=color)
            self.chart.box.addItem(points, ignoreBounds=True)
            self._line(_span(predicted), (0, 0), self._theme.muted_text, 1.2, dashed=True)
            self.chart.box.setRange(xRange=_span(predicted), yRange=_span(error), padding=0)
        else:
            counts, edges = np.histogram(error, HISTOGRAM_BINS)
            bars = pg.BarGraphItem(
                x0=edges[:-1], x1=edges[1:], height=counts, brush=self._theme.series[0], pen=None
            )
            self.chart.box.addItem(bars, ignoreBounds=True)
            top = float(counts.max())
            self._line((0, 0), (0, top), self._theme.muted_text, 1.2, dashed=True)
            self.chart.box.setRange(xRange=_span(error), yRange=(0, top * 1.05), padding=0)
        values = found.values
        r2 = f", R2 {values['r2']:.4f}" if "r2" in values else ""
        self.words.setText(
            f"MAE {number_words(values['mae'])}, RMSE {number_words(values['rmse'])}{r2}; "
            f"bias {number_words(values['bias'])}."
        )

    def _line(
        self,
        x: tuple[float, ...],
        y: tuple[float, ...],
        color: str,
        width: float,
        *,
        dashed: bool = False,
    ) -> pg.PlotCurveItem:
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        line = pg.PlotCurveItem(
            np.array(x), np.array(y), pen=pg.mkPen(color, width=width, style=style), antialias=True
        )
        self.chart.box.addItem(line, ignoreBounds=True)
        return line

    @Slot()
    def _emphasise(self) -> None:
        chosen = {index.row() for index in self.list.selectedIndexes()}
        for index, line in enumerate(self._lines):
            color = QColor(self._theme.series[index % len(self._theme.series)])
            if chosen and index not in chosen:
                color.setAlphaF(0.15)
            line.setPen(pg.mkPen(color, width=3.0 if index in chosen else 1.6))
            line.setZValue(1 if index in chosen else 0)


def _span(values: np.ndarray) -> tuple[float, float]:
    room = 0.05 * float(np.ptp(values)) or 1.0
    return float(values.min()) - room, float(values.max()) + room
