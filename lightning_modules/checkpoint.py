"""Weights and numbers on disk: dense tensors as safetensors, the rest as JSON that holds their SHA-256.

A checkpoint NAME is NAME.json and one or more NAME*.safetensors. New tensors are written beside the old
ones, then NAME.json, which names their hashes, takes its place: that moment decides. Only then do the
tensors get their names; a reader that comes in between, or after a kill, finds them by their hash. What
a kill left so is put in its place before anything is written over it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError
from safetensors.torch import load, save_file

from lightning_modules.checkpoint_record import (
    BEST,
    FORMAT,
    LAST,
    NEW,
    CheckpointError,
    read_numbers,
    tensor_file,
)
from lightning_modules.run_folder import replace_durably, sync_folder, write_durably

if TYPE_CHECKING:
    from torch import Tensor

UNFINISHED = "unfinished"
"""The folder inside of a run's where tensors are until they are written to the end."""

__all__ = [
    "BEST",
    "LAST",
    "NEW",
    "CheckpointError",
    "commit",
    "read_numbers",
    "read_tensors",
    "stage",
    "write_checkpoint",
]


def write_checkpoint(
    folder: Path, name: str, numbers: Mapping[str, Any], **tensors: Mapping[str, Tensor]
) -> None:
    """Write tensors by part (the part "weights" is NAME.safetensors, "x" is NAME.x.safetensors) and numbers.

    The numbers must be plain JSON.
    """
    commit(folder, name, stage(folder, name, **tensors), numbers)


def stage(folder: Path, name: str, **tensors: Mapping[str, Tensor]) -> dict[str, str]:
    """Write tensors beside those that stand, which still count until `commit`; their hashes by part.

    Raises:
        CheckpointError: the folder is gone.
    """
    if not folder.is_dir():
        raise CheckpointError(
            f'The folder of this run, "{folder}", is gone: it was moved or deleted meanwhile. Train again.'
        )
    for part in tensors:
        _settle(folder, name, part)
    parts: dict[str, str] = {}
    unfinished = folder / UNFINISHED
    _remove(unfinished)  # a kill may have left some there
    try:
        unfinished.mkdir()
        for part, content in tensors.items():
            file = tensor_file(folder, name, part)
            written = unfinished / file.name
            _save(content, written)
            with written.open("rb") as file_of_part:
                parts[part] = hashlib.file_digest(file_of_part, "sha256").hexdigest()
            replace_durably(written, file.with_name(file.name + NEW))
    finally:
        _remove(unfinished)
    return parts


def _save(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write tensors from where they are: a copy of all would take longer than the rest.

    Raises:
        OSError: the disk is full, say.
    """
    try:
        save_file(_apart(tensors), path)
    except SafetensorError as error:
        told = re.search(r"\(os error (\d+)\)", str(error))
        if told is None:
            raise OSError(f'"{path}" cannot be written: {error}') from error
        code = int(told[1])
        raise OSError(code, os.strerror(code), str(path)) from error


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def commit(folder: Path, name: str, parts: Mapping[str, str], numbers: Mapping[str, Any]) -> None:
    """Let the tensors that were staged take the place of the old ones."""
    record = {"checkpoint": FORMAT, "sha256": dict(parts), **numbers}
    write_durably(
        folder / f"{name}.json", (json.dumps(record, indent=1, allow_nan=False) + "\n").encode()
    )
    for part in parts:
        file = tensor_file(folder, name, part)
        file.with_name(file.name + NEW).replace(file)
    sync_folder(folder)


def _settle(folder: Path, name: str, part: str) -> None:
    """Put in its place what counts but was left beside it by a kill, so that nothing is written over it."""
    file = tensor_file(folder, name, part)
    left = file.with_name(file.name + NEW)
    if not left.exists():
        return
    with contextlib.suppress(CheckpointError):  # the first one of its name was never finished
        if _hash(left.read_bytes()) == read_numbers(folder, name)["sha256"].get(part):
            left.replace(file)
            sync_folder(folder)


def read_tensors(
    folder: Path, name: str, part: str = "weights", sha256: str = ""
) -> dict[str, Tensor]:
    """The tensors of one part, on the CPU, after their hash was compared: with `sha256`, if it is given.

    Raises:
        CheckpointError: they are not there, or are not the ones that were written.
    """
    wanted = sha256 or read_numbers(folder, name)["sha256"].get(part)
    file = tensor_file(folder, name, part)
    for candidate in (file, file.with_name(file.name + NEW)):
        try:
            content = candidate.read_bytes()
        except OSError:
            continue
        if _hash(content) == wanted:
            try:
                return load(content)
            except SafetensorError as error:
                raise CheckpointError(
                    f'The checkpoint "{file}" cannot be read: it is damaged.'
                ) from error
    raise CheckpointError(
        f'The checkpoint "{file}" is damaged: its content is not what was written.'
    )


def _apart(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors on the CPU, none sharing memory with another, which safetensors refuses."""
    found = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
    end = 0
    for key, value in sorted(found.items(), key=lambda item: item[1].data_ptr()):
        begin = value.data_ptr()
        if begin < end:
            found[key] = value.clone()
        end = max(end, begin + value.nbytes)
    return found


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
