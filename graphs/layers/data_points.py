"""Generated points and numbers, for trying networks in seconds. Axes per sample: E features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from graphs.code import FLOATS, DataCode, of_numpy
from graphs.layer import DataLayer, layer
from graphs.param import param
from graphs.spec import Axis, Mismatch, Spec

POINT = Spec((Axis("E", 2),))
"""A place in the plane."""

PLACED = {"point": FLOATS.format("points"), "label": "torch.tensor(labels)"}
"""Columns of points in source."""

SCALED_DOC = (
    "How numbers are scaled, as measured on the training part: standard (mean 0, deviation 1), minmax "
    "(0 to 1) or none."
)
SEED_DOC = "The same number makes the same data."

RING = 8
"""How many Gaussians stand on the ring."""

MOST_AXES = 4
MOST_NUMBERS = 10**9
"""In all samples together: 4 GB."""


@layer(
    "GaussianRing",
    title="Gaussian ring",
    category="Data",
    also=("gan", "mixture", "clusters", "modes", "toy data", "generated", "dataset"),
    role="data",
)
class GaussianRing(DataLayer):
    """Points from eight Gaussians on a ring: point (2), label of 8 classes, which Gaussian it comes from.

    The usual test of a GAN: does its generator find all eight, or only some of them?
    """

    samples: int = param(4000, ge=10, le=1_000_000, doc="How many points are made.")
    radius: float = param(2.0, gt=0, le=1000, doc="How far the Gaussians stand from the middle.")
    std: float = param(
        0.05, ge=0, le=1000, label="Standard deviation", doc="How wide each Gaussian is."
    )
    seed: int = param(0, ge=0, doc=SEED_DOC)
    normalize: Literal["standard", "minmax", "none"] = param("none", doc=SCALED_DOC)

    def data_code(self) -> DataCode:
        lines = (
            f"labels = random.permutation(np.arange({self.samples}) % {RING})",
            f"angle = 2 * np.pi * labels / {RING}",
            f"points = {self.radius!r} * np.stack([np.cos(angle), np.sin(angle)], axis=1)",
            f"points = points + random.normal(0, {self.std!r}, points.shape)",
        )
        return of_numpy(self.seed, lines, PLACED)

    def columns(self) -> Mapping[str, Spec]:
        names = tuple(f"{360 * index // RING} degrees" for index in range(RING))
        return {"point": POINT, "label": Spec((), "int64", "class", RING, names=names)}


@layer(
    "Moons",
    title="Two moons",
    category="Data",
    also=("half circles", "toy data", "classification", "flow", "generated", "dataset"),
    role="data",
)
class Moons(DataLayer):
    """Points from two half circles that grip each other: point (2), label of 2 classes.

    No straight line divides them: the smallest problem that needs a hidden layer.
    Source: sklearn.datasets.make_moons.
    """

    samples: int = param(1000, ge=10, le=1_000_000, doc="How many points are made.")
    noise: float = param(0.1, ge=0, le=10, doc="Standard deviation of what is added to each point.")
    seed: int = param(0, ge=0, doc=SEED_DOC)

    def data_code(self) -> DataCode:
        lines = (
            f"labels = random.permutation(np.arange({self.samples}) % 2)",
            f"angle = random.uniform(0, np.pi, {self.samples})",
            "upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)",
            "lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)",
            "points = np.where(labels[:, None] == 0, upper, lower)",
            f"points = points + random.normal(0, {self.noise!r}, points.shape)",
        )
        return of_numpy(self.seed, lines, PLACED)

    def columns(self) -> Mapping[str, Spec]:
        return {"point": POINT, "label": Spec((), "int64", "class", 2, names=("upper", "lower"))}


@layer(
    "Noise",
    title="Noise",
    category="Data",
    also=("random", "normal", "gaussian", "latent", "gan", "generator", "generated"),
    role="data",
)
class Noise(DataLayer):
    """Normal random numbers to start from: noise (size).

    What the generator of a GAN makes its samples of. The numbers are drawn once and stay the same in every epoch;
    for fresh ones at every step, take the layer Noise like input.
    """

    samples: int = param(4000, ge=10, le=1_000_000, doc="How many samples are drawn.")
    size: tuple[int, ...] = param((16,), ge=1, doc="The sizes of one sample.")
    seed: int = param(0, ge=0, doc=SEED_DOC)
    normalize: Literal["standard", "minmax", "none"] = param("none", doc=SCALED_DOC)

    def data_code(self) -> DataCode:
        shape = ", ".join(map(str, (self.samples, *self.size)))
        drawn = f"random.standard_normal(({shape}), dtype=np.float32)"
        return of_numpy(self.seed, (), {"noise": f"torch.tensor({drawn})"})

    def columns(self) -> Mapping[str, Spec]:
        return {"noise": Spec().with_axes(*self.size)}

    def infer(self) -> tuple[Spec, ...]:
        _small_enough(self.size, self.samples)
        return super().infer()


@layer(
    "RandomTensors",
    title="Random tensors",
    category="Data",
    also=("placeholder", "dummy", "stand-in", "test", "shapes", "tokens", "generated"),
    role="data",
)
class RandomTensors(DataLayer):
    """Random values of any shape: value (size), and as a target a label, a number or nothing.

    Stands in for data that are not there yet, to see shapes and to try whether a network can be trained at all.
    There is nothing to learn from it but its own samples by heart.
    """

    samples: int = param(256, ge=10, le=1_000_000, doc="How many samples are drawn.")
    size: tuple[int, ...] = param(
        (3, 32, 32), ge=1, doc="The sizes of one sample: 3, 32, 32 is a colour image."
    )
    kind: Literal["numbers", "tokens", "mask"] = param(
        "numbers", doc="Whether values are normal numbers, tokens, or true and false."
    )
    vocabulary: int = param(
        100, ge=2, le=10**6, doc="How many different tokens there are, if they are tokens."
    )
    target: Literal["class", "number", "none"] = param(
        "class", doc="What stands beside each sample to learn from."
    )
    classes: int = param(10, ge=2, le=10**6, doc="How many classes there are, if it is a class.")
    seed: int = param(0, ge=0, doc=SEED_DOC)
    normalize: Literal["standard", "minmax", "none"] = param("none", doc=SCALED_DOC)

    def columns(self) -> Mapping[str, Spec]:
        value = Spec().with_axes(*self.size)
        if self.kind == "tokens":
            value = Spec(value.dims, "int64", "token", self.vocabulary)
        elif self.kind == "mask":
            value = Spec(value.dims, "bool", "mask")
        columns = {"value": value}
        if self.target == "class":
            names = tuple(f"class {index}" for index in range(min(self.classes, 1000)))
            known = names if self.classes <= len(names) else ()
            columns["label"] = Spec((), "int64", "class", self.classes, names=known)
        elif self.target == "number":
            columns["target"] = Spec((Axis("E", 1),))
        return columns

    def infer(self) -> tuple[Spec, ...]:
        _small_enough(self.size, self.samples)
        return super().infer()


def _small_enough(size: tuple[int, ...], samples: int) -> None:
    """Check that all samples together can be held.

    Raises:
        Mismatch: they cannot, or a sample has too many axes.
    """
    if len(size) > MOST_AXES:
        raise Mismatch(
            f"makes samples of at most {MOST_AXES} axes, but its Size has {len(size)}.", code="G205"
        )
    count = samples
    for each in size:
        count *= each
    if count > MOST_NUMBERS:
        raise Mismatch(
            f"would make {count:,} numbers, which is more than the {MOST_NUMBERS:,} that it may. "
            "Make Samples or Size smaller.",
            code="G205",
        )
