"""How good a network is on one part of the data: losses weighted by samples, metrics computed once at the end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from lightning_modules.devices import sum_dtype

if TYPE_CHECKING:
    from graphs.compile import Network, Pass
    from lightning_modules.batches import Batches
    from lightning_modules.normalisation import Scale
    from lightning_modules.team import Team

PENDING_BYTES = 4 * 2**20
"""How much may wait until the metrics take it: one update for many batches costs little more than for one."""

HALF_ABOVE_BYTES = 4


class Scores:
    """One state of every metric for one part; it takes results as the network gives them, and never averages."""

    def __init__(
        self,
        network: Network,
        of: Pass,
        device: torch.device,
        without: Collection[str] = (),
        scales: Mapping[str, Scale] = MappingProxyType({}),
    ) -> None:
        """The metrics whose inputs `of` computes, except those `without`.

        Where a metric's target is a column that was normalised (`scales` by "NODE_ID.PORT"), the metric sees
        both sides as they stand in the data, so that an error has the unit of the target.
        """
        self.metrics: dict[str, Any] = {}
        self.team: Team | None = None
        """Whose results the first member counts, if the results are parts of a team's."""
        self._scales: dict[str, Scale] = {}
        self._inputs: dict[str, list[int]] = {}
        for node_id, metric in network.new_metrics().items():
            if node_id in without:
                continue
            node = of.plan.graph.nodes.get(node_id)
            if node is None or node.layer is None:
                continue  # it stands in a block that does not run here
            layer = node.layer
            names = [f"{node_id}.{port.name}" for port in layer.info.inputs]
            places = [of.places[name] for name in names if name in of.places]
            if places and all(
                port.optional or name in of.places
                for port, name in zip(layer.info.inputs, names, strict=True)
            ):
                self.metrics[node_id] = metric.to(device)
                self._inputs[node_id] = places
                target = str(of.plan.results.get(f"{node_id}.target"))
                if target in scales:
                    self._scales[node_id] = scales[target]
        self._wanted = sorted({each for places in self._inputs.values() for each in places})
        self._pending: list[tuple[Tensor, ...]] = []
        self._samples = self._room = 0  # how many samples wait, and how many may

    def add(self, results: tuple[Tensor, ...]) -> None:
        """Count these results; the metrics may see them later, together with others."""
        if not self._wanted:
            return
        row = tuple([results[each].detach() for each in self._wanted])
        if self.team is not None:
            row = tuple([self.team.rows_of_all(each) for each in row])
            if not self.team.leads:
                return
        if self._room == 0:
            self._room = PENDING_BYTES // max(1, sum(each[:1].nbytes for each in row))
        self._pending.append(row)
        self._samples += len(row[0])
        if self._samples >= self._room:
            self.settle()

    def waiting(self) -> list[Tensor]:
        """What no metric has seen yet, column by column; nothing if all is settled."""
        return [torch.cat(pieces) for pieces in zip(*self._pending, strict=True)]

    def wait_again(self, columns: list[Tensor]) -> None:
        """Go on where `waiting` said so: when metrics see what decides the last bits of their sums."""
        self._pending = [tuple(columns)] if columns else []
        self._samples = len(columns[0]) if columns else 0

    def settle(self) -> None:
        """Let the metrics see all that waits."""
        if not self._pending:
            return
        columns = map(_whole, self.waiting())
        together = dict(zip(self._wanted, columns, strict=True))
        self._pending.clear()
        self._samples = 0
        for node_id, metric in self.metrics.items():
            given = [together[each] for each in self._inputs[node_id]]
            scale = self._scales.get(node_id)
            metric.update(*(given if scale is None else map(scale.undo, given)))

    def forget(self) -> None:
        """Begin anew."""
        self._pending.clear()
        self._samples = 0
        for metric in self.metrics.values():
            metric.reset()

    def values(self) -> dict[str, float]:
        """The metrics by node id, over everything since the last call; then they begin anew."""
        self.settle()
        found: dict[str, float] = {}
        for node_id, metric in self.metrics.items():
            if metric.update_called:
                found[node_id] = float(metric.compute())
            metric.reset()
        return found


def score(
    network: Network,
    batches: Batches,
    scores: Scores,
    weights: Mapping[str, float],
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, float] | None:
    """Values on one part in evaluation mode: "loss" (by these weights of the losses), and metrics by node id.

    With more than one loss each one's own value stands there by its node id, too. None if `should_stop`
    said so between two batches.
    """
    evaluation = network.evaluation
    names = [name for name in evaluation.places if name in weights]
    dtype = sum_dtype(batches.device)
    totals = [torch.zeros((), dtype=dtype, device=batches.device) for _ in names]
    training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            for batch in batches.cut(None, 0, batches.steps):
                if should_stop():
                    scores.forget()
                    return None
                results = evaluation(*batch)
                for index, name in enumerate(names):
                    totals[index] += results[evaluation.places[name]].to(dtype) * len(batch[0])
                scores.add(results)
            metrics = scores.values()
    finally:
        network.train(training)
    losses = {name: float(total) / batches.count for name, total in zip(names, totals, strict=True)}
    values = (
        {"loss": sum(weights[name] * value for name, value in losses.items())} if losses else {}
    )
    return {**values, **(losses if len(losses) > 1 else {}), **metrics}


def _whole(column: Tensor) -> Tensor:
    """Scores of half precision in float32, in which sums of many of them keep their digits."""
    half = column.is_floating_point() and column.element_size() < HALF_ABOVE_BYTES
    return column.float() if half else column
