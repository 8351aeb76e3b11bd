"""What a trained run says about samples: of files, or of a part of its own data; decoded for people."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import torch

from graphs.expansion import expanded
from graphs.graph import End
from graphs.layer import DataLayer
from graphs.plan import first_input, laid_ends, prediction_plan
from graphs.shapes import shapes_of
from lightning_modules.data import as_tensor, data_layer, prepare
from lightning_modules.data_record import DataRecord, read_record
from lightning_modules.dataset import INPUTS, DataError
from lightning_modules.evaluation import load_network, predict_network
from lightning_modules.run_folder import read_record as read_run

if TYPE_CHECKING:
    from torch import Tensor

    from graphs.compile import Network
    from graphs.graph import Node
    from lightning_modules.splits import Split

MOST_CLASSES = 200
ONE_LABEL_AXES = 2
"""Axes of the chances of one label for each sample: samples and classes."""


@dataclass(frozen=True)
class Answer:
    """What the network says about one sample, by output: the name of a class, a number, or rows of numbers.

    `sure` is the probability of each class that is named, `target` what the data say, where they do. `chances` are
    the probabilities of all classes, where a sample has one label and there are 200 classes at most. Scores that are
    NaN name no class: the value is NaN then.
    """

    sample: str
    values: Mapping[str, Any]
    sure: Mapping[str, float] = field(default_factory=dict)
    target: Mapping[str, Any] = field(default_factory=dict)
    chances: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def predict_files(run_dir: Path, paths: Sequence[Path]) -> tuple[Answer, ...]:
    """Answers for samples in files of the data layer's kind.

    Raises:
        DataError: they cannot be read, or the network needs what no file tells.
        UnreadableDocument, RunFolderError, CheckpointError: the run is not whole.
    """
    network = load_network(run_dir)
    _reader(network)
    record = _record(network, run_dir)
    names, columns = files_for(network, paths, record)
    return answers_for(network, predict_network(network, columns), record, names)


def files_for(
    network: Network, paths: Sequence[Path], record: DataRecord
) -> tuple[tuple[str, ...], dict[str, Tensor]]:
    """The samples in files of the data layer's kind: what each is called, and the columns that the network needs.

    Raises:
        DataError: they cannot be read, or the network needs what no file tells.
    """
    plan = prediction_plan(network.document)
    node = _reader(network)
    read = INPUTS[node.type](data_layer(node), tuple(paths))
    lacking = [end.port for end in plan.columns if end.port not in read.columns]
    if lacking:
        raise DataError(
            f'The network needs "{lacking[0]}" of {node.phrase}, which such files do not hold.'
        )
    columns = {
        str(end): as_tensor(read.columns[end.port].values, record.scales.get(str(end)))
        for end in plan.columns
    }
    return read.names, columns


def _reader(network: Network) -> Node:
    """The data layer that reads files.

    Raises:
        DataError: there is none, or several.
    """
    nodes = {end.node for end in prediction_plan(network.document).columns}
    if len(nodes) != 1:
        raise DataError(
            f"This network reads {len(nodes)} data layers at once, so files cannot be given to it; use --split test."
        )
    node = network.document.main.nodes[nodes.pop()]
    if node.type not in INPUTS:
        raise DataError(f"{node.phrase} reads no files. Use --split test for its own samples.")
    return node


def predict_split(run_dir: Path, split: Split) -> tuple[Answer, ...]:
    """Answers for one part of the run's own data, with what the data say.

    Raises:
        DataError, UnreadableDocument, RunFolderError, CheckpointError: the run or its data are not whole.
    """
    network = load_network(run_dir)
    prepared = prepare(network.document, Path(str(read_run(run_dir).get("base", "."))))
    if prepared.count(split) == 0:
        raise DataError(f'The part "{split}" has no samples.')
    record = DataRecord(prepared.scales, prepared.classes)
    columns = prepared.splits[split]
    names = tuple(f"{split} {index + 1}" for index in range(prepared.count(split)))
    truths = truths_of(network, columns, record)
    return answers_for(network, predict_network(network, columns), record, names, truths)


def truths_of(
    network: Network, columns: Mapping[str, Tensor], record: DataRecord
) -> dict[str, list[Any]]:
    """What the data say each output should be, by sample, as far as they do."""
    return {
        name: _true(columns[str(target)], str(target), record, _letters(network, target))
        for name, target in _targets(network).items()
        if str(target) in columns
    }


def answers_for(
    network: Network,
    outputs: Mapping[str, Tensor],
    record: DataRecord,
    names: Sequence[str],
    truths: Mapping[str, list[Any]] = MappingProxyType({}),
) -> tuple[Answer, ...]:
    """Outputs of a network as answers for samples of these names."""
    found = _decoded(network, outputs, record)
    return tuple(
        Answer(
            sample,
            {name: values[index] for name, values in found.values.items()},
            {name: each[index] for name, each in found.sure.items()},
            {name: values[index] for name, values in truths.items()},
            {
                name: dict(zip(classes, rows[index], strict=True))
                for name, (classes, rows) in found.chances.items()
                if not math.isnan(sum(rows[index]))
            },
        )
        for index, sample in enumerate(names)
    )


@dataclass(frozen=True)
class _Found:
    values: Mapping[str, list[Any]]
    sure: Mapping[str, list[float]]
    chances: Mapping[str, tuple[tuple[str, ...], list[list[float]]]]


def _record(network: Network, run_dir: Path) -> DataRecord:
    """What the run kept of its data, or, in a run that kept nothing, the data once more."""
    kept = read_record(run_dir)
    if kept is not None:
        return kept
    prepared = prepare(network.document, Path(str(read_run(run_dir).get("base", "."))))
    return DataRecord(prepared.scales, prepared.classes)


def _targets(network: Network) -> dict[str, End]:
    """For every output the column that it learns, if a loss compares the two."""
    graph = expanded(network.document.main, "predict")
    learned: dict[End, End] = {}
    for loss in laid_ends(network.document, "loss", "predict").values():
        source, target = first_input(graph, loss), graph.incoming[loss.id].get("target")
        if source is not None and target is not None and not loss.marks.muted:
            learned[source] = target
    results = prediction_plan(network.document).results
    return {name: learned[end] for name, end in results.items() if end in learned}


def _decoded(network: Network, outputs: Mapping[str, Tensor], record: DataRecord) -> _Found:
    targets = _targets(network)
    values: dict[str, list[Any]] = {}
    sure: dict[str, list[float]] = {}
    chances: dict[str, tuple[tuple[str, ...], list[list[float]]]] = {}
    for name, output in outputs.items():
        target = str(targets.get(name, ""))
        decode = _decoding(network, name)
        classes = record.classes.get(target, ())
        letters = _letters(network, targets.get(name)) if decode in ("auto", "text") else ()
        if letters and output.shape[-1] == len(letters):
            found = _chances(output, is_probability=_is_probability(network, name))
            rows, sure[name] = _classes(found, letters)
            values[name] = ["".join(row) if isinstance(row, list) else row for row in rows]
        elif decode == "class" or (decode == "auto" and classes):
            found = _chances(output, is_probability=_is_probability(network, name))
            values[name], sure[name] = _classes(found, classes)
            count = found.shape[-1]
            if found.ndim == ONE_LABEL_AXES and count <= MOST_CLASSES:
                names = classes if len(set(classes)) == count else tuple(map(str, range(count)))
                chances[name] = (names, found.tolist())
        else:
            scale = record.scales.get(target) if decode != "image" else None
            values[name] = _plain(output if scale is None else scale.undo(output))
    return _Found(values, sure, chances)


def _is_probability(network: Network, output: str) -> bool:
    """Whether what an output gives are probabilities already, as of a Softmax or a Sigmoid."""
    plan = network.prediction.plan
    end = plan.results[output]
    spec = shapes_of(plan.graph).output(end.node, end.port)
    return spec is not None and spec.kind == "probability"


def _decoding(network: Network, name: str) -> str:
    node = network.document.main.nodes.get(name)
    return str(getattr(node.layer, "decode", "auto")) if node is not None else "auto"


def _letters(network: Network, target: End | None) -> tuple[str, ...]:
    """What each token stands for that an output foretells; empty where it foretells none.

    Without a target that it learns, it is what the tokens of the data stand for, if these are of one kind.
    """
    known = {
        End(node.id, port): spec.names
        for node in network.document.main.nodes.values()
        if isinstance(node.layer, DataLayer)
        for port, spec in node.layer.columns().items()
        if spec.kind == "token" and spec.names
    }
    if target is not None:
        return known.get(target, ())
    kinds = set(known.values())
    return kinds.pop() if len(kinds) == 1 else ()


def _chances(scores: Tensor, *, is_probability: bool) -> Tensor:
    """Probabilities of classes, on the last axis; scores are K for each place, or one for yes."""
    if scores.ndim == 1 or scores.shape[-1] == 1:
        yes = scores.reshape(-1) if is_probability else torch.sigmoid(scores.reshape(-1))
        return torch.stack((1 - yes, yes), dim=-1)
    return scores if is_probability else torch.softmax(scores, dim=-1)


def _classes(chances: Tensor, names: Sequence[str]) -> tuple[list[Any], list[float]]:
    """The likeliest class of each sample (of each place, where it has several) and its mean probability."""
    best = chances.max(dim=-1)
    rows = best.indices.reshape(len(chances), -1).tolist()
    named = [[names[place] if place < len(names) else str(place) for place in row] for row in rows]
    sure = best.values.reshape(len(chances), -1).mean(dim=1).tolist()
    answers = [row[0] if len(row) == 1 else row for row in named]
    # Of scores that are NaN the first counts for the highest: no network meant that class.
    return [
        math.nan if math.isnan(how) else each for each, how in zip(answers, sure, strict=True)
    ], sure


def _true(column: Tensor, name: str, record: DataRecord, letters: Sequence[str]) -> list[Any]:
    if letters:
        return ["".join(letters[index] for index in row) for row in column.flatten(1).tolist()]
    if name in record.classes:
        return [record.classes[name][index] for index in column.flatten().tolist()]
    scale = record.scales.get(name)
    return _plain(column if scale is None else scale.undo(column))


def _plain(values: Tensor) -> list[Any]:
    """By sample: a number where there is one only, else rows of numbers."""
    return values.flatten().tolist() if values.numel() == len(values) else values.tolist()
