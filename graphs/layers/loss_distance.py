"""Losses of distance: alike comes together, different goes apart. Axes per sample: any places, then E features."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.code import Code, adapted
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.scoring import check_signs
from graphs.spec import SCALAR, Hint, Spec

if TYPE_CHECKING:
    from torch import nn


class Pairs(Layer):
    """The base of losses of two embeddings and whether they belong together."""

    def infer(self, input1: Spec, input2: Spec, target: Spec) -> Spec:
        _alike(input1, input2)
        check_signs(target, input1.sizes[:-1])
        return SCALAR


@layer(
    "CosineEmbeddingLoss",
    title="Cosine embedding",
    category="Loss",
    also=("similarity", "angle", "siamese", "verification", "embedding"),
    role="loss",
)
class CosineEmbeddingLoss(Pairs):
    """Makes the angle small where two embeddings belong together: input1 (E), input2 (E), target -> a number.

    The target is 1 or -1, or a label of two classes, 1 for together. Source: torch.nn.CosineEmbeddingLoss.
    """

    margin: float = param(
        0.0,
        ge=-1,
        le=1,
        doc="The cosine below which two that do not belong together are far enough.",
    )

    def build(self, input1: Spec, input2: Spec, target: Spec) -> nn.Module:
        from graphs.modules.loss_pairs import SignedCosine

        return SignedCosine(margin=self.margin, labels=target.kind != "number")

    def code(self, input1: Spec, input2: Spec, target: Spec) -> Code:
        labels = target.kind != "number"
        return adapted("loss_pairs.SignedCosine", margin=self.margin, labels=labels)


@layer(
    "ContrastiveLoss",
    title="Contrastive",
    category="Loss",
    also=("siamese", "similarity", "distance", "verification", "embedding", "metric learning"),
    role="loss",
)
class ContrastiveLoss(Pairs):
    """Brings together what belongs together and pushes the rest apart: input1 (E), input2 (E), target -> a number.

    The loss of Siamese networks: squared distance for a yes, squared shortfall of the margin for a no. The target
    is a label of two classes (1 for together), or 1 and -1. Source: Hadsell et al. 2006.
    """

    margin: float = param(1.0, gt=0, doc="The distance that is far enough for a no.")

    def build(self, input1: Spec, input2: Spec, target: Spec) -> nn.Module:
        from graphs.modules.loss_pairs import Contrastive

        return Contrastive(margin=self.margin, labels=target.kind != "number")

    def code(self, input1: Spec, input2: Spec, target: Spec) -> Code:
        labels = target.kind != "number"
        return adapted("loss_pairs.Contrastive", margin=self.margin, labels=labels)


@layer(
    "TripletMarginLoss",
    title="Triplet",
    category="Loss",
    also=("metric learning", "anchor", "face recognition", "embedding", "siamese"),
    role="loss",
)
class TripletMarginLoss(Layer):
    """An anchor shall be nearer to what is like it than to what is not: three embeddings (..., E) -> a number.

    Wire the same network, with shared weights, for anchor, positive and negative.
    Source: Schroff et al. 2015; torch.nn.TripletMarginLoss.
    """

    margin: float = param(1.0, gt=0, doc="How much nearer the positive shall be.")
    p: float = param(
        2.0, ge=1, label="Power", doc="2 is the ordinary distance, 1 the sum of differences."
    )
    swap: bool = param(
        False,
        doc="Whether the distance from positive to negative counts where it is smaller.",
        advanced=True,
    )

    def infer(self, anchor: Spec, positive: Spec, negative: Spec) -> Spec:
        _alike(anchor, positive)
        _alike(anchor, negative)
        return SCALAR

    def build(self, anchor: Spec, positive: Spec, negative: Spec) -> nn.Module:
        from torch import nn

        return nn.TripletMarginLoss(self.margin, self.p, swap=self.swap)


@layer(
    "InfoNCELoss",
    title="InfoNCE",
    category="Loss",
    also=("simclr", "clip", "contrastive", "self-supervised", "nt-xent", "two views"),
    role="loss",
)
class InfoNCELoss(Layer):
    """Each sample shall find its partner among all of the batch: input1 (E), input2 (E) -> a number.

    For two views of the same image (SimCLR), or an image and its text (CLIP): no labels. All others of the batch
    are the wrong answers, so large batches help. Source: van den Oord et al. 2018; Radford et al. 2021.
    """

    temperature: float = param(
        0.1, gt=0, doc="Small values look at the hardest wrong answers most."
    )

    def infer(self, input1: Spec, input2: Spec) -> Spec:
        _alike(input1, input2)
        if input1.rank > 1:
            input1.fail(
                f"needs one row of features (E) per sample, but gets {input1.shown}.",
                hints=(Hint("insert", input1.port, "Flatten"),),
            )
        return SCALAR

    def build(self, input1: Spec, input2: Spec) -> nn.Module:
        from graphs.modules.loss_pairs import InfoNCE

        return InfoNCE(self.temperature)

    def code(self, input1: Spec, input2: Spec) -> Code:
        return adapted("loss_pairs.InfoNCE", self.temperature)


def _alike(input: Spec, other: Spec) -> None:
    """Check that two embeddings can be compared.

    Raises:
        Mismatch: they have other sizes, or no features.
    """
    if not input.expect_float().dims:
        input.fail("needs at least one axis of features, but gets a single number per sample.")
    if other.expect_float().sizes != input.sizes:
        other.fail(f"compares embeddings of the same sizes, but gets {input} and {other}.")
    if 0 in input.sizes:
        input.fail(f"needs at least one feature, but gets {input}.")
