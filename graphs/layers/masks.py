"""Masks: which steps of a sequence are only there to fill it up. Axes per sample: T steps of E features."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphs.attending import check_mask, check_sequence
from graphs.code import Code, adapted
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.spec import Spec

if TYPE_CHECKING:
    from torch import nn


@layer(
    "PaddingMask",
    title="Padding mask",
    category="Attention",
    also=("key padding mask", "padding", "short texts", "attention mask"),
)
class PaddingMask(Layer):
    """Is true where a token only fills up a short text: tokens (T) -> mask (T).

    Wire it to the padding mask of an attention layer, which then does not look there. Give the Embedding the same
    token as its Padding idx. Source: torch.eq.
    """

    padding_idx: int = param(0, ge=0, label="Padding token", doc="The token that fills up.")

    def infer(self, input: Spec) -> Spec:
        if input.kind not in ("token", "class"):
            input.fail(f"needs tokens to find padding among, but gets {input.words}.", code="G202")
        return replace(input, dtype="bool", kind="mask", of=None, names=(), port="")

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.masks import PaddingMask as Module

        return Module(self.padding_idx)

    def code(self, input: Spec) -> Code:
        return adapted("masks.PaddingMask", self.padding_idx)


@layer(
    "MaskedMean",
    title="Masked mean",
    category="Attention",
    also=("pooling", "average", "sentence embedding", "padding"),
)
class MaskedMean(Layer):
    """Takes the mean of the steps that are not hidden: (T, E), mask (T) -> (E).

    One row of numbers for a text of any length. The mask is true where a step does not count; a text that is
    hidden as a whole gives 0. Source: Reimers and Gurevych 2019.
    """

    def infer(self, input: Spec, mask: Spec) -> Spec:
        check_sequence(input)
        check_mask(mask, input.sizes[0])
        return input.numbers().with_axes(input.sizes[1], letters=("E",))

    def build(self, input: Spec, mask: Spec) -> nn.Module:
        from graphs.modules.masks import MaskedMean as Module

        return Module()

    def code(self, input: Spec, mask: Spec) -> Code:
        return adapted("masks.MaskedMean")
