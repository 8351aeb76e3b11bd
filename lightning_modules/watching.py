"""A look at a network while it learns, at the end of an epoch: gradients, weights, dead units, speed and memory."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.utils import get_total_norm

from lightning_modules.events import Watched
from lightning_modules.memory_use import memory_bytes

if TYPE_CHECKING:
    from torch import Tensor, nn

    from graphs.compile import Network
    from lightning_modules.batches import Batches
    from lightning_modules.learner import Learner

MOST_SAMPLES = 256
"""So many samples tell which units are dead: one that 256 samples leave at 0 works for less than 1 % of the data."""

RECTIFIER = "ReLU"
TABLES = ("Embedding",)
"""Layers whose gradient is 0 for all rows that a batch does not name, and so tells nothing beside others."""


class Watch:
    """Looks at a network and its learners. It draws no random numbers and changes nothing."""

    def __init__(
        self, network: Network, learners: Sequence[Learner], seen: Batches, epochs: int
    ) -> None:
        """`seen` are the samples, in the order of the evaluation's columns, by which units are judged."""
        self._network, self._learners, self._seen = network, tuple(learners), seen
        self._epochs = epochs
        self._nodes = [_by_node(network, each) for each in self._learners]

    def look(self, epoch: int, step: int, samples_per_s: float) -> list[Watched]:
        """What there is to tell of this epoch (counted from 1), one event for each objective.

        Norms of gradients are left out where a later objective has put its own gradients into the same weights.
        """
        closely = epoch & (epoch - 1) == 0 or epoch == self._epochs
        dead = self._dead_units() if closely else {}
        memory = memory_bytes(self._seen.device)
        taken: set[int] = set()
        found = []
        for learner, nodes in zip(reversed(self._learners), reversed(self._nodes), strict=True):
            own = taken.isdisjoint(map(id, learner.parameters))
            taken |= set(map(id, learner.parameters))
            found.append(
                Watched(
                    objective=learner.objective.name,
                    epoch=epoch,
                    step=step,
                    learning_rate=learner.learning_rate,
                    gradient_norm=_gradient_norm(learner) if own else math.nan,
                    samples_per_s=samples_per_s,
                    memory_bytes=memory,
                    gradients=_norms(nodes, "grad") if own and closely else {},
                    weights=_norms(nodes, "data") if closely else {},
                    dead=dead if learner is self._learners[0] else {},
                )
            )
        return found[::-1]

    def _dead_units(self) -> dict[str, float]:
        evaluation = self._network.evaluation
        modules = self._network.modules_of(evaluation.plan)
        nodes = evaluation.plan.graph.nodes
        wanted = [each.node for each in evaluation.plan.calls if nodes[each.node].type == RECTIFIER]
        if not wanted or self._seen.count == 0:
            return {}
        highest: dict[str, Tensor] = {}
        left = MOST_SAMPLES
        with _listening({node: modules[node] for node in wanted}, highest), self._still():
            for batch in self._seen.cut(None, 0, self._seen.steps):
                evaluation(*batch)
                left -= len(batch[0])
                if left <= 0:
                    break
        return {node: float((each <= 0).float().mean()) for node, each in highest.items()}

    @contextmanager
    def _still(self) -> Iterator[None]:
        """Evaluation mode, no gradients, and random numbers that the run does not miss."""
        training, device = self._network.training, self._seen.device
        self._network.eval()
        cards = [device] if device.type == "cuda" else []
        try:
            with torch.random.fork_rng(devices=cards), torch.no_grad():
                yield
        finally:
            self._network.train(training)


@contextmanager
def _listening(modules: Mapping[str, nn.Module], highest: dict[str, Tensor]) -> Iterator[None]:
    """Note the highest output of each unit: a channel of an image, else one number of a sample."""

    def hear(node: str) -> Any:
        def note(_module: nn.Module, _given: object, output: Tensor) -> None:
            over = (0, *range(2, output.dim())) if output.dim() > 3 else (0,)
            most = output.detach().amax(over)
            before = highest.get(node)
            highest[node] = most if before is None else torch.maximum(before, most)

        return note

    handles = [module.register_forward_hook(hear(node)) for node, module in modules.items()]
    try:
        yield
    finally:
        for each in handles:
            each.remove()


def _by_node(network: Network, learner: Learner) -> dict[str, list[nn.Parameter]]:
    """What a learner changes of every node that has a matrix of weights, in the order of the pass."""
    plan = learner.compiled.plan
    modules = network.modules_of(plan)
    mine = set(map(id, learner.parameters))
    found: dict[str, list[nn.Parameter]] = {}
    for each in plan.calls:
        if plan.graph.nodes[each.node].type in TABLES:
            continue
        own = [one for one in modules[each.node].parameters() if id(one) in mine]
        mine -= set(map(id, own))  # shared weights stand once
        if any(one.dim() > 1 for one in own):
            found[each.node] = own
    return found


def _gradient_norm(learner: Learner) -> float:
    if learner.whole_norm is not None:  # the gradient itself was made shorter
        return _number(learner.whole_norm)
    gradients = [each.grad for each in learner.parameters if each.grad is not None]
    return _number(get_total_norm(gradients)) if gradients else math.nan


def _norms(nodes: Mapping[str, list[nn.Parameter]], what: str) -> dict[str, float]:
    rows = {
        node: [value for each in own if (value := getattr(each, what)) is not None]
        for node, own in nodes.items()
    }
    rows = {node: row for node, row in rows.items() if row}
    if not rows:
        return {}
    values = torch.stack([get_total_norm(row) for row in rows.values()]).tolist()
    return {node: value for node, value in zip(rows, values, strict=True) if math.isfinite(value)}


def _number(value: Tensor) -> float:
    found = float(value)
    return found if math.isfinite(found) else math.nan
