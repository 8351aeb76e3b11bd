"""Metrics of classes beyond accuracy and F1: by the answers given. Axes per sample: any places, then K classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from graphs.code import Code
from graphs.layer import layer
from graphs.metric_code import VALUE, of_answers, of_torchmetrics
from graphs.param import param
from graphs.scoring import Classification, answers, classes_of, cut_of
from graphs.spec import Hint, Spec

if TYPE_CHECKING:
    from torch import nn

Average = Literal["macro", "micro", "weighted", "positive"]

AVERAGE_DOC = (
    "macro counts every class the same, weighted by its size, micro every sample; positive is that of class 1 alone, "
    "where there are two."
)


MOST_CLASSES = 1000
"""More than so many make a table that nobody reads, and a million numbers to keep."""


def _classes(input: Spec, target: Spec) -> int:
    return 2 if answers(input, target) else classes_of(input, target)


def _cut(input: Spec, target: Spec) -> dict[str, Any]:
    """Where a yes begins, if there is one score for each label."""
    return {"cut": cut_of(input)} if answers(input, target) else {}


class Averaged(Classification):
    """The base of metrics that each class has for itself."""

    average: Average

    def infer(self, input: Spec, target: Spec) -> Spec:
        result = super().infer(input, target)
        classes = _classes(input, target)
        if self.average == "positive" and classes != 2:
            input.fail(
                f"measures class 1 alone only where there are two classes, but gets {classes}. Set Average to macro.",
                code="G205",
                hints=(Hint("set", params=(("average", "macro"),)),),
            )
        return result

    def named(self, input: Spec, target: Spec) -> dict[str, Any]:
        """What the module is told of how it averages and where a yes begins."""
        alone = self.average == "positive"
        place = {"place": 1} if alone else {}
        return {"average": None if alone else self.average, **place, **_cut(input, target)}

    def written(self, name: str, input: Spec, target: Spec) -> Code:
        """The metric of torchmetrics that it is in source."""
        alone = self.average == "positive"
        return of_torchmetrics(
            name,
            _classes(input, target),
            update=of_answers(input, target),
            value=f"{VALUE}[1]" if alone else VALUE,
            average=None if alone else self.average,
        )


@layer(
    "Precision",
    title="Precision",
    category="Metric",
    also=("positive predictive value", "false alarms"),
    role="metric",
    percent=True,
)
class Precision(Averaged):
    """Of all answers for a class, the share that is right: scores (..., K) or (..., 1), classes (...) -> a number.

    Low if there are many false alarms. Recall is its counterpart, F1 the balance of both.
    Source: torchmetrics.Precision.
    """

    average: Average = param("macro", doc=AVERAGE_DOC)

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics_classes import ClassPrecision

        return ClassPrecision(_classes(input, target), **self.named(input, target))

    def code(self, input: Spec, target: Spec) -> Code:
        return self.written("MulticlassPrecision", input, target)


@layer(
    "Recall",
    title="Recall",
    category="Metric",
    also=("sensitivity", "true positive rate", "hit rate", "misses"),
    role="metric",
    percent=True,
)
class Recall(Averaged):
    """Of all samples of a class, the share that is found: scores (..., K) or (..., 1), classes (...) -> a number.

    Low if many are missed. Precision is its counterpart, F1 the balance of both.
    Source: torchmetrics.Recall.
    """

    average: Average = param("macro", doc=AVERAGE_DOC)

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics_classes import ClassRecall

        return ClassRecall(_classes(input, target), **self.named(input, target))

    def code(self, input: Spec, target: Spec) -> Code:
        return self.written("MulticlassRecall", input, target)


@layer(
    "Specificity",
    title="Specificity",
    category="Metric",
    also=("true negative rate", "selectivity", "medical"),
    role="metric",
    percent=True,
)
class Specificity(Averaged):
    """Of all samples that are not of a class, the share left alone: scores (..., K), classes (...) -> a number.

    In medicine: how many of the healthy are called healthy. Source: torchmetrics.Specificity.
    """

    average: Average = param("macro", doc=AVERAGE_DOC)

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics_classes import ClassSpecificity

        return ClassSpecificity(_classes(input, target), **self.named(input, target))

    def code(self, input: Spec, target: Spec) -> Code:
        return self.written("MulticlassSpecificity", input, target)


@layer(
    "JaccardIndex",
    title="Intersection over union (IoU)",
    category="Metric",
    also=("iou", "jaccard", "segmentation", "overlap", "mean iou"),
    role="metric",
    percent=True,
)
class JaccardIndex(Averaged):
    """How much the predicted area of a class overlaps the true one: scores (..., K), classes (...) -> a number.

    The usual metric of segmentation: shared area over the area of both, from 0 to 1.
    Source: torchmetrics.JaccardIndex.
    """

    average: Average = param("macro", doc=AVERAGE_DOC)

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics_classes import ClassJaccard

        return ClassJaccard(_classes(input, target), **self.named(input, target))

    def code(self, input: Spec, target: Spec) -> Code:
        return self.written("MulticlassJaccardIndex", input, target)


@layer(
    "CohenKappa",
    title="Cohen's kappa",
    category="Metric",
    also=("agreement", "chance", "raters"),
    role="metric",
    percent=False,
)
class CohenKappa(Classification):
    """Agreement beyond chance, at most 1: scores (..., K) or (..., 1), classes (...) -> a number.

    0 is what guessing by the sizes of the classes would reach. Source: Cohen 1960; torchmetrics.CohenKappa.
    """

    weights_of_errors: Literal["none", "linear", "quadratic"] = param(
        "none",
        label="Weights",
        doc="Whether errors count more the farther the classes are apart, for classes with an order.",
    )

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics_classes import ClassKappa

        weights = None if self.weights_of_errors == "none" else self.weights_of_errors
        return ClassKappa(_classes(input, target), weights=weights, **_cut(input, target))

    def code(self, input: Spec, target: Spec) -> Code:
        plain = self.weights_of_errors == "none"
        weights = {} if plain else {"weights": self.weights_of_errors}
        update = of_answers(input, target)
        return of_torchmetrics(
            "MulticlassCohenKappa", _classes(input, target), update=update, **weights
        )


@layer(
    "MatthewsCorrCoef",
    title="Matthews correlation",
    category="Metric",
    also=("mcc", "phi", "imbalance", "correlation"),
    role="metric",
    percent=False,
)
class MatthewsCorrCoef(Classification):
    """How answers and classes go together, from -1 to 1: scores (..., K) or (..., 1), classes (...) -> a number.

    Fair where classes are of very different size: 0 is guessing. Source: torchmetrics.MatthewsCorrCoef.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics_classes import ClassMatthews

        return ClassMatthews(_classes(input, target), **_cut(input, target))

    def code(self, input: Spec, target: Spec) -> Code:
        update = of_answers(input, target)
        return of_torchmetrics("MulticlassMatthewsCorrCoef", _classes(input, target), update=update)


