"""Metrics of scores themselves, not only of the answers they lead to. Axes per sample: any places, then K classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphs.code import Code
from graphs.layer import Layer, layer
from graphs.metric_code import of_chances, of_torchmetrics
from graphs.param import param
from graphs.scoring import Classification, answers, check_class_scores, classes_of
from graphs.spec import SCALAR, Spec

if TYPE_CHECKING:
    from torch import nn


class Ordered(Classification):
    """The base of metrics that look at how scores order or weigh the samples."""

    def module(self, name: str, input: Spec, target: Spec, *settings: Any) -> nn.Module:
        """The module `Yes...` of two classes or one score for yes or no, or `Class...` of more."""
        from graphs.modules import metrics_probability

        classes = 1 if answers(input, target) else classes_of(input, target)
        count = (classes,) if classes > 2 else ()
        cls = getattr(metrics_probability, f"{'Class' if count else 'Yes'}{name}")
        raw = input.kind != "probability"
        module: nn.Module = cls(*count, *settings, classes=classes, raw=raw)
        return module

    def written(self, name: str, input: Spec, target: Spec, *settings: Any) -> Code:
        """The metric of torchmetrics that it is in source."""
        classes = 1 if answers(input, target) else classes_of(input, target)
        count = (classes,) if classes > 2 else ()
        return of_torchmetrics(
            f"{'Multiclass' if count else 'Binary'}{name}",
            *count,
            *settings,
            update=of_chances(input, target, classes),
        )


@layer(
    "AUROC",
    title="AUROC",
    category="Metric",
    also=("auc", "roc", "area under the curve", "ranking", "imbalance"),
    role="metric",
    percent=False,
)
class AUROC(Ordered):
    """How well scores put samples of a class before others, from 0 to 1: scores (..., K), classes (...) -> a number.

    The chance that a random sample of the class has a higher score than one of another; 0.5 is guessing. With
    several classes, the mean over them. It keeps all scores of an epoch. Source: torchmetrics.AUROC.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        return self.module("AUROC", input, target)

    def code(self, input: Spec, target: Spec) -> Code:
        return self.written("AUROC", input, target)


@layer(
    "AveragePrecision",
    title="Average precision",
    category="Metric",
    also=(
        "ap",
        "pr curve",
        "area under the precision-recall curve",
        "auprc",
        "ranking",
        "imbalance",
    ),
    role="metric",
    percent=False,
)
class AveragePrecision(Ordered):
    """The mean precision from the surest answer down, from 0 to 1: scores (..., K), classes (...) -> a number.

    Stricter than AUROC where a class is rare. With several classes, the mean over them. It keeps all scores of
    an epoch. Source: torchmetrics.AveragePrecision.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        return self.module("AveragePrecision", input, target)

    def code(self, input: Spec, target: Spec) -> Code:
        return self.written("AveragePrecision", input, target)


@layer(
    "CalibrationError",
    title="Calibration error",
    category="Metric",
    also=("ece", "confidence", "reliability", "uncertainty"),
    role="metric",
    percent=False,
)
class CalibrationError(Ordered):
    """How far confidence is from the share of right answers, from 0 to 1: scores (..., K), classes (...) -> a number.

    0 means that of the answers given with 80 % confidence, 80 % are right.
    Source: Guo et al. 2017; torchmetrics.CalibrationError.
    """

    n_bins: int = param(
        15,
        ge=2,
        le=1000,
        label="Bins",
        doc="Into how many ranges of confidence answers are sorted.",
    )

    def build(self, input: Spec, target: Spec) -> nn.Module:
        return self.module("Calibration", input, target, self.n_bins)

    def code(self, input: Spec, target: Spec) -> Code:
        return self.written("CalibrationError", input, target, self.n_bins)


@layer(
    "Perplexity",
    title="Perplexity",
    category="Metric",
    also=("language model", "text", "surprise", "branching"),
    role="metric",
    percent=False,
)
class Perplexity(Layer):
    """Among how many equally likely tokens the network hesitates: scores (..., V), tokens (...) -> a number.

    The exponential of the mean cross entropy, over all tokens of an epoch; the usual metric of language models.
    Source: torchmetrics.text.Perplexity.
    """

    ignore_index: int = param(-100, doc="Targets with this value do not count.", advanced=True)

    def infer(self, input: Spec, target: Spec) -> Spec:
        check_class_scores(input, target)
        return SCALAR

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics_probability import TokenPerplexity

        return TokenPerplexity(ignore_index=self.ignore_index)

    def code(self, input: Spec, target: Spec) -> Code:
        update = {1: "{input}[None], {target}[None]", 2: "{input}, {target}"}
        flat = "{input}.flatten(1, -2), {target}.flatten(1)"
        return of_torchmetrics(
            "text.Perplexity",
            update=update.get(input.rank, flat),
            ignore_index=self.ignore_index,
        )
