"""Metrics of torchmetrics by the answers given, for scores whose last axis is the classes, or one score per label."""

from __future__ import annotations

from torch import Tensor
from torchmetrics.classification import (
    MulticlassCohenKappa,
    MulticlassConfusionMatrix,
    MulticlassJaccardIndex,
    MulticlassMatthewsCorrCoef,
    MulticlassPrecision,
    MulticlassRecall,
    MulticlassSpecificity,
)

from graphs.modules.metrics import Answers


class ClassPrecision(Answers, MulticlassPrecision):
    """Precision of each class."""


class ClassRecall(Answers, MulticlassRecall):
    """Recall of each class."""


class ClassSpecificity(Answers, MulticlassSpecificity):
    """Specificity of each class."""


class ClassJaccard(Answers, MulticlassJaccardIndex):
    """Overlap of each class."""


class ClassKappa(Answers, MulticlassCohenKappa):
    """Agreement beyond chance."""


class ClassConfusion(Answers, MulticlassConfusionMatrix):
    """How many answers are wrong; `confmat` holds the matrix, a row for each true class."""

    def compute(self) -> Tensor:
        """What stands beside the diagonal."""
        return (self.confmat.sum() - self.confmat.trace()).float()


class ClassMatthews(Answers, MulticlassMatthewsCorrCoef):
    """Correlation of answers and classes."""
