"""How long a redraw of live curves takes: of ten thousand and of a million points, with 60 new points each time.

Prints milliseconds of processor time (median, 95th of a hundred) of what the panel does, of painting, and of both; and
beside them what a plain Qt polyline takes for the points that the panel draws and for all of them, and pyqtgraph's own
PlotWidget for the same line, whole and with its automatic downsampling.
Run it with: python -m tests.benchmarks.bench_curves
"""

from __future__ import annotations

import os
import sys
import time

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QApplication

from lightning_modules.events import EpochEnded, Started, Steps
from studio.looks.theme import LIGHT
from studio.panels.curves import CurvesPanel
from studio.store import Store
from studio.training import Trainer

ROUNDS, NEW_POINTS = 100, 60
SIZE = (1200, 500)


def losses(count: int) -> np.ndarray:
    """A loss that falls, with noise."""
    steps = np.arange(count)
    noise = np.random.default_rng(0).normal(0, 0.2, count)
    return 2 * np.exp(-steps / (count / 4)) + 0.1 + np.abs(noise)


def words(times_s: list[float]) -> str:
    """Median and 95th percentile in milliseconds."""
    return f"{1e3 * float(np.median(times_s)):6.1f} ms (p95 {1e3 * float(np.percentile(times_s, 95)):.1f})"


def ours(count: int, smoothing: int) -> None:
    """A run of this length in the panel, growing."""
    panel = CurvesPanel(Store(), LIGHT, Trainer())
    panel.resize(*SIZE)
    panel.show()
    QApplication.processEvents()
    panel.bar.slider.setValue(smoothing)
    values = losses(count + ROUNDS * NEW_POINTS)
    per_epoch = max(count // 50, 1)
    panel.take(Started("", "", "cpu", 60, per_epoch, 0, 1, {}, 0, 1))
    panel.take(Steps("learn", 1, tuple(values[:count].tolist()), 0.001, 1.0))
    for epoch in range(1, 51):
        panel.take(
            EpochEnded(
                epoch,
                epoch * per_epoch,
                {"train_loss": 1 / epoch, "val_loss": 1.1 / epoch},
                True,
                1.0,
            )
        )
    panel.redraw()
    QApplication.processEvents()
    redraws, paints, both = [], [], []
    for index in range(ROUNDS):
        at = count + index * NEW_POINTS
        began = time.thread_time()
        panel.take(Steps("learn", at + 1, tuple(values[at : at + NEW_POINTS].tolist()), 0.001, 1.0))
        panel.redraw()
        drawn = time.thread_time()
        panel.view.viewport().repaint()
        done = time.thread_time()
        redraws.append(drawn - began)
        paints.append(done - drawn)
        both.append(done - began)
    title = f"{count:>9,} points, smoothing {smoothing / 100:.2f}"
    print(f"{title}: panel {words(redraws)}, painting {words(paints)}, both {words(both)}")
    drawn_points = max(panel.view.plots["loss"].drawn().values(), key=lambda line: len(line[0]))
    panel.deleteLater()
    if not smoothing:
        plain("the points drawn", *drawn_points)
        plain("all points", np.arange(count, dtype=float), values[:count])


def plain(what: str, x: np.ndarray, y: np.ndarray) -> None:
    """What Qt takes for these points as one line on white, without axes."""
    width, height = SIZE
    across = (x - x.min()) / np.ptp(x) * width
    down = height - (y - y.min()) / np.ptp(y) * height
    line = QPolygonF([QPointF(*each) for each in zip(across, down, strict=True)])
    image = QImage(width, height, QImage.Format.Format_RGB32)
    times = []
    for _ in range(20):
        began = time.thread_time()
        painter = QPainter(image)
        painter.fillRect(image.rect(), Qt.GlobalColor.white)
        painter.setPen(QPen(QColor("blue"), 1))
        painter.drawPolyline(line)
        painter.end()
        times.append(time.thread_time() - began)
    print(f"{len(x):>9,} points, a plain Qt polyline of {what}: {words(times)}")


def theirs(count: int, *, downsample: bool) -> None:
    """The same line in a PlotWidget as it comes."""
    plot = pg.PlotWidget()
    plot.resize(*SIZE)
    plot.show()
    QApplication.processEvents()
    values = losses(count + NEW_POINTS * 10)
    steps = np.arange(len(values))
    curve = plot.plot(pen=pg.mkPen("b", width=1))
    if downsample:
        curve.setDownsampling(auto=True, method="peak")
        curve.setClipToView(True)
    times = []
    for index in range(10):
        end = count + index * NEW_POINTS
        began = time.thread_time()
        curve.setData(steps[:end], values[:end])
        plot.viewport().repaint()
        times.append(time.thread_time() - began)
    how = "with automatic downsampling" if downsample else "as it comes"
    print(f"{count:>9,} points, pyqtgraph {how}: {words(times)}")
    plot.deleteLater()


def main() -> int:
    """Print all of it."""
    application = QApplication.instance() or QApplication([])
    for count in (10_000, 1_000_000):
        for smoothing in (0, 90):
            ours(count, smoothing)
        theirs(count, downsample=True)
        theirs(count, downsample=False)
    application.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main())
