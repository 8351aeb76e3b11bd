"""Augmentation: while training, each image is changed a little and by chance, so that no two epochs show the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.code import Code, adapted
from graphs.layer import Layer, layer
from graphs.param import Pair, param
from graphs.spec import Spec

if TYPE_CHECKING:
    from torch import nn


@layer(
    "RandomHorizontalFlip",
    title="Random horizontal flip",
    category="Dropout",
    also=("augmentation", "mirror", "regularization"),
)
class RandomHorizontalFlip(Layer):
    """Mirrors a random share of the images left to right while training: (C, H, W), unchanged.

    For pictures that mean the same in a mirror; digits and letters do not. It does nothing in evaluation.
    Source: Krizhevsky et al. 2012; torchvision.transforms.RandomHorizontalFlip, here for each image by itself.
    """

    p: float = param(
        0.5, ge=0, le=1, label="Probability", doc="Share of the images that are mirrored."
    )

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("C", "H", "W", of="an image")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.random import RandomHorizontalFlip as Module

        return Module(self.p)

    def code(self, input: Spec) -> Code:
        return adapted("random.RandomHorizontalFlip", self.p)


@layer(
    "RandomCrop",
    title="Random crop",
    category="Dropout",
    also=("augmentation", "shift", "translate", "regularization"),
)
class RandomCrop(Layer):
    """Pads each image with zeros and cuts its size out at a random place while training: (C, H, W), unchanged.

    Each image is moved by up to `padding` pixels up, down and aside. It does nothing in evaluation.
    Source: He et al. 2016; torchvision.transforms.RandomCrop with the size of the image.
    """

    padding: Pair = param(
        (4, 4),
        ge=0,
        unit="px",
        doc="Zeros added on each side: the farthest that an image is moved.",
    )

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("C", "H", "W", of="an image")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.random import RandomCrop as Module

        return Module(self.padding)

    def code(self, input: Spec) -> Code:
        return adapted("random.RandomCrop", self.padding)
