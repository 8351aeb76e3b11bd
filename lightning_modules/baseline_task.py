"""What is asked of a network, put so that simple models can answer: features, targets, and how answers are judged."""

from __future__ import annotations

import copy
import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from graphs.layer import DataLayer
from graphs.plan import comparison_plan, plan_of, weights_of_losses

if TYPE_CHECKING:
    from graphs.compile import Network
    from graphs.graph import End
    from graphs.spec import Spec
    from lightning_modules.data import Prepared
    from lightning_modules.normalisation import Scale
    from lightning_modules.splits import Split

MOST_ROWS = 4_000
MOST_CELLS = 2_000_000
"""Of the training part so many samples are used, and so many numbers: what fits in a second or two."""

MOST_JUDGED, MOST_ANSWERS = 10_000, 10_000_000
"""So many samples of a part are judged, of so many numbers: of more, some that are drawn."""

LEAST_ROWS = 50
"""A model fitted on fewer of many samples would be no honest rival."""

MOST_CLASSES = 1_000
MOST_WORDS = 20_000
SMALLEST_CHANCE = 1e-7

Judge = Callable[[torch.Tensor, torch.Tensor], float]


@dataclass(frozen=True)
class Task:
    """Features (N, F) and targets by part; for labels `classes` is how many there are, for numbers 0.

    `features` is None where nothing simple can be fitted: there are too many, or the target is one of them.
    `last` holds yesterday's value for series. `judges` make values of answers, by name without the part.
    """

    features: Mapping[Split, np.ndarray] | None
    targets: Mapping[Split, torch.Tensor]
    classes: int
    judges: Mapping[str, Judge]
    higher: tuple[str, ...]
    shape: Callable[[np.ndarray, torch.Tensor], torch.Tensor]
    last: Mapping[Split, torch.Tensor] | None
    rows: int
    of: int

    @property
    def key(self) -> str:
        """The same for the same data, split and question."""
        found = hashlib.sha256(f"1 {self.classes} {sorted(self.judges)} {self.of}".encode())
        for part, targets in self.targets.items():
            found.update(np.ascontiguousarray(targets.numpy()).data)
            if self.features is not None:
                found.update(np.ascontiguousarray(self.features[part]).data)
        return found.hexdigest()


