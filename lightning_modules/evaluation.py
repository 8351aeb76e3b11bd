"""What a trained run is worth on one part of its data, and what its network says to new columns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from graphs.compile import Network, Pass, build
from graphs.document import load
from graphs.plan import comparison_plan, weights_of_losses
from graphs.scoring import YES_PROBABILITY, YES_SCORE
from lightning_modules.batches import Batches
from lightning_modules.checkpoint import BEST, LAST, CheckpointError, read_numbers, read_tensors
from lightning_modules.data import Columns, Prepared, prepare
from lightning_modules.devices import choose_device
from lightning_modules.events import Evaluated
from lightning_modules.run_folder import DOCUMENT, devices_of, read_record
from lightning_modules.scores import Scores, score

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.graph import End
    from lightning_modules.splits import Split

MOST_PAIRS = 2000
MOST_CLASSES = 200


def load_network(run_dir: Path, *, device: str = "cpu", checkpoint: str = "") -> Network:
    """The network of a run in evaluation mode, with its best weights, or the last if nothing says which are best.

    Raises:
        UnreadableDocument, CheckpointError, CannotBuild: the folder does not hold a whole run.
    """
    document = load(run_dir / DOCUMENT)
    network = build(document)
    load_weights(network, run_dir, checkpoint or _best_or_last(document, run_dir))
    return network.to(choose_device(device)).eval()


def load_weights(network: Network, run_dir: Path, checkpoint: str) -> None:
    """Put the weights of a checkpoint into a network.

    Raises:
        CheckpointError: they are not there, or belong to another network.
    """
    weights = read_tensors(run_dir, checkpoint)
    here = {key: tuple(each.shape) for key, each in network.state_dict().items()}
    if here != {key: tuple(each.shape) for key, each in weights.items()}:
        raise CheckpointError(
            f'The weights "{checkpoint}" in "{run_dir}" do not belong to the document that is there.'
        )
    network.load_state_dict(weights)


def evaluate(run_dir: Path, split: Split = "test", *, base: Path | None = None) -> Evaluated:
    """The values of a run on one part, with its best weights.

    `base` is the folder that relative paths in the document start from; by default that of the run.

    Raises:
        UnreadableDocument, RunFolderError, CheckpointError, DataError: the run or its data are not whole.
    """
    network = load_network(run_dir)
    record = read_record(run_dir)
    prepared = prepare(network.document, base or Path(str(record.get("base", "."))))
    return evaluate_network(network, prepared, split, devices_of(record))


def evaluate_network(
    network: Network, prepared: Prepared, split: Split, devices: int = 1
) -> Evaluated:
    """The values of a network on one part, by `SPLIT_NAME`, and what plots of its answers need.

    It learned on so many `devices`, from so many batches at once: some losses are of a whole batch.

    Raises:
        CheckpointError: the part has no samples.
    """
    if prepared.count(split) == 0:
        raise CheckpointError(
            f'The part "{split}" has no samples. Give it a share in the data layer.'
        )
    document, device = network.document, next(network.parameters()).device
    evaluation = network.evaluation
    batches = _batches(prepared.splits[split], evaluation, document, device, devices)
    scores = Scores(network, evaluation, device, scales=prepared.scales)
    weights = weights_of_losses(document, epoch=document.run.epochs, step=0)
    found = score(network, batches, scores, weights)
    assert found is not None, "nobody stops it"
    values = {f"{split}_{name}": value for name, value in found.items()}
    return Evaluated(split, values, **_comparison(network, prepared, split, device))


def predict_network(network: Network, columns: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Outputs by name, batch first, on the CPU, for columns by port name, normalised as in training.

    Raises:
        ValueError: a column is missing.
    """
    needed = {name: columns[name] for name in network.column_names(columns)}
    size = network.document.run.batch_size
    device = next(network.parameters()).device
    pieces = [each.split(size) for each in needed.values()]
    found: dict[str, list[Tensor]] = {}
    network.eval()
    with torch.inference_mode():
        for batch in zip(*pieces, strict=True):
            given = dict(zip(needed, (each.to(device) for each in batch), strict=True))
            for name, value in network(given).items():
                found.setdefault(name, []).append(value.cpu())
    return {name: torch.cat(values) for name, values in found.items()}


