"""One objective at work: forward, a look whether the loss is finite, backward, one step of its optimizer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase

from graphs.expression import Expression
from graphs.plan import objective_weights
from lightning_modules.devices import sum_dtype
from lightning_modules.optimizers import make_optimizer, make_schedule
from lightning_modules.switches import CompiledRun, images_last, is_on

if TYPE_CHECKING:
    from graphs.compile import Network
    from graphs.graph import End
    from lightning_modules.batches import Batch
    from lightning_modules.team import Team

HALVES = {"bf16": torch.bfloat16, "16": torch.float16}


LOSS, GRADIENT, WEIGHTS = "loss", "gradient", "weights"
"""What can be found not to be finite."""


class NotFinite(ArithmeticError):  # noqa: N818 - named after what is found
    """The loss or the gradient of a step is not a finite number, so its optimizer step was not made; or weights are."""

    def __init__(self, learner: Learner, batch: Batch, value: float, what: str = LOSS) -> None:
        super().__init__(f"The {what} became {value}.")
        self.learner, self.batch, self.value, self.what = learner, batch, value, what


class Learner:
    """Minimises the losses of one objective. Weights that it does not update get no gradient from it."""

    def __init__(
        self,
        network: Network,
        index: int,
        columns: tuple[End, ...],
        device: torch.device,
        steps_per_epoch: int,
        team: Team | None = None,
    ) -> None:
        """`columns` are those that batches hold, in their order; a `team` learns from parts of a batch together."""
        document = network.document
        self._team, self._parts = team, torch.zeros(0, device=device)
        self.objective = document.objectives[index]
        self.compiled = network.objective(index)
        self.parameters: list[nn.Parameter] = network.parameters_of(self.objective.update)
        fused = is_on("fused", network, device)
        self.optimizer = make_optimizer(self.objective, self.parameters, fused=fused)
        self.schedule = make_schedule(
            self.objective, self.optimizer, document.run.epochs, steps_per_epoch
        )
        self.losses = self.compiled.plan.losses
        self.sums = torch.zeros(len(self.losses), dtype=sum_dtype(device), device=device)
        compiles = team is None and is_on("compile", network, device)
        self.compiled_run = CompiledRun(self.compiled.run) if compiles else None
        self._run = self.compiled_run or self.compiled.run
        self._images_last = is_on("channels_last", network, device)
        wanted = [columns.index(end) for end in self.compiled.plan.columns]
        self.picks = None if wanted == list(range(len(columns))) else wanted
        alone = len(document.objectives) == 1 and "*" in self.objective.update
        self._inputs = None if alone else self.parameters
        weights = objective_weights(self.objective, self.losses)
        self._plain = list(weights.values()) == [1.0]
        self._weights = weights
        self._half = HALVES.get(document.run.precision)
        self._device = device
        self.scaler = torch.amp.GradScaler(device.type) if self._half is torch.float16 else None
        norms = [each for each in network.modules() if isinstance(each, _NormBase)]
        self._running = [each for norm in norms for each in norm.buffers()]
        self._running_before = [each.clone() for each in self._running]
        self.whole_norm: Tensor | None = None
        """The gradient's norm in the last step, if the gradient is limited: what it was before that."""
        on_card = device.type == "cuda"
        self._probe = torch.zeros((), pin_memory=True) if on_card else None
        self._probed = torch.cuda.Event() if on_card else None

    @property
    def learning_rate(self) -> float:
        """That of the first group of weights, for the next step."""
        return float(self.optimizer.param_groups[0]["lr"])

    def step(self, batch: Batch, epoch: int, step: int) -> tuple[float, tuple[Tensor, ...]]:
        """Learn from one batch; its loss, and all results of the forward pass.

        `epoch` and `step`, from 0, are what weights of losses may be expressions of.

        Raises:
            NotFinite: the loss is not a finite number; weights and running statistics are as before.
        """
        if self._running:
            torch._foreach_copy_(self._running_before, self._running)
        given = batch if self.picks is None else tuple(batch[index] for index in self.picks)
        if self._images_last:
            given = images_last(given)
        if self._half is None:
            results = self._run(*given)
        else:
            with torch.autocast(self._device.type, self._half):
                results = self._run(*given)
        loss = results[0] if self._plain else self._weigh(results, len(batch[0]), epoch, step)
        value = 0.0
        if self._team is not None:
            value = self._backward_together(loss, self._team)
            if not math.isfinite(value):
                raise self._refuse(batch, value)
            self._descend(batch)
            return value, results
        if self._probe is None:
            value = loss.item()
            if not math.isfinite(value):
                raise self._refuse(batch, value)
        else:  # the card goes on with the backward pass while its loss is on the way
            self._probe.copy_(loss.detach(), non_blocking=True)
            assert self._probed is not None
            self._probed.record()
        for parameter in self.parameters:
            parameter.grad = None
        (loss if self.scaler is None else self.scaler.scale(loss)).backward(inputs=self._inputs)
        if self._probe is not None and self._probed is not None:
            self._probed.synchronize()
            value = self._probe.item()
            if not math.isfinite(value):
                raise self._refuse(batch, value)
        self._descend(batch)
        return value, results

    def _backward_together(self, loss: Tensor, team: Team) -> float:
        """Gradients as of the whole batch, in all members of a team; its loss."""
        part = loss * team.weight
        for parameter in self.parameters:
            parameter.grad = None
        (part if self.scaler is None else self.scaler.scale(part)).backward(inputs=self._inputs)
        gradients = [each.grad for each in self.parameters if each.grad is not None]
        tail = torch.cat((part.detach().reshape(1).float(), self._parts * team.weight))
        value, *losses = team.add_up(gradients, tail).split([1, len(self._parts)])
        if len(self._parts):
            self.sums += losses[0].to(self.sums.dtype) * team.whole
        return value.item()

    def means(self, count: int) -> dict[str, float]:
        """The mean of every loss by node id over `count` samples, where there are several; then they begin anew."""
        if self._plain:
            return {}
        found = (self.sums / max(count, 1)).tolist()
        self.sums.zero_()
        return dict(zip(self.losses, found, strict=True))

    def _descend(self, batch: Batch) -> None:
        scaler = self.scaler
        if self.objective.clip is not None:
            if scaler is not None:
                scaler.unscale_(self.optimizer)
            norm = nn.utils.get_total_norm(
                [each.grad for each in self.parameters if each.grad is not None]
            )
            self.whole_norm = norm
            if scaler is None and self._probe is None and not math.isfinite(norm.item()):
                raise self._refuse(batch, norm.item(), GRADIENT)
            nn.utils.clip_grads_with_norm_(self.parameters, self.objective.clip, norm)
        if scaler is None:
            self.optimizer.step()
        else:
            scaler.step(self.optimizer)
            scaler.update()
        if self.schedule is not None:
            self.schedule.step_done()

    def _weigh(self, results: tuple[Tensor, ...], count: int, epoch: int, step: int) -> Tensor:
        total: Tensor | None = None
        for index, name in enumerate(self.losses):
            weight = self._weights[name]
            if isinstance(weight, Expression):
                weight = float(weight.value({"epoch": epoch, "step": step}))  # type: ignore[arg-type]
            part = results[index] if weight == 1.0 else results[index] * weight
            total = part if total is None else total + part
        assert total is not None
        parts = torch.stack([each.detach() for each in results[: len(self.losses)]])
        if self._team is None:
            self.sums += parts.to(self.sums.dtype) * count
        else:
            self._parts = parts.float()  # the members' parts are put together with their gradients
        return total

    def _refuse(self, batch: Batch, value: float, what: str = LOSS) -> NotFinite:
        if self._running:
            torch._foreach_copy_(self._running, self._running_before)
        return NotFinite(self, batch, value, what)
