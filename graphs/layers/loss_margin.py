"""Losses with a margin: what is right shall win clearly, and more than that does not count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from graphs.code import Code, adapted
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.scoring import check_class_scores, check_signs
from graphs.spec import SCALAR, Spec

if TYPE_CHECKING:
    from torch import nn

MARGIN_DOC = "How clearly the right one shall win."


@layer(
    "HingeEmbeddingLoss",
    title="Hinge embedding",
    category="Loss",
    also=("similarity", "distance", "siamese", "margin"),
    role="loss",
)
class HingeEmbeddingLoss(Layer):
    """Makes distances small for a yes and large for a no: distances (...), target (...) -> a number.

    The target is 1 or -1, or a label of two classes, 1 for a yes. Source: torch.nn.HingeEmbeddingLoss.
    """

    margin: float = param(1.0, gt=0, doc="The distance that is far enough for a no.")

    def infer(self, input: Spec, target: Spec) -> Spec:
        check_signs(target, input.expect_float().sizes)
        return SCALAR

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.loss_pairs import SignedHinge

        return SignedHinge(margin=self.margin, labels=target.kind != "number")

    def code(self, input: Spec, target: Spec) -> Code:
        labels = target.kind != "number"
        return adapted("loss_pairs.SignedHinge", margin=self.margin, labels=labels)


@layer(
    "SoftMarginLoss",
    title="Soft margin",
    category="Loss",
    also=("logistic loss", "yes or no", "binary"),
    role="loss",
)
class SoftMarginLoss(Layer):
    """The logistic loss for answers of 1 and -1: scores (...), target (...) -> a number.

    The same as Binary cross entropy for targets of 1 and -1. Labels of two classes are taken, too.
    Source: torch.nn.SoftMarginLoss.
    """

    def infer(self, input: Spec, target: Spec) -> Spec:
        check_signs(target, input.expect_float().sizes)
        return SCALAR

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.loss_pairs import SignedSoftMargin

        return SignedSoftMargin(labels=target.kind != "number")

    def code(self, input: Spec, target: Spec) -> Code:
        return adapted("loss_pairs.SignedSoftMargin", labels=target.kind != "number")


@layer(
    "MarginRankingLoss",
    title="Margin ranking",
    category="Loss",
    also=("ranking", "order", "preference", "learning to rank"),
    role="loss",
)
class MarginRankingLoss(Layer):
    """Learns which of two is higher: scores input1 (...) and input2 (...), target (...) -> a number.

    The target is 1 where the first shall be higher, -1 (or class 0) where the second.
    Source: torch.nn.MarginRankingLoss.
    """

    margin: float = param(0.0, ge=0, doc=MARGIN_DOC)

    def infer(self, input1: Spec, input2: Spec, target: Spec) -> Spec:
        if input2.expect_float().sizes != input1.expect_float().sizes:
            input2.fail(f"compares score with score, but gets {input1} and {input2}.")
        check_signs(target, input1.sizes)
        return SCALAR

    def build(self, input1: Spec, input2: Spec, target: Spec) -> nn.Module:
        from graphs.modules.loss_pairs import SignedRanking

        return SignedRanking(margin=self.margin, labels=target.kind != "number")

    def code(self, input1: Spec, input2: Spec, target: Spec) -> Code:
        labels = target.kind != "number"
        return adapted("loss_pairs.SignedRanking", margin=self.margin, labels=labels)


@layer(
    "MultiMarginLoss",
    title="Multi-class margin",
    category="Loss",
    also=("hinge", "svm", "support vector", "classification loss"),
    role="loss",
)
class MultiMarginLoss(Layer):
    """The score of the right class shall lead by a margin: scores (..., K), classes (...) -> a number.

    The loss of a support vector machine with several classes. Source: torch.nn.MultiMarginLoss.
    """

    p: Literal[1, 2] = param(
        1, label="Power", doc="Whether what is missing counts as it is (1) or squared (2)."
    )
    margin: float = param(1.0, gt=0, doc=MARGIN_DOC)

    def infer(self, input: Spec, target: Spec) -> Spec:
        check_class_scores(input, target)
        input.fixed(-1, "the number of classes")
        return SCALAR

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.loss_pairs import RowMultiMargin

        return RowMultiMargin(p=self.p, margin=self.margin)

    def code(self, input: Spec, target: Spec) -> Code:
        return adapted("loss_pairs.RowMultiMargin", p=self.p, margin=self.margin)
