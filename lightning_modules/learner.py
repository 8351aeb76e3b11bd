"""One objective at work: forward, a look whether the loss is finite, backward, one step of its optimizer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from lightning_modules.optimizers import make_optimizer

if TYPE_CHECKING:
    from graphs.compile import Network
    from graphs.content import Objective
    from graphs.graph import End
    from lightning_modules.batches import Batch


class NotFinite(ArithmeticError):  # noqa: N818 - named after what is found
    """The loss of a step is not a finite number; its optimizer step was not made."""

    def __init__(self, learner: Learner, batch: Batch, value: float) -> None:
        super().__init__(f"The loss became {value}.")
        self.learner, self.batch, self.value = learner, batch, value


class Learner:
    """Minimises the losses of one objective. Weights that it does not update get no gradient from it."""

    def __init__(
        self, network: Network, index: int, columns: tuple[End, ...], *, alone: bool
    ) -> None:
        """`columns` are those that batches hold; `alone` says that no other objective learns."""
        self.objective: Objective = network.document.objectives[index]
        self.compiled = network.objective(index)
        self.parameters: list[nn.Parameter] = network.parameters_of(self.objective.update)
        self.optimizer = make_optimizer(self.objective, self.parameters)
        weights = {each.loss: each.weight for each in self.objective.minimise}
        names = [name for name in self.compiled.places if "." not in name]
        self.weights: dict[str, float] = {name: float(weights.get(name, 1.0)) for name in names}  # type: ignore[arg-type]
        self._run = self.compiled.run
        wanted = [columns.index(end) for end in self.compiled.plan.columns]
        self._pick = None if wanted == list(range(len(columns))) else wanted
        self._inputs = None if alone else self.parameters
        self._plain = list(self.weights.values()) == [1.0]

    @property
    def learning_rate(self) -> float:
        """That of the first group of weights, for the next step."""
        return float(self.optimizer.param_groups[0]["lr"])

    def step(self, batch: Batch) -> tuple[float, tuple[Tensor, ...]]:
        """Learn from one batch; its loss, and all results of the forward pass.

        Raises:
            NotFinite: the loss is not a finite number.
        """
        results = (
            self._run(*batch)
            if self._pick is None
            else self._run(*[batch[index] for index in self._pick])
        )
        loss = results[0] if self._plain else self._weigh(results)
        value = loss.item()
        if not math.isfinite(value):
            raise NotFinite(self, batch, value)
        for parameter in self.parameters:
            parameter.grad = None
        loss.backward(inputs=self._inputs)
        if self.objective.clip is not None:
            nn.utils.clip_grad_norm_(self.parameters, self.objective.clip)
        self.optimizer.step()
        return value, results

    def _weigh(self, results: tuple[Tensor, ...]) -> Tensor:
        parts = [
            weight * results[self.compiled.places[name]] for name, weight in self.weights.items()
        ]
        return torch.stack(parts).sum()
