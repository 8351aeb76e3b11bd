"""Curves and pictures of them as files: numbers as CSV, what is on the screen as PNG and SVG."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsView

from studio.arrays import np
from studio.curves.legend_entries import paint_entry, paint_level
from studio.curves.run import RunCurves
from studio.curves.style import Style
from studio.looks.theme import Theme
from studio.value_words import number_words

PNG_SCALE = 2
LEGEND_ROW_PX = 22
LEGEND_ENTRY_PX = 280


def write_csv(run: RunCurves, path: Path) -> None:
    """A row for each step that has a value: step, epoch (with its fraction), then a column for each curve.

    Numbers have all their digits, so that reading gives the same floats; where a curve has no value at a
    step, the field is empty. Values that were no finite number are written as "nan".

    Raises:
        OSError: the file cannot be written.
    """
    series = list(run.curves.values())
    steps = np.unique(
        np.concatenate(
            [np.array(each.not_finite, dtype=np.float64) for each in series]
            + [each.x for each in series]
        )
    )
    columns: list[list[str]] = []
    for each in series:
        column = np.full(len(steps), "", dtype=object)
        column[np.searchsorted(steps, each.not_finite)] = "nan"
        column[np.searchsorted(steps, each.x)] = [repr(value) for value in each.y.tolist()]
        columns.append(column.tolist())
    epochs = [repr(value) for value in (steps / run.steps_per_epoch).tolist()]
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["step", "epoch", *(run.title(key) for key in run.curves)])
        rows.writerows(zip(map(int, steps.tolist()), epochs, *columns, strict=True))


def write_picture(path: Path, size: QSize, paint: Callable[[QPainter], None]) -> None:
    """Paint into a file of this size in pixels (a PNG has twice as many): SVG by its suffix, else PNG.

    Raises:
        OSError: the file cannot be written.
    """
    if path.suffix.lower() == ".svg":
        _write_svg(path, size, paint)
        return
    image = QImage(size * PNG_SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(PNG_SCALE)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter)
    painter.end()
    if not image.save(str(path), "PNG"):
        raise OSError(f'The picture could not be written to "{path}".')


def _write_svg(path: Path, size: QSize, paint: Callable[[QPainter], None]) -> None:
    path.open("wb").close()  # QSvgGenerator only warns where it cannot write
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle("Curves")
    painter = QPainter(generator)
    paint(painter)
    painter.end()


def write_curves(
    path: Path,
    view: QGraphicsView,
    legend: Mapping[str, tuple[Style, float | None]],
    levels: Sequence[str],
    theme: Theme,
) -> None:
    """The plots as they stand on the screen, and below them what each line means, with its last value.

    `levels` are the names of levels to beat, as the legend says them.

    Raises:
        OSError: the file cannot be written.
    """
    width, height = view.viewport().width(), view.viewport().height()
    across = max(width // LEGEND_ENTRY_PX, 1)
    rows = -(-(len(legend) + len(levels)) // across)
    size = QSize(width, height + rows * LEGEND_ROW_PX + 6)

    def paint(painter: QPainter) -> None:
        painter.fillRect(QRect(0, 0, size.width(), size.height()), QColor(theme.base))
        painter.setFont(view.font())
        view.render(painter, QRectF(0, 0, width, height), QRect(0, 0, width, height))
        for index, (title, (style, value)) in enumerate(legend.items()):
            paint_entry(painter, place(index), title, number_words(value), style, theme)
        for index, words in enumerate(levels, len(legend)):
            paint_level(painter, place(index), words, theme)

    def place(index: int) -> QRectF:
        row, column = divmod(index, across)
        left, top = column * LEGEND_ENTRY_PX + 8, height + row * LEGEND_ROW_PX
        return QRectF(left, top, LEGEND_ENTRY_PX, LEGEND_ROW_PX)

    write_picture(path, size, paint)
