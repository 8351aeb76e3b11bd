"""What of an earlier run a document can use: everything, or the weights that fit by node and size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from graphs.document import UnreadableDocument, dumps, load, loads
from graphs.held_weights import held_weights
from graphs.planting import public_key
from lightning_modules.checkpoint import CheckpointError, read_tensors
from lightning_modules.events import WarmStarted
from lightning_modules.run_folder import DOCUMENT
from lightning_modules.warm_start import compare, fits_in_part, taken

if TYPE_CHECKING:
    from torch import Tensor

    from graphs.compile import Network
    from graphs.content import Document
    from lightning_modules.warm_start import Source

_GATES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
STACKED: dict[type[nn.Module], tuple[tuple[str, ...], int]] = {
    nn.LSTM: (_GATES, 4),
    nn.GRU: (_GATES, 3),
    nn.MultiheadAttention: (("in_proj",), 3),
}
"""Layers of torch that keep several weights in one, along its first axis: beginnings of their names, and how many."""


def same_training(document: Document, folder: Path) -> bool:
    """Whether the run in that folder learns the very same way, so that it can go on exactly.

    More epochs, another device or other threads are no difference.

    Raises:
        CheckpointError: there is no run in that folder.
    """
    try:
        before = load(folder / DOCUMENT)
    except UnreadableDocument as error:
        raise CheckpointError(f'There is no run to go on from in "{folder}".') from error
    document = loads(dumps(document))  # a list in a file is a list on both sides
    runs = [(each.run.seed, each.run.batch_size, each.run.precision) for each in (document, before)]
    graphs = [
        {name: (dict(each.nodes), each.wires, each.face) for name, each in whole.networks.items()}
        for whole in (document, before)
    ]
    return (
        runs[0] == runs[1] and graphs[0] == graphs[1] and document.objectives == before.objectives
    )


def take_weights(network: Network, source: Source) -> WarmStarted:
    """Take over what fits of an earlier run; what became of each layer.

    Weights of equal size are kept whole. Of others the part that both sizes share is copied, gate by gate where a
    weight holds several; the rest stays as it was freshly drawn.

    Raises:
        CheckpointError: the weights are damaged.
    """
    saved = read_tensors(source.folder, source.checkpoint, sha256=source.sha256)
    here = network.state_dict()
    held = held_weights(network.document)
    stacked = _stacked(network)
    with torch.no_grad():
        for key, other in taken(held, source).items():
            theirs, mine = source.held[other].shape, held[key].shape
            if theirs == mine:
                here[key].copy_(saved[other])
            elif fits_in_part(theirs, mine):
                _copy_shared_part(here[key], saved[other], stacked.get(key, 1))
    layers = compare(held, source)
    return WarmStarted(str(source.folder.resolve()), source.checkpoint, source.sha256, layers)


def _copy_shared_part(mine: Tensor, theirs: Tensor, stacked: int) -> None:
    """Copy what lies in both, where the first axis is `stacked` weights one after the other."""
    mine, theirs = (each.view(stacked, -1, *each.shape[1:]) for each in (mine, theirs))
    part = tuple(slice(min(sizes)) for sizes in zip(mine.shape, theirs.shape, strict=True))
    mine[part].copy_(theirs[part])


def _stacked(network: Network) -> dict[str, int]:
    """By key, how many weights stand in one: the gates of recurrent layers, and query, key and value of attention."""
    found: dict[str, int] = {}
    for path, module in network.named_modules():
        for kind, (heads, count) in STACKED.items():
            if isinstance(module, kind):
                found |= {
                    public_key(network, f"{path}.{name}"): count
                    for name, _ in module.named_parameters(recurse=False)
                    if name.startswith(heads)
                }
    return found
