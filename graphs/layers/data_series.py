"""Generated sequences, for trying recurrent layers. Axes per sample: T steps of E features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from graphs.code import FLOATS, DataCode, of_numpy
from graphs.layer import DataLayer, layer
from graphs.param import param
from graphs.spec import Axis, Spec

SHAPES = ("sine", "square", "sawtooth")
"""The classes of `label`, in order."""


@layer(
    "SyntheticSeries",
    title="Synthetic series",
    category="Data",
    also=("time series", "sequence", "waves", "forecast", "generated", "toy data", "dataset"),
    role="data",
)
class SyntheticSeries(DataLayer):
    """Generated waves: sequence (length, 1), target (1), which is the next value, and label of 3 classes.

    Each wave has its own period, phase and height, and some noise. Learn to foretell the next value
    (target) or to tell the shape of the wave (label: sine, square or sawtooth).
    """

    samples: int = param(1000, ge=10, le=1_000_000, doc="How many waves are made.")
    length: int = param(
        32, ge=2, le=10_000, unit="steps", doc="How many steps of each wave are seen."
    )
    kind: Literal["mixed", "sine", "square", "sawtooth"] = param(
        "mixed", doc="The shape of the waves; mixed makes all three."
    )
    noise: float = param(
        0.05,
        ge=0,
        le=10,
        doc="Standard deviation of what is added to each value; waves have height 1.",
    )
    seed: int = param(0, ge=0, doc="The same number makes the same waves.")

    def data_code(self) -> DataCode:
        count, kinds = self.samples, len(SHAPES)
        mixed = f"random.permutation(np.arange({count}) % {kinds})"
        alone = f"np.full({count}, {SHAPES.index(self.kind) if self.kind in SHAPES else 0})"
        lines = (
            f"labels = {mixed if self.kind == 'mixed' else alone}  # {', '.join(SHAPES)}",
            f"period = random.uniform(6, 24, ({count}, 1))",
            f"phase = random.uniform(0, 1, ({count}, 1))",
            f"height = random.uniform(0.7, 1.3, ({count}, 1))",
            f"turns = np.arange({self.length + 1}) / period + phase",
            "sines, squares = np.sin(2 * np.pi * turns), np.where(turns % 1 < 0.5, 1.0, -1.0)",
            "waves = height * np.choose(labels[:, None], (sines, squares, 2 * (turns % 1) - 1))",
            f"waves = waves + random.normal(0, {self.noise!r}, waves.shape)",
        )
        columns = {
            "sequence": FLOATS.format("waves[:, :-1, None]"),
            "target": FLOATS.format("waves[:, -1:]"),
            "label": "torch.tensor(labels)",
        }
        return of_numpy(self.seed, lines, columns)

    def columns(self) -> Mapping[str, Spec]:
        return {
            "sequence": Spec((Axis("T", self.length), Axis("E", 1))),
            "target": Spec((Axis("E", 1),)),
            "label": Spec((), "int64", "class", len(SHAPES), names=SHAPES),
        }
