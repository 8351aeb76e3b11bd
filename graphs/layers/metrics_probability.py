"""Metrics of scores themselves, not only of the answers they lead to. Axes per sample: any places, then K classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphs.code import Code, adapted
from graphs.layer import Layer, layer
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

        make = self.made(name, input, target, *settings).make
        assert make is not None
        cls = getattr(metrics_probability, make.name.rpartition(".")[2])
        row = [arg.value for arg in make.args if arg.positional]
        module: nn.Module = cls(*row, **{a.name: a.value for a in make.args if not a.positional})
        return module

    def made(self, name: str, input: Spec, target: Spec, *settings: Any) -> Code:
        """How that module is made."""
        classes = 1 if answers(input, target) else classes_of(input, target)
        count = (classes,) if classes > 2 else ()
        told: dict[str, Any] = {"classes": classes} if classes > 1 else {}
        if input.kind == "probability":
            told["raw"] = False
        kind = "Class" if count else "Yes"
        return adapted(f"metrics_probability.{kind}{name}", *count, *settings, **told)


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
        return self.made("AUROC", input, target)


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
        return self.made("AveragePrecision", input, target)


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
        return self.made("Calibration", input, target, self.n_bins)


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
        return adapted("metrics_probability.TokenPerplexity", ignore_index=self.ignore_index)
