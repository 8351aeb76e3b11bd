"""What a run starts with, in words: which layers keep their weights, which are resized, new, or left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from graphs.held_weights import STATISTICS

if TYPE_CHECKING:
    from lightning_modules.events import LayerStart, WarmStarted

Fate: TypeAlias = Literal["kept", "resized", "new", "left out"]
FATES: tuple[Fate, ...] = ("kept", "resized", "new", "left out")

OPTIMIZER = "The optimizer begins anew."

ITS_STATISTICS = "running statistics"


@dataclass(frozen=True)
class StartRow:
    """One layer: what becomes of it, its name on screen, and its weights in words."""

    fate: Fate
    name: str
    weights: str


def start_rows(layers: Sequence[LayerStart]) -> list[StartRow]:
    """A row for each layer, kept ones first; a layer that is partly kept stands where it is not."""
    rows = [_row(each) for each in layers]
    rows.sort(key=lambda row: FATES.index(row.fate))
    return rows


def start_summary(layers: Sequence[LayerStart]) -> str:
    """For example "2 layers kept, 1 resized, 1 new"."""
    rows = start_rows(layers)
    counts = {fate: sum(row.fate == fate for row in rows) for fate in FATES}
    parts = [f"{count} {fate}" for fate, count in counts.items() if count]
    if not parts:
        return "no weights"
    count, _, rest = parts[0].partition(" ")
    return ", ".join([f"{count} {'layer' if count == '1' else 'layers'} {rest}", *parts[1:]])


def source_words(event: WarmStarted) -> str:
    """For example "the best weights of the run 2026-11-21_10-00-00"."""
    return f"the {event.checkpoint} weights of the run {Path(event.source).name}"


def _row(layer: LayerStart) -> StartRow:
    if layer.resized or (layer.kept and layer.new):
        words = [
            *_grouped(
                {name: f"{_size(a)} -> {_size(b)}" for name, (a, b) in layer.resized.items()}
            ),
            *(f"{each} new" for each in _sizes(layer.new)),
        ]
        kept = [each for each in _names(layer.kept) if each not in words]
        if kept:
            words.append(f"{' and '.join(kept)} kept")
        return StartRow("resized" if layer.resized else "new", layer.name, _joined(words, layer))
    if layer.kept:
        return StartRow("kept", layer.name, _joined(_sizes(layer.kept), layer))
    if layer.new:
        return StartRow("new", layer.name, _joined(_sizes(layer.new), layer))
    return StartRow("left out", layer.name, ", ".join(_sizes(layer.left_out)))


def _joined(words: list[str], layer: LayerStart) -> str:
    left = f"{' and '.join(_names(layer.left_out))} left out"
    return ", ".join([*words, left] if layer.left_out else words)


def _sizes(shapes: Mapping[str, tuple[int, ...]]) -> list[str]:
    return _grouped({name: _size(shape) for name, shape in shapes.items()})


def _grouped(words: Mapping[str, str]) -> list[str]:
    """Each name with its words; running statistics, which nobody asks for one by one, together."""
    found = [f"{name} {each}" for name, each in words.items() if name not in STATISTICS]
    return [*found, ITS_STATISTICS] if len(found) < len(words) else found


def _names(shapes: Mapping[str, tuple[int, ...]]) -> list[str]:
    names = [name for name in shapes if name not in STATISTICS]
    return [*names, ITS_STATISTICS] if len(names) < len(shapes) else names


def _size(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "1"
