"""What is written on a wire: the axes of its Spec, by letter and size, or what kind of labels it carries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QStaticText

if TYPE_CHECKING:
    from graphs.spec import Axis, Spec
    from studio.canvas.ink import Ink

KINDS = {"class": "classes", "token": "tokens", "mask": "mask", "probability": ""}


@dataclass(frozen=True)
class WireLabel:
    """Two ways to write the same: with the letters of the axes, and without where there is little room."""

    lettered: QStaticText
    plain: QStaticText
    lettered_width: float
    plain_width: float
    words: str


def axes_words(spec: Spec) -> str:
    """A Spec in one line: `C1 × H8 × W8`, `10 classes`, `one number`."""
    row = " × ".join(_letter(axis) + str(axis.size) for axis in spec.dims)
    return " ".join(part for part in (row, _kind(spec)) if part) or "one number"


def sizes_words(spec: Spec) -> str:
    """The same without letters, as short as it gets: `1×8×8`."""
    return "×".join(str(axis.size) for axis in spec.dims) or _kind(spec) or "1"


@lru_cache(maxsize=4096)
def label_of(spec: Spec, ink: Ink) -> WireLabel:
    """The label of a wire that carries this Spec, laid out once and shared."""
    letter, strong = ink.wire_letter.name(), ink.wire_text.name()
    times = f'<span style="color:{letter}">&thinsp;×&thinsp;</span>'
    parts = [
        f'<span style="color:{letter}">{_safe(_letter(axis))}</span>'
        f'<span style="color:{strong}">{_safe(str(axis.size))}</span>'
        for axis in spec.dims
    ]
    kind = _kind(spec)
    if kind or not spec.dims:
        kind = kind or "one number"
        tail = f'<span style="color:{letter if parts else strong}">{"&nbsp;" if parts else ""}{_safe(kind)}</span>'
    else:
        tail = ""
    lettered = _text(times.join(parts) + tail, ink)
    plain = _text(f'<span style="color:{strong}">{_safe(sizes_words(spec))}</span>', ink)
    return WireLabel(
        lettered, plain, lettered.size().width(), plain.size().width(), axes_words(spec)
    )


def _text(html: str, ink: Ink) -> QStaticText:
    text = QStaticText(html)
    text.setTextFormat(Qt.TextFormat.RichText)
    text.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    text.prepare(font=ink.row_font)
    return text


def _letter(axis: Axis) -> str:
    """A size of named lengths, such as T+1, needs no letter before it."""
    return axis.name if isinstance(axis.size, int) else ""


def _kind(spec: Spec) -> str:
    words = KINDS.get(spec.kind, "")
    return f"{spec.of} {words}" if words and spec.of else words


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
