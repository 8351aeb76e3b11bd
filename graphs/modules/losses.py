"""Losses of torch for scores whose last axis is the classes, and for labels as data nodes give them."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn


class ClassLastCrossEntropy(nn.CrossEntropyLoss):
    """Cross entropy of logits (B, ..., K), where torch wants (B, K, ...).

    The target is classes (B, ...) or probabilities (B, ..., K).
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The mean over all places, in nats."""
        if input.dim() <= 2:  # one place for each sample: the classes stand where torch wants them
            return super().forward(input, target)
        if target.dim() == input.dim():
            target = target.movedim(-1, 1)
        return super().forward(input.movedim(-1, 1), target)


class LabelBCEWithLogits(nn.BCEWithLogitsLoss):
    """Binary cross entropy; the target may be labels 0 and 1, and may lack a last axis of 1."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The mean over all places, in nats."""
        return super().forward(input, target.to(input.dtype).reshape(input.shape))


def weight_tensor(weight: tuple[float, ...] | None) -> Tensor | None:
    """Class weights as torch takes them."""
    return None if weight is None else torch.tensor(weight, dtype=torch.float32)


class ClassLastNLL(nn.NLLLoss):
    """Negative log likelihood of log probabilities (B, ..., K), where torch wants (B, K, ...)."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The mean over all places, in nats."""
        return super().forward(input.movedim(-1, 1), target)


class LabelBCE(nn.BCELoss):
    """Binary cross entropy of probabilities, with labels 0 and 1 or numbers between."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The mean over all places, in nats."""
        return super().forward(input, target.to(input.dtype).reshape(input.shape))


class RowKLDiv(nn.Module):
    """KL divergence of log probabilities (B, ..., K) from a target, the mean over rows."""

    def __init__(self, *, log_target: bool) -> None:
        super().__init__()
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The mean over all rows, in nats."""
        classes = input.shape[-1]
        return nn.functional.kl_div(
            input.reshape(-1, classes),
            target.reshape(-1, classes),
            reduction="batchmean",
            log_target=self.log_target,
        )


def gaussian_kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence of each normal number from a standard one, in nats."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)


class GaussianKL(nn.Module):
    """KL divergence of normal numbers from standard ones, for each sample added up or averaged."""

    def __init__(self, reduction: Literal["sum", "mean"]) -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """The mean over samples, in nats."""
        each = gaussian_kl(mean, log_variance)
        rows = each.reshape(each.shape[0], -1)
        return (rows.sum(1) if self.reduction == "sum" else rows.mean(1)).mean()


class LogVarianceNLL(nn.Module):
    """Likelihood of the target under a mean and the logarithm of a variance."""

    def __init__(self, *, full: bool, eps: float) -> None:
        super().__init__()
        self.full, self.eps = full, eps

    def forward(self, input: Tensor, target: Tensor, log_variance: Tensor) -> Tensor:
        """The mean over all places, in nats."""
        return nn.functional.gaussian_nll_loss(
            input, target, log_variance.exp(), full=self.full, eps=self.eps
        )


class FocalClasses(nn.Module):
    """Focal loss of logits (B, ..., K) for classes (B, ...)."""

    def __init__(self, gamma: float) -> None:
        super().__init__()
        self.gamma = gamma

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The mean over all places, in nats."""
        right = logits.log_softmax(-1).gather(-1, target[..., None])[..., 0]
        return -((1 - right.exp()) ** self.gamma * right).mean()


class FocalYesNo(nn.Module):
    """Focal loss of one logit per label 0 or 1; `alpha` weighs a yes, the rest of 1 a no."""

    def __init__(self, gamma: float, alpha: float | None) -> None:
        super().__init__()
        self.gamma, self.alpha = gamma, alpha

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The mean over all places, in nats."""
        yes = target.reshape(logits.shape).bool()
        right = nn.functional.logsigmoid(torch.where(yes, logits, -logits))
        each = -((1 - right.exp()) ** self.gamma) * right
        if self.alpha is not None:
            each = each * torch.where(yes, self.alpha, 1 - self.alpha)
        return each.mean()


class DiceClasses(nn.Module):
    """1 less the mean Dice overlap of the classes: logits (B, ..., K), classes (B, ...)."""

    def __init__(self, smooth: float) -> None:
        super().__init__()
        self.smooth = smooth

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The mean over samples and classes, from 0 to 1."""
        rows, classes = logits.shape[0], logits.shape[-1]
        said = logits.softmax(-1).reshape(rows, -1, classes)
        true = nn.functional.one_hot(target.reshape(rows, -1), classes).to(said.dtype)
        return _dice(said, true, self.smooth)


class DiceYesNo(nn.Module):
    """1 less the Dice overlap: one logit per label 0 or 1."""

    def __init__(self, smooth: float) -> None:
        super().__init__()
        self.smooth = smooth

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The mean over samples, from 0 to 1."""
        rows = logits.shape[0]
        said = logits.sigmoid().reshape(rows, -1, 1)
        return _dice(said, target.reshape(rows, -1, 1).to(said.dtype), self.smooth)


def _dice(said: Tensor, true: Tensor, smooth: float) -> Tensor:
    """Both (B, places, K)."""
    shared = (said * true).sum(1)
    return (1 - (2 * shared + smooth) / (said.sum(1) + true.sum(1) + smooth)).mean()


class Adversarial(nn.Module):
    """A GAN's loss of scores that shall all be called real, or all fake."""

    def __init__(self, form: str, *, real: bool, generator: bool) -> None:
        super().__init__()
        self.form, self.real, self.generator = form, real, generator

    def forward(self, logits: Tensor) -> Tensor:
        """The mean over all scores."""
        signed = logits if self.real else -logits
        if self.form == "logistic":
            return nn.functional.softplus(-signed).mean()
        if self.form == "least_squares":
            return (logits - float(self.real)).square().mean()
        if self.form == "hinge" and not self.generator:
            return (1 - signed).relu().mean()
        return -signed.mean()

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"{self.form}, {'real' if self.real else 'fake'}"


class Distillation(nn.Module):
    """KL divergence of softened scores from the teacher's, times the squared temperature."""

    def __init__(self, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, logits: Tensor, teacher: Tensor) -> Tensor:
        """The mean over all rows, in nats."""
        classes = logits.shape[-1]
        student = (logits / self.temperature).log_softmax(-1).reshape(-1, classes)
        soft = (teacher.detach() / self.temperature).log_softmax(-1).reshape(-1, classes)
        found = nn.functional.kl_div(student, soft, reduction="batchmean", log_target=True)
        return found * self.temperature**2


class StepCTC(nn.Module):
    """CTC of logits (B, T, K) for tokens (B, S), filled up with `blank` at their end."""

    def __init__(self, blank: int, *, zero_infinity: bool) -> None:
        super().__init__()
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The mean over samples of the loss for each token."""
        rows, steps = logits.shape[:2]
        return nn.functional.ctc_loss(
            logits.log_softmax(-1).transpose(0, 1),
            target,
            torch.full((rows,), steps, dtype=torch.long, device=logits.device),
            (target != self.blank).sum(1),
            blank=self.blank,
            zero_infinity=self.zero_infinity,
        )
