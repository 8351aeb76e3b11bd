"""Pictures as numbers: one image file of any usual format, upright, scaled to one size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lightning_modules.dataset import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"})
MAX_PIXELS = 100_000_000
"""A larger picture is refused before it is unpacked: it is no photo, or made to fill the memory."""


def read_image(path: Path, height: int, width: int, color: str) -> np.ndarray:
    """One image (C, height, width), brightness 0 to 1.

    Raises:
        DataError: it cannot be read.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise DataError(
                    f"{path} has {opened.width} x {opened.height} pixels, which is too large to read."
                )
            upright = ImageOps.exif_transpose(opened)
            image = upright.convert("RGB" if color == "rgb" else "L").resize(
                (width, height), Image.Resampling.BILINEAR
            )
    except (
        OSError,
        SyntaxError,
        ValueError,
    ) as error:  # what Pillow raises for files that are torn or none
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"{path} cannot be read as an image. Use a PNG or JPEG image in its place."
        ) from error
    values = np.asarray(image, dtype=np.float32) / 255
    return values.transpose(2, 0, 1) if color == "rgb" else values[None]


def image_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """These files, and in place of a folder the images in it, by name.

    Raises:
        DataError: one of them is not there, or a folder holds no image.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES)
            if not inside:
                raise DataError(f"The folder {path} holds no images.")
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise DataError(f"There is no file {path}.")
    return tuple(found)
