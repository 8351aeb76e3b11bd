"""The icons of resources/icons, drawn in a theme's colours at any scale."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

SCALES = (1.0, 1.5, 2.0, 3.0)


def icon(name: str, color: str, faded: str = "", size: int = 20) -> QIcon:
    """An icon of `size` logical pixels in one colour; `faded` is its colour while it is disabled."""
    result = QIcon()
    for mode, ink in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, faded or color)):
        for scale in SCALES:
            result.addPixmap(pixmap(name, ink, size, scale), mode)
    return result


def pixmap(name: str, color: str, size: int, scale: float = 1.0) -> QPixmap:
    """The drawing at `size` logical pixels for a screen of this scale."""
    result = QPixmap(QSize(round(size * scale), round(size * scale)))
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))
    renderer.render(painter, QRectF(result.rect()))
    painter.end()
    result.setDevicePixelRatio(scale)
    return result


@lru_cache
def _source(name: str) -> str:
    return (files("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")
