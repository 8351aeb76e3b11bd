"""What a trained run says about samples: of files, or of a part of its own data; decoded for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from graphs.expansion import expanded
from graphs.plan import first_input, laid_ends, prediction_plan
from lightning_modules.data import as_tensor, data_layer, prepare
from lightning_modules.data_record import DataRecord, read_record
from lightning_modules.dataset import INPUTS, DataError
from lightning_modules.evaluation import load_network, predict_network
from lightning_modules.run_folder import read_record as read_run

if TYPE_CHECKING:
    from torch import Tensor

    from graphs.compile import Network
    from graphs.graph import End
    from lightning_modules.splits import Split


@dataclass(frozen=True)
class Answer:
    """What the network says about one sample, by output: the name of a class, a number, or rows of numbers.

    `sure` is the probability of each class that is named, `target` what the data say, where they do.
    """

    sample: str
    values: Mapping[str, Any]
    sure: Mapping[str, float] = field(default_factory=dict)
    target: Mapping[str, Any] = field(default_factory=dict)


def predict_files(run_dir: Path, paths: Sequence[Path]) -> tuple[Answer, ...]:
    """Answers for samples in files of the data layer's kind.

    Raises:
        DataError: they cannot be read, or the network needs what no file tells.
        UnreadableDocument, RunFolderError, CheckpointError: the run is not whole.
    """
    network = load_network(run_dir)
    plan = prediction_plan(network.document)
    nodes = {end.node for end in plan.columns}
    if len(nodes) != 1:
        raise DataError(
            f"This network reads {len(nodes)} data layers at once, so files cannot be given to it; use --split test."
        )
    node = network.document.main.nodes[nodes.pop()]
    if node.type not in INPUTS:
        raise DataError(f"{node.phrase} reads no files. Use --split test for its own samples.")
    read = INPUTS[node.type](data_layer(node), tuple(paths))
    lacking = [end.port for end in plan.columns if end.port not in read.columns]
    if lacking:
        raise DataError(
            f'The network needs "{lacking[0]}" of {node.phrase}, which such files do not hold.'
        )
    record = _record(network, run_dir)
    columns = {
        str(end): as_tensor(read.columns[end.port].values, record.scales.get(str(end)))
        for end in plan.columns
    }
    found = _decoded(network, predict_network(network, columns), record)
    return tuple(
        Answer(
            sample,
            {name: values[index] for name, values in found.values.items()},
            found.sure_of(index),
        )
        for index, sample in enumerate(read.names)
    )


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
    found = _decoded(network, predict_network(network, columns), record)
    truth = {
        name: _true(columns[str(target)], str(target), record)
        for name, target in _targets(network).items()
        if str(target) in columns
    }
    return tuple(
        Answer(
            f"{split} {index + 1}",
            {name: values[index] for name, values in found.values.items()},
            found.sure_of(index),
            {name: values[index] for name, values in truth.items()},
        )
        for index in range(prepared.count(split))
    )


@dataclass(frozen=True)
class _Found:
    values: Mapping[str, list[Any]]
    sure: Mapping[str, list[float]]

    def sure_of(self, index: int) -> dict[str, float]:
        return {name: each[index] for name, each in self.sure.items()}


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
    for name, output in outputs.items():
        target = str(targets.get(name, ""))
        decode = _decoding(network, name)
        classes = record.classes.get(target, ())
        if decode == "class" or (decode == "auto" and classes):
            values[name], sure[name] = _classes(output, classes)
        else:
            scale = record.scales.get(target) if decode != "image" else None
            values[name] = _plain(output if scale is None else scale.undo(output))
    return _Found(values, sure)


def _decoding(network: Network, name: str) -> str:
    node = network.document.main.nodes.get(name)
    return str(getattr(node.layer, "decode", "auto")) if node is not None else "auto"


def _classes(scores: Tensor, names: Sequence[str]) -> tuple[list[Any], list[float]]:
    """The likeliest class of each sample (of each place, where it has several) and its mean probability.

    Scores are K for each place, or one for yes.
    """
    if scores.ndim == 1 or scores.shape[-1] == 1:
        yes = torch.sigmoid(scores.reshape(-1))
        chances = torch.stack((1 - yes, yes), dim=-1)
    else:
        chances = torch.softmax(scores, dim=-1)
    best = chances.max(dim=-1)
    rows = best.indices.reshape(len(scores), -1).tolist()
    named = [[names[place] if place < len(names) else str(place) for place in row] for row in rows]
    sure = best.values.reshape(len(scores), -1).mean(dim=1).tolist()
    return [row[0] if len(row) == 1 else row for row in named], sure


def _true(column: Tensor, name: str, record: DataRecord) -> list[Any]:
    if name in record.classes:
        return [record.classes[name][index] for index in column.flatten().tolist()]
    scale = record.scales.get(name)
    return _plain(column if scale is None else scale.undo(column))


def _plain(values: Tensor) -> list[Any]:
    """By sample: a number where there is one only, else rows of numbers."""
    return values.flatten().tolist() if values.numel() == len(values) else values.tolist()
