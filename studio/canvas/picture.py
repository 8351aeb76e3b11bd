"""The whole graph as a picture: SVG or PNG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

if TYPE_CHECKING:
    from pathlib import Path

    from studio.canvas.scene import Scene

MARGIN = 32.0
PNG_SCALE = 2.0
MOST_PIXELS = 8000


def export_picture(scene: Scene, path: Path) -> None:
    """Write the whole graph, unselected and at zoom 1, to an SVG or PNG file.

    Raises:
        ValueError: another ending, or nothing to draw.
        OSError: the file cannot be written.
    """
    area = scene.bounds()
    if area is None:
        raise ValueError("There is nothing on the canvas yet.")
    area.adjust(-MARGIN, -MARGIN, MARGIN, MARGIN)
    sight, selection = scene.sight, scene.selection
    zoom, sight.zoom = sight.zoom, 1.0
    scene.show_selection(frozenset())
    try:
        if path.suffix.lower() == ".svg":
            _write_svg(scene, area, path)
        elif path.suffix.lower() == ".png":
            _write_png(scene, area, path)
        else:
            raise ValueError(f"A picture's name ends in .svg or .png, but this is {path.name}.")
    finally:
        sight.zoom = zoom
        scene.show_selection(selection)


def _write_svg(scene: Scene, area: QRectF, path: Path) -> None:
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(area.size().toSize())
    generator.setViewBox(QRectF(0, 0, area.width(), area.height()))
    generator.setTitle("Lamina graph")
    _paint(scene, area, QRectF(0, 0, area.width(), area.height()), generator)
    if not path.exists():
        raise OSError(f"{path.name} could not be written.")


def _write_png(scene: Scene, area: QRectF, path: Path) -> None:
    scale = min(PNG_SCALE, MOST_PIXELS / max(area.width(), area.height()))
    image = QImage(
        QSize(round(area.width() * scale), round(area.height() * scale)),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.fill(scene.sight.ink.canvas)
    _paint(scene, area, QRectF(image.rect()), image)
    if not image.save(str(path)):
        raise OSError(f"{path.name} could not be written.")


def _paint(scene: Scene, area: QRectF, onto: QRectF, device: QImage | QSvgGenerator) -> None:
    painter = QPainter(device)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.fillRect(onto, scene.sight.ink.canvas)
    scene.render(painter, onto, area)
    painter.end()
