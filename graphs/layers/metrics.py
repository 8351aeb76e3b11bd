"""Metrics: how good the results are, in numbers that people read. Axes per sample: any places, then K classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from graphs.code import Code
from graphs.layer import layer
from graphs.metric_code import of_answers, of_numbers, of_torchmetrics
from graphs.param import param
from graphs.scoring import Classification, Regression, answers, classes_of, cut_of
from graphs.spec import Hint, Spec

if TYPE_CHECKING:
    from torch import nn


@layer(
    "Accuracy",
    title="Accuracy",
    category="Metric",
    also=("correct", "hit rate", "top 1", "top k"),
    role="metric",
    usual_for="class",
    percent=True,
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
        from graphs.modules.metrics import ClassAccuracy

        if answers(input, target):
            return ClassAccuracy(2, average=self.average, cut=cut_of(input))
        return ClassAccuracy(classes_of(input, target), top_k=self.top_k, average=self.average)

    def code(self, input: Spec, target: Spec) -> Code:
        yes = answers(input, target)
        named: dict[str, Any] = {"top_k": self.top_k} if self.top_k > 1 and not yes else {}
        return of_torchmetrics(
            "MulticlassAccuracy",
            2 if yes else classes_of(input, target),
            update=of_answers(input, target),
            **named,
            average=self.average,
        )


@layer(
    "F1Score",
    title="F1",
    category="Metric",
    also=("f score", "precision and recall", "f-measure"),
    role="metric",
    percent=False,
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
        from graphs.modules.metrics import ClassF1Score

        if answers(input, target):
            return ClassF1Score(2, average=self.average, cut=cut_of(input))
        return ClassF1Score(classes_of(input, target), average=self.average)

    def code(self, input: Spec, target: Spec) -> Code:
        return of_torchmetrics(
            "MulticlassF1Score",
            2 if answers(input, target) else classes_of(input, target),
            update=of_answers(input, target),
            average=self.average,
        )


@layer(
    "MeanAbsoluteError",
    title="Mean absolute error (MAE)",
    category="Metric",
    also=("mae", "l1", "average error"),
    role="metric",
    usual_for="number",
    percent=False,
)
class MeanAbsoluteError(Regression):
    """How far predictions are from the target on average: input (...), target (...) -> a number.

    In the unit of the target, so it is easy to read: an MAE of 3 means 3 away on average.
    Source: torchmetrics.MeanAbsoluteError.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics import FlatMeanAbsoluteError

        return FlatMeanAbsoluteError()

    def code(self, input: Spec, target: Spec) -> Code:
        return of_torchmetrics("MeanAbsoluteError")


@layer(
    "R2Score",
    title="R2",
    category="Metric",
    also=("r squared", "coefficient of determination", "explained variance"),
    role="metric",
    percent=False,
)
class R2Score(Regression):
    """The share of the target's variance that is explained, at most 1: input (...), target (...) -> a number.

    0 is as good as always saying the mean, below 0 is worse. Needs at least two samples.
    Source: torchmetrics.R2Score.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics import RowR2Score

        return RowR2Score()

    def code(self, input: Spec, target: Spec) -> Code:
        return of_torchmetrics("R2Score", update=of_numbers(input, rows=True))
