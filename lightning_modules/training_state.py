"""All that a run needs to go on as if it had never ended, besides its weights: as plain numbers and dense tensors."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from lightning_modules.checkpoint import LAST, CheckpointError, read_numbers, read_tensors
from lightning_modules.course import Position

if TYPE_CHECKING:
    from lightning_modules.course import Course
    from lightning_modules.keeper import Keeper, State
    from lightning_modules.optimizers import Schedule

PROGRESS = (
    "last_epoch",
    "_step_count",
    "_last_lr",
    "best",
    "num_bad_epochs",
    "cooldown_counter",
    "T_cur",
    "T_i",
)
"""What a schedule of torch changes while it moves on; the rest follows from the document."""


def capture(course: Course, keeper: Keeper) -> State:
    """The state of a run between two steps."""
    tensors: dict[str, Tensor] = {}
    position = course.position
    numbers: dict[str, Any] = {
        "epoch": position.epoch,
        "step_in_epoch": position.step_in_epoch,
        "step": position.step,
        "samples": course.batches.total,
        "means": [[each.total, each.count] for each in course.means],
        "keeper": keeper.capture(),
        "learners": [],
        "metrics": _capture_metrics(course, tensors),
        "random": _capture_random(course, tensors),
    }
    for index, each in enumerate(course.learners):
        state = each.optimizer.state_dict()
        tensors[f"learner.{index}.sums"] = each.sums.clone()
        steps: dict[str, dict[str, Any]] = {}
        for which, values in state["state"].items():
            for key, value in values.items():
                if isinstance(value, Tensor):
                    tensors[f"optimizer.{index}.{which}.{key}"] = value
                else:
                    steps.setdefault(str(which), {})[key] = value
        learner = {"groups": state["param_groups"], "numbers": steps}
        if each.schedule is not None:
            learner["schedule"] = _progress(each.schedule)
        if each.scaler is not None:
            learner["scaler"] = each.scaler.state_dict()
        numbers["learners"].append(_plain(learner))
    return numbers, tensors


def restore(course: Course, keeper: Keeper | None, folder: Path) -> None:
    """Go on where the run in that folder ended: its weights and everything else, bit for bit.

    Who keeps nothing has no `keeper`.

    Raises:
        CheckpointError: the checkpoint is damaged or belongs to another run.
    """
    numbers = read_numbers(folder, LAST)
    tensors = read_tensors(folder, LAST, "training")
    weights = read_tensors(folder, LAST)
    try:
        if numbers["samples"] != course.batches.total:
            raise CheckpointError(
                f'The run in "{folder}" learned from {numbers["samples"]} samples, but now there are '
                f"{course.batches.total}. Give it the same data, or start a new run."
            )
        course.network.load_state_dict(weights)
        course.position = Position(numbers["epoch"], numbers["step_in_epoch"], numbers["step"])
        for mean, (total, count) in zip(course.means, numbers["means"], strict=True):
            mean.total, mean.count = total, count
        for index, learner in enumerate(course.learners):
            _restore_learner(course, index, _rich(numbers["learners"][index]), tensors)
            learner.sums.copy_(tensors[f"learner.{index}.sums"])
        if keeper is not None:
            keeper.restore(numbers["keeper"], folder)
        _restore_metrics(course, numbers["metrics"], tensors)
        _restore_random(course, numbers["random"], tensors)
    except (KeyError, TypeError, ValueError, IndexError, RuntimeError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(
            f'The run in "{folder}" cannot go on: its checkpoint does not belong to this document.'
        ) from error


def _restore_learner(
    course: Course, index: int, saved: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> None:
    learner = course.learners[index]
    state: dict[int, dict[str, Any]] = {
        int(which): dict(values) for which, values in saved["numbers"].items()
    }
    for name, value in tensors.items():
        head, _, rest = name.partition(f"optimizer.{index}.")
        if not head and rest:
            which, _, key = rest.partition(".")
            state.setdefault(int(which), {})[key] = value
    learner.optimizer.load_state_dict({"state": state, "param_groups": saved["groups"]})
    if learner.schedule is not None:
        learner.schedule.scheduler.load_state_dict(saved["schedule"])
        # It has stepped, in the run before: a schedule that moves first would warn of a wrong order.
        vars(learner.optimizer)["_opt_called"] = True
    if learner.scaler is not None:
        learner.scaler.load_state_dict(saved["scaler"])


def _progress(schedule: Schedule) -> dict[str, Any]:
    state = schedule.scheduler.state_dict()
    return {key: state[key] for key in PROGRESS if key in state}


def _capture_metrics(course: Course, tensors: dict[str, Tensor]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, scores in enumerate(course.scores):
        waiting = scores.waiting()
        tensors |= {f"waiting.{place}.{i}": each for i, each in enumerate(waiting)}
        for node_id, metric in scores.metrics.items():
            found[node_id] = {"updates": metric.update_count}
            for key, value in metric.metric_state.items():
                if isinstance(value, Tensor):
                    tensors[f"metric.{node_id}.{key}"] = value
                else:
                    found[node_id].setdefault("rows", {})[key] = len(value)
                    tensors |= {f"metric.{node_id}.{key}.{i}": each for i, each in enumerate(value)}
    return found


def _restore_metrics(
    course: Course, saved: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> None:
    for place, scores in enumerate(course.scores):
        names = [name for name in tensors if name.startswith(f"waiting.{place}.")]
        names.sort(key=lambda name: int(name.rpartition(".")[2]))
        scores.wait_again([tensors[name].to(course.device) for name in names])
        for node_id, metric in scores.metrics.items():
            for key in metric.metric_state:
                name = f"metric.{node_id}.{key}"
                if name in tensors:
                    setattr(metric, key, tensors[name].to(course.device))
                else:
                    count = saved[node_id]["rows"][key]
                    row = [tensors[f"{name}.{i}"].to(course.device) for i in range(count)]
                    setattr(metric, key, row)
            metric._update_count = saved[node_id]["updates"]  # noqa: SLF001 - there is no public way to go on


def _capture_random(course: Course, tensors: dict[str, Tensor]) -> dict[str, Any]:
    _, keys, numpy_position, has_gauss, gauss = np.random.get_state(legacy=True)  # noqa: NPY002
    version, internal, python_gauss = random.getstate()
    tensors["random.torch"] = torch.get_rng_state()
    tensors["random.numpy"] = torch.from_numpy(np.asarray(keys, dtype=np.int64))
    tensors["random.python"] = torch.tensor(internal, dtype=torch.int64)
    if course.device.type == "cuda":
        tensors["random.cuda"] = torch.cuda.get_rng_state(course.device)
    if course.device.type == "mps":
        tensors["random.mps"] = torch.mps.get_rng_state()
    return {
        "numpy": [int(numpy_position), int(has_gauss), float(gauss)],
        "python": [version, python_gauss],
    }


def _restore_random(
    course: Course, saved: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> None:
    position, has_gauss, gauss = saved["numpy"]
    keys = tensors["random.numpy"].numpy().astype(np.uint32)
    np.random.set_state(("MT19937", keys, position, has_gauss, gauss))  # noqa: NPY002 - the global generator
    version, python_gauss = saved["python"]
    random.setstate((version, tuple(tensors["random.python"].tolist()), python_gauss))
    torch.set_rng_state(tensors["random.torch"])
    if course.device.type == "cuda" and "random.cuda" in tensors:
        torch.cuda.set_rng_state(tensors["random.cuda"], course.device)
    if course.device.type == "mps" and "random.mps" in tensors:
        torch.mps.set_rng_state(tensors["random.mps"])


def _plain(value: Any) -> Any:
    """As JSON: tuples are marked, and numbers that JSON has not are written as texts of their own kind."""
    if isinstance(value, tuple):
        return {"tuple": [_plain(each) for each in value]}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Tensor):
        return {"float": repr(float(value))}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    json.dumps(value)
    return value


def _rich(value: Any) -> Any:
    if isinstance(value, list):
        return [_rich(each) for each in value]
    if isinstance(value, dict):
        if set(value) == {"tuple"}:
            return tuple(_rich(each) for each in value["tuple"])
        if set(value) == {"float"}:
            return float(value["float"])
        return {key: _rich(each) for key, each in value.items()}
    return value
