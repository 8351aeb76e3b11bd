"""What was set in a run, by one key a setting, and in which of them runs differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from graphs.content import MAIN
from graphs.optimizers import RUN_PARAMS

if TYPE_CHECKING:
    from graphs.content import Document, Objective, Typed
    from graphs.graph import Graph

LABELS = {"lr": "Learning rate", "clip": "Largest gradient norm", "every": "Every so many steps"}
"""What people read where the name in the file is no word."""

OBJECTIVE_FIELDS = ("minimise", "update", "scheduler", "every", "from_epoch", "to_epoch", "batch")
ABSENT = "none"


@dataclass(frozen=True)
class RunSetting:
    """One setting: what it is called on screen, and its value in words."""

    title: str
    value: str


Settings = Mapping[str, RunSetting]
"""Settings by key, the same in each run: `epochs`, `learn.lr`, `hidden.out_features`, `stage/conv.kernel_size`."""


def settings_of(document: Document) -> dict[str, RunSetting]:
    """Everything of a document that decides what a run learns: run settings, objectives, layers, parameters, wires."""
    found = dict(_of_run(document))
    several = len(document.objectives) > 1
    for objective in document.objectives:
        found |= _of_objective(objective, f"{objective.name}: " if several else "")
    for name, graph in document.networks.items():
        where, of = ("", "") if name == MAIN else (f"{name}/", f"{name}: ")
        found |= _of_graph(graph, where, of)
    return found


def differing(runs: Sequence[Settings]) -> tuple[str, ...]:
    """The keys whose values are not the same in all of these runs, in the order in which they stand there."""
    keys = dict.fromkeys(key for each in runs for key in each)
    return tuple(key for key in keys if len({value_in(each, key) for each in runs}) > 1)


def value_in(settings: Settings, key: str) -> str:
    """The value of a setting in words; "none" where a run has no such setting."""
    setting = settings.get(key)
    return setting.value if setting is not None else ABSENT


def title_in(runs: Sequence[Settings], key: str) -> str:
    """What a setting is called on screen, by the first run that has it."""
    return next((each[key].title for each in runs if key in each), key)


def _of_run(document: Document) -> Iterator[tuple[str, RunSetting]]:
    run = document.run
    for name, param in RUN_PARAMS.items():
        yield name, RunSetting(param.title, words(getattr(run, name)))
    if run.early_stopping is not None:
        for each in fields(run.early_stopping):
            value = getattr(run.early_stopping, each.name)
            title = f"Early stopping: {each.name.replace('_', ' ')}"
            yield f"early_stopping.{each.name}", RunSetting(title, words(value))


def _of_objective(objective: Objective, of: str) -> dict[str, RunSetting]:
    name = objective.name
    found = {f"{name}.optimizer": RunSetting(f"{of}Optimizer", objective.optimizer.type)}
    found |= _of_typed(objective.optimizer, name, of)
    for field in (*OBJECTIVE_FIELDS, "clip"):
        value = getattr(objective, field)
        if value in (None, (), ("*",), 0, 1, "same"):  # what is usual needs no line
            continue
        found[f"{name}.{field}"] = RunSetting(f"{of}{_titled(field)}", words(value))
    if objective.scheduler is not None:
        found |= _of_typed(objective.scheduler, f"{name}.scheduler", f"{of}schedule: ")
    return found


def _of_typed(typed: Typed, key: str, of: str) -> dict[str, RunSetting]:
    return {
        f"{key}.{name}": RunSetting(f"{of}{_titled(name)}", words(value))
        for name, value in typed.params.items()
    }


def _of_graph(graph: Graph, where: str, of: str) -> dict[str, RunSetting]:
    found: dict[str, RunSetting] = {}
    for node in graph.nodes.values():
        kind = node.type or (f"block {node.place.network}" if node.place else "")
        found[f"{where}{node.id}"] = RunSetting(f"{of}{node.name}", kind)
        params = node.info.params if node.info is not None else {}
        for name, param in params.items():
            if param.hidden or param.kind == "json":
                continue
            value = node.params.get(name, param.default)
            title = f"{of}{node.name}: {param.title.lower()}"
            found[f"{where}{node.id}.{name}"] = RunSetting(title, words(value))
    wires = ", ".join(sorted(f"{source} to {target}" for source, target in graph.wires))
    found[f"{where}wires"] = RunSetting(f"{of}Wires", wires)
    return found


def _titled(name: str) -> str:
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def words(value: Any) -> str:
    """A value as people read it: 0.001, on, 3 x 3, none."""
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(words(each) for each in value)
    loss = getattr(value, "loss", None)  # of Minimise
    if loss is not None:
        weight = value.weight
        return str(loss) if weight == 1.0 else f"{words(weight)} of {loss}"
    kind = getattr(value, "type", None)  # of Typed
    return str(kind) if kind is not None else str(value)
