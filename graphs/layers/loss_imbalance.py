"""Losses for rare classes and small areas, as in detection and segmentation. Axes: any places, then K classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.code import Code, adapted
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.scoring import answers, check_class_scores
from graphs.spec import SCALAR, Spec

if TYPE_CHECKING:
    from torch import nn


@layer(
    "FocalLoss",
    title="Focal",
    category="Loss",
    also=("imbalance", "rare classes", "detection", "retinanet", "hard examples"),
    role="loss",
    applies="softmax or sigmoid",
)
class FocalLoss(Layer):
    """Cross entropy that counts easy samples less: scores (..., K) or (..., 1), classes (...) -> a number.

    For rare classes, where the many easy samples would drown the few hard ones. It takes raw scores. With gamma 0
    it is Cross entropy. Source: Lin et al. 2017.
    """

    gamma: float = param(2.0, ge=0, doc="How much less easy samples count; 0 counts all the same.")
    alpha: float | None = param(
        None,
        gt=0,
        lt=1,
        doc="How much a yes counts, a no the rest of 1, with one score per label; none counts both the same.",
    )

    def infer(self, logits: Spec, target: Spec) -> Spec:
        if not (target.kind in ("class", "mask") and answers(logits, target)):
            check_class_scores(logits, target)
        return SCALAR

    def build(self, logits: Spec, target: Spec) -> nn.Module:
        from graphs.modules.losses import FocalClasses, FocalYesNo

        if target.kind in ("class", "mask") and answers(logits, target):
            return FocalYesNo(self.gamma, self.alpha)
        return FocalClasses(self.gamma)

    def code(self, logits: Spec, target: Spec) -> Code:
        if target.kind in ("class", "mask") and answers(logits, target):
            return adapted("losses.FocalYesNo", self.gamma, self.alpha)
        return adapted("losses.FocalClasses", self.gamma)


@layer(
    "DiceLoss",
    title="Dice",
    category="Loss",
    also=("segmentation", "overlap", "iou", "f1", "medical", "imbalance"),
    role="loss",
    applies="softmax or sigmoid",
)
class DiceLoss(Layer):
    """How little the predicted area overlaps the true one: scores (..., K) or (..., 1), classes (...) -> a number.

    For segmentation: a small area counts as much as a large one. It takes raw scores; for a mask or labels of two
    classes, one score for each place. Source: Milletari et al. 2016.
    """

    smooth: float = param(
        1.0, gt=0, doc="What is added to overlap and areas, so that empty ones are no problem."
    )

    def infer(self, logits: Spec, target: Spec) -> Spec:
        if not (target.kind in ("class", "mask") and answers(logits, target)):
            check_class_scores(logits, target)
            logits.fixed(-1, "the number of classes")
        return SCALAR

    def build(self, logits: Spec, target: Spec) -> nn.Module:
        from graphs.modules.losses import DiceClasses, DiceYesNo

        if target.kind in ("class", "mask") and answers(logits, target):
            return DiceYesNo(self.smooth)
        return DiceClasses(self.smooth)

    def code(self, logits: Spec, target: Spec) -> Code:
        yes_or_no = target.kind in ("class", "mask") and answers(logits, target)
        return adapted("losses.DiceYesNo" if yes_or_no else "losses.DiceClasses", self.smooth)
