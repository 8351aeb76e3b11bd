"""What a checkpoint says of itself: its numbers, the hash and the shapes of its weights; read without torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NEW = ".new"
BEST, LAST = "best", "last"
FORMAT = 1

LARGEST_HEADER = 100_000_000
"""Bytes; safetensors allows no more."""


class CheckpointError(ValueError):
    """A checkpoint that is not there or not whole; the message is a sentence for people."""


def tensor_file(folder: Path, name: str, part: str = "weights") -> Path:
    """Where the tensors of one part of a checkpoint stand."""
    return folder / (f"{name}.safetensors" if part == "weights" else f"{name}.{part}.safetensors")


def read_numbers(folder: Path, name: str) -> dict[str, Any]:
    """The numbers of a checkpoint, among them "sha256" by part.

    Raises:
        CheckpointError: there is none, or it is not readable.
    """
    file = folder / f"{name}.json"
    try:
        record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        record["sha256"].items()
        if record["checkpoint"] != FORMAT:
            raise CheckpointError(f'The checkpoint "{file}" was written by a newer version.')
    except FileNotFoundError as error:
        raise CheckpointError(f'There is no checkpoint "{name}" in "{folder}".') from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(f'The checkpoint "{file}" cannot be read: it is damaged.') from error
    return record


def read_shapes(folder: Path, name: str) -> dict[str, tuple[int, ...]]:
    """The shapes of the weights of a checkpoint by key, from the head of their file; the numbers are not read.

    Raises:
        CheckpointError: they are not there, or what says their shapes is damaged.
    """
    file = tensor_file(folder, name)
    for candidate in (file, file.with_name(file.name + NEW)):
        try:
            with candidate.open("rb") as content:
                length = int.from_bytes(content.read(8), "little")
                head = content.read(length) if length <= LARGEST_HEADER else b""
            named = json.loads(head)
            return {
                key: tuple(int(size) for size in each["shape"])
                for key, each in named.items()
                if key != "__metadata__"
            }
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            break
    raise CheckpointError(f'The checkpoint "{file}" cannot be read: it is damaged.')
