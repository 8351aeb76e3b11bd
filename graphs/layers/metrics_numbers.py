"""Metrics of numbers beyond the mean absolute error and R2. Axes per sample: any places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.code import Code
from graphs.layer import layer
from graphs.metric_code import of_numbers, of_torchmetrics
from graphs.scoring import Regression

if TYPE_CHECKING:
    from torch import nn

    from graphs.spec import Spec


@layer(
    "MeanSquaredError",
    title="Mean squared error (MSE)",
    category="Metric",
    also=("mse", "l2", "squared error"),
    role="metric",
    percent=False,
)
class MeanSquaredError(Regression):
    """The mean of the squared differences: input (...), target (...) -> a number.

    Large mistakes count most. Its unit is that of the target squared; the root of it is easier to read.
    Source: torchmetrics.MeanSquaredError.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics_numbers import FlatMeanSquaredError

        return FlatMeanSquaredError()

    def code(self, input: Spec, target: Spec) -> Code:
        return of_torchmetrics("MeanSquaredError")


@layer(
    "RootMeanSquaredError",
    title="Root mean squared error (RMSE)",
    category="Metric",
    also=("rmse", "l2", "standard error"),
    role="metric",
    percent=False,
)
class RootMeanSquaredError(Regression):
    """The root of the mean squared difference: input (...), target (...) -> a number.

    In the unit of the target, and never below the mean absolute error: much above it, if a few mistakes are large.
    Source: torchmetrics.MeanSquaredError.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics_numbers import FlatMeanSquaredError

        return FlatMeanSquaredError(squared=False)

    def code(self, input: Spec, target: Spec) -> Code:
        return of_torchmetrics("MeanSquaredError", squared=False)


@layer(
    "MeanAbsolutePercentageError",
    title="Mean percentage error (MAPE)",
    category="Metric",
    also=("mape", "relative error", "percent", "forecast"),
    role="metric",
    percent=True,
)
class MeanAbsolutePercentageError(Regression):
    """How far predictions are from the target, as a share of it: input (...), target (...) -> a number.

    0.1 means 10 % on average. Only for targets that are never near 0.
    Source: torchmetrics.MeanAbsolutePercentageError.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics_numbers import FlatPercentageError

        return FlatPercentageError()

    def code(self, input: Spec, target: Spec) -> Code:
        return of_torchmetrics("MeanAbsolutePercentageError")


@layer(
    "ExplainedVariance",
    title="Explained variance",
    category="Metric",
    also=("variance", "regression", "r squared"),
    role="metric",
    percent=False,
)
class ExplainedVariance(Regression):
    """The share of the target's variance that is explained, at most 1: input (...), target (...) -> a number.

    As R2, but it forgives an error that is the same for all samples. Source: torchmetrics.ExplainedVariance.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics_numbers import RowExplainedVariance

        return RowExplainedVariance()

    def code(self, input: Spec, target: Spec) -> Code:
        return of_torchmetrics("ExplainedVariance", update=of_numbers(input, rows=True))


@layer(
    "PearsonCorrCoef",
    title="Pearson correlation",
    category="Metric",
    also=("correlation", "linear", "r"),
    role="metric",
    percent=False,
)
class PearsonCorrCoef(Regression):
    """How straight the line is that predictions and targets lie on, from -1 to 1: input, target (...) -> a number.

    Over all numbers of all samples. Needs at least two. Source: torchmetrics.PearsonCorrCoef.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics_numbers import FlatPearson

        return FlatPearson()

    def code(self, input: Spec, target: Spec) -> Code:
        return of_torchmetrics("PearsonCorrCoef", update=of_numbers(input, rows=False))


@layer(
    "SpearmanCorrCoef",
    title="Spearman correlation",
    category="Metric",
    also=("correlation", "rank", "order", "monotone"),
    role="metric",
    percent=False,
)
class SpearmanCorrCoef(Regression):
    """How well predictions order the samples, from -1 to 1: input (...), target (...) -> a number.

    Over all numbers of all samples. It keeps them for an epoch. Source: torchmetrics.SpearmanCorrCoef.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.metrics_numbers import FlatSpearman

        return FlatSpearman()

    def code(self, input: Spec, target: Spec) -> Code:
        return of_torchmetrics("SpearmanCorrCoef", update=of_numbers(input, rows=False))
