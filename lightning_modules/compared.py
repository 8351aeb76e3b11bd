"""What a network answered on one part of its data, place by place, beside what the data say.

Letters of axes: N places (of all samples), K classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch

from graphs.compile import Pass
from graphs.plan import comparison_plan
from lightning_modules.batches import Batches
from lightning_modules.checkpoint import CheckpointError
from lightning_modules.evaluation import class_names, named_classes, names_nothing

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from graphs.compile import Network
    from lightning_modules.data import Prepared
    from lightning_modules.splits import Split

MOST_NUMBERS = 20_000_000
"""So many numbers are kept at most: 80 MB. Of more, each second place, third place and so on."""


NO_NUMBERS = (
    'The network gives scores on the part "{}" that are no finite numbers, so they name no class: its weights ran '
    "away while it learned. Train it again with a smaller learning rate."
)


@dataclass(frozen=True)
class Compared:
    """Answers (N,) beside the truth (N,): classes by number, or numbers in the unit of the data.

    A sample has one place, or several (the steps of a sequence, the pixels of an image); `sample` says which one
    a place belongs to, counted from 0. For classes `chances` (N / `every`, K) are the probabilities of each
    `every`-th place, `sure` that of the answer and `likely` that of the truth. Places whose truth is no class
    (padding) are left out. `every` of numbers is how many places stand for one that was kept.
    """

    kind: Literal["class", "number"]
    target: np.ndarray
    predicted: np.ndarray
    sample: np.ndarray
    samples: int
    every: int = 1
    classes: tuple[str, ...] = ()
    chances: np.ndarray | None = None
    sure: np.ndarray | None = None
    likely: np.ndarray | None = None


def compare(
    network: Network,
    prepared: Prepared,
    split: Split,
    should_stop: Callable[[], bool] = lambda: False,
) -> Compared | None:
    """The answers of a network beside the truth; None if it was stopped, or if nothing can be compared.

    What is compared is what the confusion matrix, or else the first loss, compares.

    Raises:
        CheckpointError: the part has no samples, or scores of classes are no finite numbers there.
    """
    if prepared.count(split) == 0:
        raise CheckpointError(
            f'The part "{split}" has no samples. Give it a share in the data layer.'
        )
    found = comparison_plan(network.document)
    if found is None:
        return None
    loss, plan = found
    if "target" not in network.evaluation.plan.graph.incoming[loss]:
        return None  # it compares two things that were both computed
    device = next(network.parameters()).device
    run = Pass(plan, network)
    columns = [prepared.splits[split][str(end)] for end in plan.columns]
    batches = Batches(columns, network.document.run.batch_size, device)
    labels = network.inputs_of(loss)[1].kind in ("class", "token")
    scale = prepared.scales.get(str(plan.results["target"]))
    taker = _Classes(network, loss) if labels else _Numbers(scale)
    network.eval()
    with torch.inference_mode():
        for batch in batches.cut(None, 0, batches.steps):
            if should_stop():
                return None
            predicted, target = run(*batch)
            if labels and names_nothing(predicted, target, network.inputs_of(loss)[0].kind):
                raise CheckpointError(NO_NUMBERS.format(split))
            if not taker.take(predicted, target, batches.count):
                return None
    if isinstance(taker, _Classes):
        return taker.whole(class_names(network, loss, plan.results["target"], prepared))
    return taker.whole()


class _Classes:
    """Collects chances and labels of one batch after the other."""

    def __init__(self, network: Network, loss: str) -> None:
        self._of = network.inputs_of(loss)[0].kind
        self._rows: list[tuple[Tensor, ...]] = []
        self._chances: list[Tensor] = []
        self._samples = self._places = 0
        self._every = 0

    def take(self, scores: Tensor, target: Tensor, count: int) -> bool:
        """Keep the answers of one batch; whether scores and labels belong together."""
        chances = chances_of(scores, target.dim(), self._of)
        labels = target.flatten()
        if len(chances) != len(labels):
            return False
        each = len(labels) // len(target)
        classes = chances.shape[1]
        if not self._every:
            self._every = -(-count * each * classes // MOST_NUMBERS)
        known = (labels >= 0) & (labels < classes)
        places = torch.arange(len(labels), device=labels.device)
        sample = self._samples + places // each
        predicted = named_classes(scores, target, self._of)
        truth = labels.clamp(0, classes - 1)[:, None]
        sure = chances.gather(1, predicted.clamp(0, classes - 1)[:, None])[:, 0]
        likely = chances.gather(1, truth)[:, 0]
        kept = (labels, predicted, sample, sure, likely)
        self._rows.append(tuple(part[known].cpu() for part in kept))
        chances = chances[known]
        first = -self._places % self._every
        self._chances.append(chances[first :: self._every].float().cpu())
        self._places += len(chances)
        self._samples += len(target)
        return True

    def whole(self, names: tuple[str, ...]) -> Compared:
        labels, predicted, sample, sure, likely = (
            torch.cat(each).numpy() for each in zip(*self._rows, strict=True)
        )
        chances = torch.cat(self._chances).numpy()
        return Compared(
            "class",
            labels,
            predicted,
            sample,
            self._samples,
            self._every,
            names,
            chances,
            sure,
            likely,
        )


class _Numbers:
    """Collects numbers and targets of one batch after the other, in the unit of the data."""

    def __init__(self, scale: object) -> None:
        self._scale = scale
        self._rows: list[tuple[Tensor, ...]] = []
        self._samples = self._places = 0
        self._every = 0

    def take(self, predicted: Tensor, target: Tensor, count: int) -> bool:
        """Keep the answers of one batch; whether both sides have one shape."""
        if predicted.shape != target.shape:
            return False
        each = target[0].numel()
        if not self._every:
            self._every = -(-count * each // MOST_NUMBERS)
        sides = (target, predicted)
        if self._scale is not None:
            sides = tuple(self._scale.undo(side) for side in sides)  # type: ignore[attr-defined]
        places = torch.arange(target.numel(), device=target.device) // each + self._samples
        first = -self._places % self._every
        flat = (sides[0].flatten().float(), sides[1].flatten().float(), places)
        self._rows.append(tuple(part[first :: self._every].cpu() for part in flat))
        self._places += target.numel()
        self._samples += len(target)
        return True

    def whole(self) -> Compared:
        target, predicted, sample = (
            torch.cat(each).numpy() for each in zip(*self._rows, strict=True)
        )
        return Compared("number", target, predicted, sample, self._samples, self._every)


def chances_of(scores: Tensor, label_axes: int, kind: str) -> Tensor:
    """Probabilities (N, K) of classes from scores of `kind`, which are K for each label, or one for yes.

    `label_axes` is how many axes the labels have, the batch among them. Numbers are taken for logits;
    logarithms of probabilities give the same.
    """
    wide = scores.float() if scores.dtype != torch.float64 else scores
    if scores.dim() > label_axes and scores.shape[-1] > 1:
        rows = wide.reshape(-1, scores.shape[-1])
        return rows if kind == "probability" else torch.softmax(rows, dim=-1)
    yes = wide.flatten() if kind == "probability" else torch.sigmoid(wide.flatten())
    return torch.stack((1 - yes, yes), dim=-1)
