"""What is asked of a procedure, and what it made: texts, series, images or rows of a table; as words, and as files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from graphs.procedures import ProcedureError
from lightning_modules.run_folder import write_durably

if TYPE_CHECKING:
    from pathlib import Path

Shape = Literal["text", "series", "images", "table"]

SUFFIXES: dict[Shape, tuple[str, ...]] = {
    "text": (".txt", ".csv", ".json"),
    "series": (".txt", ".csv", ".json"),
    "table": (".txt", ".csv", ".json"),
    "images": (".png", ".json"),
}
"""As what each shape can be written."""

WORDS: dict[Shape, str] = {"text": "A text", "series": "A series", "table": "A table"}
GAP = 1
"""Pixels between the images of a grid."""
NEARLY = 0.5
"""How far beyond 0 to 1 brightness may go and still be that of an image from 0 to 1."""


@dataclass(frozen=True)
class Wish:
    """What is asked of a procedure; None takes what is usual for it.

    `start` is the text to begin with; by default a line's beginning. The same seed makes the same choices.
    """

    start: str | None = None
    count: int | None = None
    steps: int | None = None
    seed: int = 0


USUAL = Wish()


@dataclass(frozen=True)
class Made:
    """Results of a procedure, one for each sample: a text, or (rows of) numbers in the unit of the data.

    `start` is what each began with, where it goes on with something. `across` is how many images stand in a row
    of a grid.
    """

    procedure: str
    shape: Shape
    start: tuple[Any, ...]
    made: tuple[Any, ...]
    across: int = 8

    @property
    def text(self) -> str:
        """All of it as people read it."""
        if self.shape == "text":
            starts = self.start or ("",) * len(self.made)
            return "\n\n".join(
                f"{start}{made}" for start, made in zip(starts, self.made, strict=True)
            )
        if self.shape == "images":
            sizes = " x ".join(map(str, np.shape(self.made[0])))
            many = "1 image" if len(self.made) == 1 else f"{len(self.made):,} images"
            return f"{many} of {sizes}; write them with -o NAME.png."
        return "\n".join(", ".join(f"{number:.4g}" for number in _flat(row)) for row in self.made)

    def to_json(self) -> dict[str, Any]:
        """Itself as JSON."""
        return {
            "procedure": self.procedure,
            "shape": self.shape,
            "start": list(self.start),
            "made": list(self.made),
        }

    def pixels(self) -> np.ndarray:
        """Images as one grid of bytes (H, W) or (H, W, 3).

        Brightness from 0 to 1 becomes 0 to 255; images that go far beyond are stretched together.
        """
        images = np.asarray(self.made, dtype=np.float32)
        low, high = float(np.nanmin(images)), float(np.nanmax(images))
        if low >= -NEARLY and high <= 1 + NEARLY:
            low, high = 0.0, 1.0
        shown = np.nan_to_num((images - low) / max(high - low, 1e-12)).clip(0, 1)
        grid = _grid((shown * 255).round().astype(np.uint8), self.across)
        return grid[..., 0] if grid.shape[-1] == 1 else grid


def check_path(path: Path) -> None:
    """Check that results can be written under a name at all.

    Raises:
        ProcedureError: nothing is written with this suffix.
    """
    known = sorted({each for row in SUFFIXES.values() for each in row})
    if path.suffix.lower() not in known:
        raise ProcedureError(
            f"Results are written as {', '.join(known[:-1])} or {known[-1]}, but the name is {path.name}."
        )


def write_made(made: Made, path: Path) -> None:
    """Write results in the form that the suffix says: text, CSV, JSON, or a grid of images as PNG.

    Raises:
        ProcedureError: they cannot be written in this form.
        OSError: the file cannot be written.
    """
    check_path(path)
    suffix, fitting = path.suffix.lower(), SUFFIXES[made.shape]
    if suffix not in fitting:
        what, be = (WORDS[made.shape], "is") if made.shape in WORDS else ("Images", "are")
        raise ProcedureError(
            f"{what} {be} not written as {suffix}; take {' or '.join(fitting)} for {path.name}."
        )
    if suffix == ".json":
        content = (json.dumps(made.to_json(), ensure_ascii=False, indent=1) + "\n").encode()
    elif suffix == ".txt":
        content = (made.text + "\n").encode()
    elif suffix == ".csv":
        content = _table(made).encode()
    else:
        content = _picture(made)
    write_durably(path, content)


def _table(made: Made) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if made.shape == "text":
        writer.writerow(["start", "text"])
        writer.writerows(zip(made.start or ("",) * len(made.made), made.made, strict=True))
        return text.getvalue()
    rows = [_flat(row) for row in made.made]
    writer.writerow(
        ["sample", *(f"value {index + 1}" for index in range(max(map(len, rows), default=0)))]
    )
    writer.writerows([index + 1, *row] for index, row in enumerate(rows))
    return text.getvalue()


def _picture(made: Made) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(made.pixels()).save(file, "PNG")
    return file.getvalue()


def _grid(images: np.ndarray, across: int) -> np.ndarray:
    """Images (N, C, H, W) side by side in rows: (H, W, C)."""
    count, channels, height, width = images.shape
    across = min(across, count)
    down = -(-count // across)
    grid = np.zeros(
        (down * (height + GAP) - GAP, across * (width + GAP) - GAP, channels), dtype=np.uint8
    )
    for index, image in enumerate(images):
        top, left = index // across * (height + GAP), index % across * (width + GAP)
        grid[top : top + height, left : left + width] = image.transpose(1, 2, 0)
    return grid


def _flat(row: Any) -> list[float]:
    if not isinstance(row, Sequence):
        return [float(row)]
    return [number for each in row for number in _flat(each)]
