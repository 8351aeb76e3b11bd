"""Metrics: how good the results are, in numbers that people read. Axes per sample: any places, then K classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from graphs.layer import Layer, layer
from graphs.param import param
from graphs.spec import SCALAR, Hint, Spec, counted

if TYPE_CHECKING:
    from torch import nn

TWO = 2
"""The fewest classes that there is something to choose from."""

YES_PROBABILITY = 0.5
YES_SCORE = 0.0


class Classification(Layer):
    """The base of metrics that compare scores with class labels."""

    def infer(self, input: Spec, target: Spec) -> Spec:
        if target.kind not in ("class", "token"):
            target.fail(f"needs class labels as its target, but gets {target.words}.", code="G202")
        if _answers(input, target):
            return SCALAR
        input.expect_float()
        if not input.dims or input.sizes[:-1] != target.sizes:
            input.fail(
                f"needs one row of {target.of or 'K'} scores for each label, but gets {input} per sample.",
                hints=(Hint("insert", input.port, "Flatten"),)
                if input.rank > 1 and not target.dims
                else (),
            )
        if target.of is not None and input.sizes[-1] != target.of:
            input.fail(
                f"has {target.of} classes to choose from, but gets {counted(input.sizes[-1], 'score')} "
                f"for them. Let the layer before it give {target.of} outputs.",
                code="G203",
                hints=(Hint("insert", input.port, "Linear", (("out_features", target.of),)),),
            )
        if input.fixed(-1, "the number of classes") < TWO:
            input.fail(
                "needs two classes or more to choose from, but gets 1 score for 1 class.",
                code="G203",
            )
        return SCALAR


@layer(
    "Accuracy",
    title="Accuracy",
    category="Metric",
    also=("correct", "hit rate", "top 1", "top k"),
    role="metric",
)
class Accuracy(Classification):
    """The share of right answers, from 0 to 1: scores (..., K) or (..., 1), classes (...) -> a number.

    The first thing to look at for classes of similar size. If one class is rare, look at F1 too, or set
    the average to macro. Source: torchmetrics.Accuracy.
    """

    average: Literal["micro", "macro"] = param(
        "micro", doc="micro counts every sample the same, macro every class the same."
    )
    top_k: int = param(
        1, ge=1, doc="An answer is right if the class is among the k highest scores.", advanced=True
    )

    def infer(self, input: Spec, target: Spec) -> Spec:
        classes = input.sizes[-1] if input.dims else 1
        if self.top_k > 1 and isinstance(classes, int) and self.top_k > classes:
            input.fail(
                f"looks at the {self.top_k} highest scores, but gets {input} per sample. Set Top k to 1.",
                code="G205",
                hints=(Hint("set", params=(("top_k", 1),)),),
            )
        return super().infer(input, target)

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics import ClassAccuracy, YesNoAccuracy

        if _answers(input, target):
            return YesNoAccuracy(_cut(input), self.average)
        return ClassAccuracy(_classes(input, target), top_k=self.top_k, average=self.average)


@layer(
    "F1Score",
    title="F1",
    category="Metric",
    also=("f score", "precision and recall", "f-measure"),
    role="metric",
)
class F1Score(Classification):
    """The balance of precision and recall, from 0 to 1: scores (..., K) or (..., 1), classes (...) -> a number.

    Better than accuracy if some classes are rare: it is high only if few of a class are missed and few
    others are taken for it. Source: torchmetrics.F1Score.
    """

    average: Literal["macro", "micro", "weighted"] = param(
        "macro",
        doc="macro counts every class the same, weighted by its size, micro every sample (then it equals accuracy).",
    )

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics import ClassF1Score, YesNoF1Score

        if _answers(input, target):
            return YesNoF1Score(_cut(input), self.average)
        return ClassF1Score(_classes(input, target), average=self.average)


class Regression(Layer):
    """The base of metrics that compare numbers with numbers, place by place."""

    def infer(self, input: Spec, target: Spec) -> Spec:
        input.expect_float()
        if target.dtype != "float32":
            target.fail(f"needs numbers as its target, but gets {target.words}.", code="G202")
        if input.sizes != target.sizes:
            input.fail(
                f"compares number with number, but gets {input} against a target of {target} per sample."
            )
        return SCALAR


@layer(
    "MeanAbsoluteError",
    title="Mean absolute error (MAE)",
    category="Metric",
    also=("mae", "l1", "average error"),
    role="metric",
)
class MeanAbsoluteError(Regression):
    """How far predictions are from the target on average: input (...), target (...) -> a number.

    In the unit of the target, so it is easy to read: an MAE of 3 means 3 away on average.
    Source: torchmetrics.MeanAbsoluteError.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics import FlatMeanAbsoluteError

        return FlatMeanAbsoluteError()


@layer(
    "R2Score",
    title="R2",
    category="Metric",
    also=("r squared", "coefficient of determination", "explained variance"),
    role="metric",
)
class R2Score(Regression):
    """The share of the target's variance that is explained, at most 1: input (...), target (...) -> a number.

    0 is as good as always saying the mean, below 0 is worse. Needs at least two samples.
    Source: torchmetrics.R2Score.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics import RowR2Score

        return RowR2Score()


def _answers(input: Spec, target: Spec) -> bool:
    """Whether there is one score for yes or no, not one for each class."""
    if input.dtype != "float32" or target.of not in (None, TWO):
        return False
    return input.sizes in (target.sizes, (*target.sizes, 1))


def _cut(input: Spec) -> float:
    return YES_PROBABILITY if input.kind == "probability" else YES_SCORE


def _classes(input: Spec, target: Spec) -> int:
    known = target.of or input.of
    return known if known is not None else input.fixed(-1, "the number of classes")
