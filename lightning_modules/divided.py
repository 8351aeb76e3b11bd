"""What must know of all samples of a batch when it is divided among a team: batch norms, and losses that are no means.

Everything else in a network treats each sample for itself. Torch's own SyncBatchNorm runs on CUDA alone.
Axes: R members, B samples, C channels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from graphs.modules.losses import (
    Adversarial,
    ClassLastCrossEntropy,
    DiceClasses,
    DiceYesNo,
    Distillation,
    FocalClasses,
    FocalYesNo,
    GaussianKL,
    LabelBCE,
    LabelBCEWithLogits,
    LogVarianceNLL,
    RowKLDiv,
)
from graphs.modules.scan import Scan
from graphs.plan import CannotBuild, objective_plan

if TYPE_CHECKING:
    from graphs.compile import Network
    from lightning_modules.team import Team

MEANS: tuple[type[nn.Module], ...] = (
    nn.MSELoss,
    nn.L1Loss,
    nn.SmoothL1Loss,
    nn.HuberLoss,
    LabelBCEWithLogits,
    LabelBCE,
    RowKLDiv,
    GaussianKL,
    LogVarianceNLL,
    FocalClasses,
    FocalYesNo,
    DiceClasses,
    DiceYesNo,
    Adversarial,
    Distillation,
)
"""Losses that are means over samples, so that their values for parts of a batch add up by the parts' shares."""


def divide(network: Network, team: Team) -> None:
    """Let a network compute for its share of each batch what it would for the whole; before any of its passes.

    Raises:
        CannotBuild: it has something that cannot be divided.
    """
    refuse_undivided(network)
    for module in network.modules():
        if isinstance(module, _BatchNorm):
            vars(module)["forward"] = _norm_of_all(module, team)
    document = network.document
    for objective in document.objectives:
        plan = objective_plan(document, objective)
        modules = network.modules_of(plan)
        for name in plan.losses:
            loss = modules[plan.results[name].node]
            if not is_mean(loss):
                vars(loss)["forward"] = _loss_of_all(loss, team)


def refuse_undivided(network: Network) -> None:
    """Refuse what cannot be divided.

    Raises:
        CannotBuild: a scan has batch norms inside, whose steps are code that is there already.
    """
    for module in network.modules():
        if isinstance(module, Scan) and any(isinstance(e, _BatchNorm) for e in module.modules()):
            raise CannotBuild(
                "A scan with batch normalisation inside cannot be divided among devices. "
                "Use layer normalisation there, or train on one device."
            )


def is_mean(loss: nn.Module) -> bool:
    """Whether a loss is the mean over samples: not if they have weights, or some do not count."""
    if type(loss) is ClassLastCrossEntropy:
        return loss.weight is None and loss.ignore_index < 0  # labels are not below 0
    return type(loss) in MEANS


def _loss_of_all(loss: nn.Module, team: Team) -> Callable[..., Tensor]:
    """A loss that every member computes of the samples of all."""
    plain = loss.forward

    def forward(*inputs: Tensor) -> Tensor:
        if team.at_work and loss.training:
            rows = max(1, team.own)
            inputs = tuple(_all_rows(each, rows, team) for each in inputs)
        found: Tensor = plain(*inputs)
        return found

    return forward


def _all_rows(given: Tensor, rows: int, team: Team) -> Tensor:
    if not isinstance(given, Tensor) or given.dim() == 0 or len(given) != rows:
        return given
    gathered: Tensor = _Gather.apply(given, team)
    return gathered


class _Gather(torch.autograd.Function):
    """The rows of all members; each gets the gradient of its own."""

    @staticmethod
    def forward(ctx: Any, own: Tensor, team: Team) -> Tensor:
        ctx.rows, ctx.counts, ctx.rank = len(own), team.counts, team.rank
        return team.rows_of_all(own)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, None]:
        """Every member weighs the same whole loss by its share, which is taken back: they hold its parts."""
        gradient, own = gradients[0], ctx.counts[ctx.rank]
        if own == 0:
            return gradient.new_zeros(ctx.rows, *gradient.shape[1:]), None
        begin = sum(ctx.counts[: ctx.rank])
        return gradient[begin : begin + own] * (sum(ctx.counts) / own), None


def _norm_of_all(norm: _BatchNorm, team: Team) -> Callable[[Tensor], Tensor]:
    """A batch norm whose mean and variance are those of all members' samples."""
    plain = norm.forward

    def forward(input: Tensor) -> Tensor:
        if not (team.at_work and norm.training):
            found: Tensor = plain(input)
            return found
        level, mean, variance, count = _Standardise.apply(input, norm.eps, team)
        if norm.running_mean is not None and norm.running_var is not None:
            assert norm.num_batches_tracked is not None
            norm.num_batches_tracked.add_(1)
            share = norm.momentum
            if share is None:
                share = 1.0 / float(norm.num_batches_tracked)
            norm.running_mean.lerp_(mean.to(norm.running_mean.dtype), share)
            unbiased = variance * (count / (count - 1))
            norm.running_var.lerp_(unbiased.to(norm.running_var.dtype), share)
        if norm.affine:
            shape = _by_channel(input)
            level = level * norm.weight.view(shape) + norm.bias.view(shape)
        return level.to(input.dtype)

    return forward


def _by_channel(input: Tensor) -> list[int]:
    return [1, -1, *[1] * (input.dim() - 2)]


class _Standardise(torch.autograd.Function):
    """Numbers (B, C, ...) less the mean and over the deviation of each channel, of all members' samples.

    Source: Ioffe and Szegedy 2015, with means and variances of parts put together as Chan et al. 1979 do.
    """

    @staticmethod
    def forward(
        ctx: Any, input: Tensor, eps: float, team: Team
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The levels, and the mean, the variance and the count of each channel."""
        numbers = input.float()
        axes, shape = [0, *range(2, input.dim())], _by_channel(input)
        variance, mean = torch.var_mean(numbers, axes, correction=0)
        own = (numbers.numel() // max(1, mean.numel())) if team.own else 0
        facts = torch.cat((mean, variance, mean.new_tensor([float(own)])))
        means_RC, variances_RC, counts_R1 = team.stacked(facts).split(
            [len(mean), len(mean), 1], dim=1
        )
        total = counts_R1.sum()
        if total < 2:
            raise ValueError(
                "Batch normalisation needs more than one value per channel while it trains."
            )
        mean = (means_RC * counts_R1).sum(0) / total
        apart_RC = means_RC - mean
        variance = ((variances_RC + apart_RC.square()) * counts_R1).sum(0) / total
        inverse = (variance + eps).rsqrt()
        level = (numbers - mean.view(shape)) * inverse.view(shape)
        ctx.save_for_backward(level, inverse, total)
        ctx.team, ctx.axes, ctx.shape, ctx.dtype = team, axes, shape, input.dtype
        ctx.mark_non_differentiable(mean, variance, total)
        return level, mean, variance, total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        """The same sums over all samples as in one process."""
        level, inverse, total = ctx.saved_tensors
        gradient, axes, shape = gradients[0], ctx.axes, ctx.shape
        sums = torch.cat((gradient.sum(axes), (gradient * level).sum(axes)))
        plain, turned = (ctx.team.sum_of_all(sums) / total).chunk(2)
        found = (gradient - plain.view(shape) - level * turned.view(shape)) * inverse.view(shape)
        return found.to(ctx.dtype), None, None
