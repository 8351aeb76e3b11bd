"""A picture as a file: SVG text with real words in it, or PNG pixels drawn twice as fine."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from studio.pictures.picture import Box, Dot, Line, Picture, Shape, font, text_width

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PIL import ImageDraw

SUFFIXES = (".svg", ".png")
FAMILY = "DejaVu Sans, Verdana, Arial, sans-serif"
SCALE = 2
"""Pixels of a PNG for each of the picture, for screens as they are today."""
SMOOTH = 2
"""Drawn so many times finer and then shrunk, because Pillow draws edges without smoothing."""
MOST_PIXELS = 60_000_000
BASELINE = 0.36
"""How far below the middle of a line of text its letters stand, as a share of their size."""


class TooLarge(ValueError):  # noqa: N818 - it says what cannot be drawn
    """The picture has too many pixels for a PNG; the message is a sentence."""


def write(picture: Picture, path: Path) -> None:
    """Write the picture in the form that the name's suffix says.

    Raises:
        KeyError: it is neither .svg nor .png.
        TooLarge: it is too large for a PNG.
        OSError: the file cannot be written.
    """
    made = {".svg": lambda: svg(picture).encode(), ".png": lambda: png(picture)}[
        path.suffix.lower()
    ]()
    path.write_bytes(made)


def svg(picture: Picture) -> str:
    """The text of an SVG file."""
    size = f'width="{picture.width:g}" height="{picture.height:g}"'
    view = f'viewBox="0 0 {picture.width:g} {picture.height:g}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view} font-family="{FAMILY}">',
        f"<title>{_text(picture.title)}</title>",
        f'<rect width="100%" height="100%" fill="{picture.background}"/>',
        *(_svg_shape(shape) for shape in picture.shapes),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _svg_shape(shape: Shape) -> str:
    if isinstance(shape, Box):
        return (
            f'<rect x="{shape.x:.1f}" y="{shape.y:.1f}" width="{shape.width:.1f}" height="{shape.height:.1f}" '
            f'rx="{shape.radius:g}" fill="{shape.fill}" stroke="{shape.stroke or "none"}"/>'
        )
    if isinstance(shape, Dot):
        return (
            f'<circle cx="{shape.x:.1f}" cy="{shape.y:.1f}" r="{shape.radius:g}" '
            f'fill="{shape.fill}" stroke="{shape.stroke or "none"}"/>'
        )
    if isinstance(shape, Line):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
        return (
            f'<polyline points="{points}" fill="none" stroke="{shape.color}" stroke-width="{shape.width:g}" '
            'stroke-linejoin="round" stroke-linecap="round"/>'
        )
    bold = ' font-weight="bold"' if shape.bold else ""
    halo = f' stroke="{shape.halo}" stroke-width="3" paint-order="stroke"' if shape.halo else ""
    # The length is that of the font which the boxes were measured with, whatever font the reader has.
    length = text_width(shape.text, shape.size, bold=shape.bold)
    return (
        f'<text x="{shape.x:.1f}" y="{shape.y + BASELINE * shape.size:.1f}" font-size="{shape.size:g}"{bold}{halo} '
        f'fill="{shape.color}" text-anchor="{shape.anchor}" textLength="{length:.1f}" '
        f'lengthAdjust="spacingAndGlyphs">{_text(shape.text)}</text>'
    )


def _text(text: str) -> str:
    return escape("".join(letter for letter in text if letter.isprintable()))


def png(picture: Picture) -> bytes:
    """The bytes of a PNG file; a very large picture is drawn coarser.

    Raises:
        TooLarge: even one pixel for each of the picture is too much.
    """
    from PIL import Image, ImageDraw

    area = picture.width * picture.height
    if area > MOST_PIXELS:
        raise TooLarge("The graph is too large for a PNG. Write an SVG instead.")
    scale = SCALE if area * (SCALE * SMOOTH) ** 2 <= MOST_PIXELS else 1
    smooth = SMOOTH if area * (scale * SMOOTH) ** 2 <= MOST_PIXELS else 1
    width, height = round(picture.width * scale), round(picture.height * scale)
    image = Image.new("RGB", (width * smooth, height * smooth), picture.background)
    draw = ImageDraw.Draw(image)
    for shape in picture.shapes:
        _draw(draw, shape, scale * smooth)
    if smooth > 1:
        image = image.resize((width, height), Image.Resampling.BOX)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _draw(draw: ImageDraw.ImageDraw, shape: Shape, scale: int) -> None:
    if isinstance(shape, Box):
        corners = (shape.x, shape.y, shape.x + shape.width, shape.y + shape.height)
        draw.rounded_rectangle(
            [each * scale for each in corners],
            radius=shape.radius * scale,
            fill=shape.fill,
            outline=shape.stroke or None,
            width=scale,
        )
    elif isinstance(shape, Dot):
        corners = (
            shape.x - shape.radius,
            shape.y - shape.radius,
            shape.x + shape.radius,
            shape.y + shape.radius,
        )
        draw.ellipse(
            [each * scale for each in corners],
            fill=shape.fill,
            outline=shape.stroke or None,
            width=scale,
        )
    elif isinstance(shape, Line):
        _draw_line(
            draw,
            [(x * scale, y * scale) for x, y in shape.points],
            shape.color,
            shape.width * scale,
        )
    else:
        draw.text(
            (shape.x * scale, shape.y * scale),
            shape.text,
            fill=shape.color,
            font=font(shape.size * scale, bold=shape.bold),
            anchor={"start": "l", "middle": "m", "end": "r"}[shape.anchor] + "m",
            stroke_width=2 * scale if shape.halo else 0,
            stroke_fill=shape.halo or None,
        )


def _draw_line(
    draw: ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], color: str, width: float
) -> None:
    draw.line(points, fill=color, width=max(round(width), 1), joint="curve")
    half = width / 2
    for x, y in (points[0], points[-1]):
        draw.ellipse([x - half, y - half, x + half, y + half], fill=color)