def why_last(document: Document) -> str:
    """The sentence that says why the last weights count for the best; nothing where a value says which are best.

    Networks that learn against each other have a loss each, and the lowest sum of them is no better than others.
    """
    if len(document.objectives) < 2 or document.run.early_stopping is not None:
        return ""
    return (
        f"The document has {len(document.objectives)} objectives and monitors no value, so nothing says which "
        "weights are best: these are the last."
    )


def _best_or_last(document: Document, run_dir: Path) -> str:
    if why_last(document):
        return LAST
    try:
        read_numbers(run_dir, BEST)
    except CheckpointError:
        return LAST
    return BEST


def _batches(
    columns: Columns, of: Pass, document: Document, device: torch.device, devices: int = 1
) -> Batches:
    size = document.run.batch_size * devices
    return Batches([columns[str(end)] for end in of.plan.columns], size, device)


def _comparison(
    network: Network, prepared: Prepared, split: Split, device: torch.device
) -> dict[str, Any]:
    """The confusion matrix for class labels, or pairs of target and prediction for numbers."""
    compared = comparison_plan(network.document)
    if compared is None:
        return {}
    loss, plan = compared
    found = Pass(plan, network)
    batches = _batches(prepared.splits[split], found, network.document, device)
    network.eval()
    scale = prepared.scales.get(str(plan.results["target"]))
    labels = is_class(network, loss)
    every = 1  # of the numbers, so that at most so many are kept: pictures would fill the memory
    rows: list[tuple[Tensor, ...]] = []
    with torch.inference_mode():
        for batch in batches.cut(None, 0, batches.steps):
            predicted, target = found(*batch)
            if labels:
                kind = network.inputs_of(loss)[0].kind
                if names_nothing(predicted, target, kind):
                    return {}  # the first class would count for what it answered
                rows.append((named_classes(predicted, target, kind), target.flatten()))
                continue
            if predicted.shape != target.shape:
                return {}
            if not rows:
                every = -(-target[0].numel() * batches.count // MOST_PAIRS)
            sides = (predicted, target) if scale is None else map(scale.undo, (predicted, target))
            rows.append(tuple(each.flatten()[::every] for each in sides))
    predicted, target = (torch.cat(each).cpu() for each in zip(*rows, strict=True))
    if labels:
        return _confusion(
            predicted, target, class_names(network, loss, plan.results["target"], prepared)
        )
    return {
        "target": tuple(target.tolist()[:MOST_PAIRS]),
        "predicted": tuple(predicted.tolist()[:MOST_PAIRS]),
    }


def is_class(network: Network, loss: str) -> bool:
    """Whether a loss or metric compares with class labels."""
    return network.inputs_of(loss)[1].kind == "class"


def named_classes(scores: Tensor, target: Tensor, kind: str) -> Tensor:
    """The class chosen for every label, flat: the highest of K scores, or for one score whether it says yes.

    `kind` is that of the scores: probabilities say yes above a half, logits above 0.
    """
    if scores.dim() > target.dim() and scores.shape[-1] > 1:
        return scores.argmax(-1).flatten()
    cut = YES_PROBABILITY if kind == "probability" else YES_SCORE
    return (scores > cut).long().flatten()


def names_nothing(scores: Tensor, target: Tensor, kind: str) -> bool:
    """Whether some scores of `kind` lead to no probabilities: NaN, or an infinite one among several."""
    several = scores.dim() > target.dim() and scores.shape[-1] > 1
    endless = several and kind != "probability" and bool(scores.isposinf().any())
    return endless or bool(scores.isnan().any())


def class_names(network: Network, loss: str, target: End, prepared: Prepared) -> tuple[str, ...]:
    """The names of the classes that a loss or metric compares, or their numbers."""
    spec = network.inputs_of(loss)[1]
    return prepared.classes.get(str(target)) or spec.names or tuple(map(str, range(spec.of or 2)))


def _confusion(predicted: Tensor, target: Tensor, names: tuple[str, ...]) -> dict[str, Any]:
    count = len(names)
    known = (target >= 0) & (target < count)
    if count > MOST_CLASSES:
        return {"classes": names}
    cells = target[known] * count + predicted[known].clamp(0, count - 1)
    table = torch.bincount(cells, minlength=count * count).reshape(count, count)
    return {"classes": names, "confusion": tuple(tuple(row) for row in table.tolist())}
