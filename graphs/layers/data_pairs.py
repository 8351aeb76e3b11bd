"""Pairs of images, for networks that compare. Axes per sample: C channels, H by W pixels."""

from __future__ import annotations

from collections.abc import Mapping

from graphs.layer import DataLayer, layer
from graphs.param import param
from graphs.spec import Axis, Spec

DIGIT = Spec((Axis("C", 1), Axis("H", 8), Axis("W", 8)))


@layer(
    "DigitPairs",
    title="Digit pairs",
    category="Data",
    also=("siamese", "verification", "compare", "same or different", "twins", "images", "dataset"),
    role="data",
)
class DigitPairs(DataLayer):
    """Two handwritten digits and whether they are the same: image1 and image2 (1, 8, 8), label of 2 classes.

    For Siamese networks: two towers that share their weights, and a comparison. Half of the pairs are the same
    digit, written by different hands. The images of the test stand in no pair of the training.
    Source: sklearn.datasets.load_digits.
    """

    samples: int = param(4000, ge=40, le=1_000_000, doc="How many pairs are made.")
    seed: int = param(0, ge=0, doc="The same number makes the same pairs.")
    shuffle: bool = param(
        False,
        doc="Whether pairs are mixed before they are divided; the test then has images of the training.",
        advanced=True,
    )

    def columns(self) -> Mapping[str, Spec]:
        label = Spec((), "int64", "class", 2, names=("different", "same"))
        return {"image1": DIGIT, "image2": DIGIT, "label": label}
