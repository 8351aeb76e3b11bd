"""A picture as a list of shapes, in pixels from the top left, which is written as SVG or drawn as PNG without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from PIL import ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

Point: TypeAlias = tuple[float, float]

FONTS = {
    # The first that is there is drawn with; Pillow brings one of its own, which lacks many letters.
    False: ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "Helvetica.ttc"),
    True: ("DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "Arial Bold.ttf", "arialbd.ttf"),
}


@dataclass(frozen=True)
class Box:
    """A rectangle with round corners."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str = ""
    radius: float = 0.0


@dataclass(frozen=True)
class Line:
    """Straight pieces through points."""

    points: Sequence[Point]
    color: str
    width: float = 1.0


@dataclass(frozen=True)
class Dot:
    """A filled circle around a point."""

    x: float
    y: float
    radius: float
    fill: str
    stroke: str = ""


@dataclass(frozen=True)
class Words:
    """One line of text; `y` is its middle, `x` its left end, middle or right end. `halo` is drawn around it."""

    x: float
    y: float
    text: str
    color: str
    size: float = 12.0
    bold: bool = False
    anchor: Literal["start", "middle", "end"] = "start"
    halo: str = ""


Shape: TypeAlias = Box | Line | Dot | Words


@dataclass(frozen=True)
class Picture:
    """Shapes on a background, drawn in order."""

    width: float
    height: float
    background: str
    shapes: tuple[Shape, ...]
    title: str = ""


def curve(start: Point, end: Point, pieces: int = 24) -> list[Point]:
    """A wire from left to right: a cubic Bezier curve that leaves and arrives level."""
    (x1, y1), (x2, y2) = start, end
    reach = max(abs(x2 - x1) * 0.5, min(60.0, abs(y2 - y1)))
    return cubic(start, (x1 + reach, y1), (x2 - reach, y2), end, pieces)


def cubic(start: Point, first: Point, second: Point, end: Point, pieces: int = 24) -> list[Point]:
    """Points on a cubic Bezier curve with these handles."""
    points = []
    for index in range(pieces + 1):
        t = index / pieces
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        x, y = (
            sum(w * p[axis] for w, p in zip(weights, (start, first, second, end), strict=True))
            for axis in (0, 1)
        )
        points.append((x, y))
    return points


@lru_cache(maxsize=64)
def font(size: float, *, bold: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font that pictures are drawn with."""
    for name in FONTS[bold]:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line of text is."""
    return font(size, bold=bold).getlength(text)


def fitted(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text, or its beginning with an ellipsis, so that it fits into the room."""
    if text_width(text, size, bold=bold) <= room:
        return text
    while text and text_width(text + "...", size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + "..."