def task_of(network: Network, prepared: Prepared) -> Task | None:
    """The task of a network; None if it does not compare answers with a column of its data."""
    compared = comparison_plan(network.document)
    if compared is None:
        return None
    asked, plan = compared
    answer, target = plan.results["predicted"], plan.results["target"]
    specs = network.inputs_of(asked)
    labels = specs[1].kind in ("class", "token")
    if target not in plan.columns or not (labels or specs[1].dtype == "float32"):
        return None
    columns = plan_of(plan.graph, {"predicted": answer}, plan.mode).columns
    classes = (specs[1].of or 2) if labels else 0
    if classes > MOST_CLASSES or not columns:
        return None
    held = {part: each for part, each in prepared.splits.items() if prepared.count(part)}
    each_takes = held["train"][str(target)][:1].numel() * max(classes, 1)
    chosen = {part: _rows(prepared, part, MOST_ANSWERS // each_takes) for part in held}
    targets = {part: held[part][str(target)][rows].cpu() for part, rows in chosen.items()}
    judges, higher = _judges(network, answer, target, prepared.scales.get(str(target)))
    if not all(bool(each.isfinite().all()) for each in targets.values()):
        return None
    if not judges or (labels and not _in_order(specs[0], specs[1], classes)):
        return None
    known = [(end, _column(network, end)) for end in columns]
    simple = target not in columns and (not labels or targets["train"].dim() == 1)
    # One sample says how wide they are, and so how many are fitted: all of them might not stand in memory.
    one = _features(held["train"], known, torch.arange(1)) if simple else None
    features = None
    if one is not None:
        taken = torch.from_numpy(_taken(len(targets["train"]), one.shape[1], network))
        asked_for = {**chosen, "train": taken}
        features = _fitting({part: _features(held[part], known, asked_for[part]) for part in held})
    if features is not None:
        targets["train"] = targets["train"][taken]
        features = _scaled(features)
    of = prepared.count("train")
    last = None if labels else _last(held, chosen, known, target, prepared)
    shape = _scores(specs[0]) if labels else _numbers
    count = len(targets["train"])
    return Task(features, targets, classes, judges, higher, shape, last, count, of)


def _in_order(scores: Spec, labels: Spec, classes: int) -> bool:
    """Whether scores are one for each label (of two classes), or K in a row behind its axes."""
    several = scores.rank > labels.rank and scores.sizes[-1] != 1
    return scores.sizes[-1] == classes if several else classes == 2


def _rows(prepared: Prepared, part: Split, room: int) -> torch.Tensor:
    """The samples of a part to answer for, where answers for so many have room."""
    count, most = prepared.count(part), max(1, min(MOST_JUDGED, room))
    if part == "train" or count <= most:
        return torch.arange(count)
    drawn = np.random.default_rng(0).choice(count, most, replace=False)
    return torch.from_numpy(np.sort(drawn))


def _taken(count: int, width: int, network: Network) -> np.ndarray:
    """The training samples to fit on."""
    most = max(LEAST_ROWS, min(MOST_ROWS, MOST_CELLS // max(width, 1)))
    if count <= most:
        return np.arange(count)
    drawn = np.random.default_rng(network.document.run.seed).choice(count, most, replace=False)
    return np.sort(drawn)


def _column(network: Network, end: End) -> Spec | None:
    layer = network.document.main.nodes[end.node].layer
    return layer.columns().get(end.port) if isinstance(layer, DataLayer) else None


def _features(
    held: Mapping[str, torch.Tensor],
    known: list[tuple[End, Spec | None]],
    rows: torch.Tensor,
) -> np.ndarray | None:
    """Numbers side by side: classes as one column each, tokens as how often each stands in the sample."""
    parts: list[np.ndarray] = []
    for end, spec in known:
        values = held[str(end)][rows] if len(rows) < len(held[str(end)]) else held[str(end)]
        flat = values.reshape(len(values), -1)
        if values.is_floating_point():
            if flat.shape[1] * LEAST_ROWS > MOST_CELLS:
                return None
            parts.append(flat.numpy().astype(np.float32, copy=False))
            continue
        of = spec.of if spec is not None else None
        if of is None or of > MOST_WORDS or of * len(flat) > 10 * MOST_CELLS:
            return None
        counts = torch.zeros(len(flat), of)
        counts.scatter_add_(1, flat.clamp(0, of - 1), torch.ones_like(flat, dtype=torch.float32))
        parts.append(counts.numpy())
    return np.concatenate(parts, axis=1)


def _fitting(found: Mapping[Split, np.ndarray | None]) -> dict[Split, np.ndarray] | None:
    """Those of all parts, if all can be used: a value that is no finite number ends the run, which says so."""
    whole = {
        part: each for part, each in found.items() if each is not None and np.isfinite(each).all()
    }
    return whole if len(whole) == len(found) else None


def _scaled(features: dict[Split, np.ndarray]) -> dict[Split, np.ndarray]:
    """Every feature with mean 0 and deviation 1 in the training samples, as lines and distances need it."""
    train = features["train"].astype(np.float64)
    mean, spread = train.mean(axis=0), train.std(axis=0)
    spread = np.where(spread > 1e-6 * np.maximum(np.abs(mean), 1e-6), spread, 1.0)
    return {
        part: np.nan_to_num((each - mean) / spread).astype(np.float32)
        for part, each in features.items()
    }


def _last(
    held: Mapping[Split, Mapping[str, torch.Tensor]],
    chosen: Mapping[Split, torch.Tensor],
    known: list[tuple[End, Spec | None]],
    target: End,
    prepared: Prepared,
) -> dict[Split, torch.Tensor] | None:
    """The last value of a series whose steps are as long as the target, scaled as the target is."""
    for end, spec in known:
        if spec is None or not spec.letters or spec.letters[0] != "T" or spec.kind != "number":
            continue
        goal = held["train"][str(target)]
        series = held["train"][str(end)]
        if not series.is_floating_point() or series[:1, -1].numel() != goal[:1].numel():
            continue
        own, theirs = prepared.scales.get(str(end)), prepared.scales.get(str(target))
        found: dict[Split, torch.Tensor] = {}
        for part, rows in chosen.items():
            values = held[part][str(end)][rows]
            values = (values if own is None else own.undo(values))[:, -1]
            values = values.reshape(len(rows), *goal.shape[1:])
            found[part] = values if theirs is None else theirs.apply(values)
        return found
    return None


def _scores(spec: Spec) -> Callable[[np.ndarray, torch.Tensor], torch.Tensor]:
    """Makes answers as the network gives them of chances (N, K): scores whose softmax or sigmoid is that chance."""
    chances = spec.kind == "probability"

    def made(found: np.ndarray, target: torch.Tensor) -> torch.Tensor:
        kept = torch.from_numpy(found).clamp(SMALLEST_CHANCE, 1 - SMALLEST_CHANCE)
        several = spec.rank > target.dim() - 1 and spec.sizes[-1] != 1
        if several:
            scores = kept if chances else kept.log()
            scores = scores.reshape(len(kept), *[1] * (target.dim() - 1), -1)
            return scores.expand(*target.shape, -1).float()
        yes = kept[:, 1] if chances else kept[:, 1].logit()
        wide = target.shape if spec.rank == target.dim() - 1 else (*target.shape, 1)
        return yes.reshape(len(kept), *[1] * (len(wide) - 1)).expand(wide).float()

    return made


def _numbers(found: np.ndarray, target: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(found).float().reshape(target.shape)


def _judges(
    network: Network, answer: End, target: End, scale: Scale | None
) -> tuple[dict[str, Judge], tuple[str, ...]]:
    """What values the answers to this target get: the loss, if there is one of weight 1, and metrics."""
    evaluation = network.evaluation
    plan, graph = evaluation.plan, evaluation.plan.graph
    judges: dict[str, Judge] = {}
    modules = network.modules_of(plan)
    weights = weights_of_losses(network.document, epoch=0, step=0)
    for each in plan.calls:
        same = list(each.inputs.values()) == [answer, target]
        if same and weights == {each.node: 1.0}:
            judges["loss"] = _of_loss(copy.deepcopy(modules[each.node]).cpu())
    higher = []
    for node_id, metric in network.new_metrics().items():
        node = graph.nodes.get(node_id)
        if node is None or node.layer is None:
            continue
        ports = [f"{node_id}.{port.name}" for port in node.layer.info.inputs]
        if [plan.results.get(port) for port in ports if port in plan.results] == [answer, target]:
            judges[node_id] = _of_metric(metric, scale)
            if getattr(metric, "higher_is_better", False):
                higher.append(node_id)
    return judges, tuple(higher)


def _of_loss(module: torch.nn.Module) -> Judge:
    def judge(scores: torch.Tensor, target: torch.Tensor) -> float:
        with torch.no_grad():
            return float(module(scores, target))

    return judge


def _of_metric(metric: Any, scale: Scale | None) -> Judge:
    def judge(scores: torch.Tensor, target: torch.Tensor) -> float:
        sides = (scores, target) if scale is None else tuple(map(scale.undo, (scores, target)))
        metric.reset()
        metric.update(*sides)
        found = metric.compute()
        return float(found) if found.numel() == 1 else math.nan

    return judge
