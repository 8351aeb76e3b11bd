"""What of an earlier run a document can use: everything, or the weights that fit by node and size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch

from graphs.document import UnreadableDocument, dumps, load, loads
from lightning_modules.checkpoint import LAST, CheckpointError, read_tensors
from lightning_modules.run_folder import DOCUMENT

if TYPE_CHECKING:
    from graphs.compile import Network
    from graphs.content import Document

MOST_NAMED = 5


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


def keep_weights(network: Network, folder: Path) -> list[str]:
    """Take over the last weights of a run that fit by node and size; sentences about what is kept and what is new.

    Raises:
        CheckpointError: there are none, or they are damaged.
    """
    saved = read_tensors(folder, LAST)
    here = network.state_dict()
    kept = {key for key in here if key in saved and saved[key].shape == here[key].shape}
    with torch.no_grad():
        for key in kept:
            here[key].copy_(saved[key])
    sized = _nodes({key for key in here if key in saved and key not in kept})
    new = _nodes({key for key in here if key not in saved})
    count, total = len(_nodes(kept)), len(_nodes(set(here)))
    sentence = (
        "The document was changed since that run, so training begins anew with what fits of its weights: "
        f"{count} of {total} layers were kept"
    )
    if sized:
        sentence += f"; these have another size and begin anew: {_listed(network, sized)}"
    if new:
        sentence += f"; these are new: {_listed(network, new)}"
    return [sentence + "."]


def _nodes(keys: set[str]) -> list[str]:
    return sorted({key.partition(".")[0] for key in keys})


def _listed(network: Network, nodes: list[str]) -> str:
    known = network.document.main.nodes
    named = [known[each].name if each in known else each for each in nodes[:MOST_NAMED]]
    return ", ".join(named) + (" and more" if len(nodes) > MOST_NAMED else "")
