"""Outputs: which results a network gives when it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from graphs.code import Code, expression
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.spec import Spec

if TYPE_CHECKING:
    from torch import nn


@layer(
    "Output",
    title="Output",
    category="Output",
    also=("prediction", "result", "head"),
    role="output",
)
class Output(Layer):
    """Names a result of the network, which predictions give back: any axes, unchanged.

    Wire the scores of a classifier or the numbers of a regression to it. It learns nothing and changes
    nothing; what a network does for no output, loss or metric is not computed.
    """

    decode: Literal["auto", "numbers", "class", "image", "text"] = param(
        "auto",
        doc="How the result is shown: as numbers, as the class with the highest score, as an image, or as a text of "
        "the likeliest tokens. auto shows a class where the network learns from class labels, a text where it learns "
        "tokens that stand for characters, else numbers.",
    )

    def infer(self, input: Spec) -> Spec:
        return input

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Identity()

    def code(self, input: Spec) -> Code:
        return expression("{input}")
