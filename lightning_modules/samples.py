"""What a sample looks like to people: an image, a row of a table, a text, or lines over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from lightning_modules.data import data_layer
from lightning_modules.dataset import ROWS
from lightning_modules.large_arrays import chunks

if TYPE_CHECKING:
    from torch import Tensor

    from graphs.content import Document
    from graphs.graph import End
    from graphs.spec import Spec
    from lightning_modules.normalisation import Scale

MOST_CELLS = 200
IMAGE_AXES, SERIES_AXES = 3, 2


@dataclass(frozen=True, eq=False)
class Shown:
    """One column of one sample. `pixels` (H, W) or (H, W, 3) are uint8, `lines` (T, features) in the data's unit.

    `rows` are headings with values; of more than 200 the first ones.
    """

    title: str
    kind: Literal["image", "row", "text", "lines"]
    pixels: np.ndarray | None = None
    rows: tuple[tuple[str, str], ...] = ()
    text: str = ""
    lines: np.ndarray | None = None


class Looks:
    """Shows samples of some columns of one document; brightness runs over the range that the columns have."""

    def __init__(
        self,
        document: Document,
        ends: Sequence[End],
        scales: Mapping[str, Scale],
        columns: Mapping[str, Tensor],
    ) -> None:
        """`columns` are those of a part of the data, normalised, by "NODE_ID.PORT"; they may lack any."""
        self._document, self._ends, self._scales = document, tuple(ends), scales
        self.spans = {
            str(end): self._span(columns[str(end)], str(end)) for end in ends if str(end) in columns
        }

    def of(self, columns: Mapping[str, Tensor], index: int) -> tuple[Shown, ...]:
        """The columns of one sample."""
        return tuple(
            self._shown(end, self.raw(columns[str(end)][index : index + 1], str(end))[0])
            for end in self._ends
            if str(end) in columns
        )

    def spec(self, end: End) -> Spec:
        """What a column carries."""
        return data_layer(self._document.main.nodes[end.node]).columns()[end.port]

    def raw(self, values: Tensor, name: str) -> np.ndarray:
        """Values (N, axes...) as they stand in the data."""
        scale = self._scales.get(name)
        whole: np.ndarray = (values if scale is None else scale.undo(values)).numpy()
        return whole

    def _span(self, values: Tensor, name: str) -> tuple[float, float]:
        if not values.numel():
            return 0.0, 1.0
        pieces = chunks(len(values), values[:1].nbytes)  # all at once might not stand in memory
        ends = [
            (np.nanmin(raw), np.nanmax(raw))
            for raw in (self.raw(values[each], name) for each in pieces)
        ]
        low, high = float(min(first for first, _ in ends)), float(max(last for _, last in ends))
        return min(low, 0.0), max(high, 1.0) if high <= 1.0 else high

    def _shown(self, end: End, values: np.ndarray) -> Shown:
        spec = self.spec(end)
        node = self._document.main.nodes[end.node]
        if spec.letters == ("C", "H", "W") and values.shape[0] in (1, 3):
            return Shown(end.port, "image", pixels=self._pixels(values, str(end)))
        if spec.kind == "token":
            words = (
                spec.names[int(each)] if spec.names else str(int(each)) for each in values.flat
            )
            single = spec.names and all(len(name) == 1 for name in spec.names)
            return Shown(end.port, "text", text=("" if single else " ").join(words))
        if values.ndim == SERIES_AXES:
            return Shown(end.port, "lines", lines=values)
        if values.ndim == 1 and node.type in ROWS:
            rows = ROWS[node.type](data_layer(node), values)
        else:
            flat = values.flatten().tolist()
            rows = tuple((f"{end.port} {i + 1}", f"{each:.5g}") for i, each in enumerate(flat))
        return Shown(end.port, "row", rows=rows[:MOST_CELLS])

    def _pixels(self, values: np.ndarray, name: str) -> np.ndarray:
        low, high = self.spans.get(name, (min(float(values.min()), 0.0), float(values.max())))
        share = (values - low) / (high - low if high > low else 1.0)
        whole = (share * 255).round().clip(0, 255).astype(np.uint8)
        return np.ascontiguousarray(whole[0] if len(whole) == 1 else whole.transpose(1, 2, 0))
