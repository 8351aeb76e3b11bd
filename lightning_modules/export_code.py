"""A run as a file of plain PyTorch, with the weights that it learned beside it."""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import save

from graphs.codegen import source
from graphs.document import load
from lightning_modules.checkpoint import BEST, LAST, CheckpointError, read_tensors
from lightning_modules.run_folder import DOCUMENT, write_durably


def export_run(folder: Path, out: Path) -> Path:
    """Write the source of a run to `out` and its best weights beside it; the path of the weights.

    The keys are those of the class in the source: `load_state_dict` takes them as they are.

    Raises:
        CannotBuild: the document cannot be written as code.
        CheckpointError: there are no weights, or they are damaged.
        OSError: a file cannot be written.
    """
    written = source(load(folder / DOCUMENT))
    tensors = read_tensors(folder, BEST if (folder / f"{BEST}.json").is_file() else LAST)
    keys = written.keys(tensors)
    weights = out.with_suffix(".safetensors")
    if len(set(keys.values())) < len(keys):
        raise CheckpointError("Two weights of the run would have one name in the source.")
    write_durably(weights, save({keys[key]: value for key, value in tensors.items()}))
    write_durably(out, written.text.encode())
    return weights