@layer(
    "ConfusionMatrix",
    title="Confusion matrix",
    category="Metric",
    also=("mistakes", "errors", "mix-up", "which classes", "contingency table", "heat map"),
    role="metric",
    percent=False,
)
class ConfusionMatrix(Classification):
    """Which classes are taken for which, and how many answers are wrong: scores (..., K), classes (...) -> a number.

    The results show its picture: a row for each true class, a column for each answer, so that right ones stand on
    the diagonal. The number that the curves follow is the count of wrong answers. Without it the results show
    that of the first loss. Source: torchmetrics.ConfusionMatrix.
    """

    def infer(self, input: Spec, target: Spec) -> Spec:
        result = super().infer(input, target)
        classes = _classes(input, target)
        if classes > MOST_CLASSES:
            input.fail(
                f"counts every class against every other, which ends at {MOST_CLASSES:,} classes, but gets "
                f"{classes:,}. Use Accuracy with a Top k instead.",
                code="G205",
            )
        return result

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics_classes import ClassConfusion

        return ClassConfusion(_classes(input, target), **_cut(input, target))

    def code(self, input: Spec, target: Spec) -> Code:
        return of_torchmetrics(
            "MulticlassConfusionMatrix",
            _classes(input, target),
            update=of_answers(input, target),
            value="{self}.confmat.sum() - {self}.confmat.trace()",  # what stands beside the diagonal
        )
