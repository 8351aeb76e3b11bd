"""Where numbers of data stand: in memory, or, where that would fill it, in a file that the system reads as needed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import platformdirs
import torch

from lightning_modules.dataset import DataError
from lightning_modules.memory import free_bytes

SHARE = 0.25
"""Of the free memory: an array that needs more stands in a file. Data stand twice, as read and as split."""

CHUNK_BYTES = 16 * 2**20
"""Rows are worked on in pieces of about this size, so that what is computed on the way takes little."""

GIBI = 2**30


def room_for(shape: tuple[int, ...], dtype: np.dtype | type = np.float32) -> np.ndarray:
    """An array of this shape to be filled: the file behind a large one has no name, and goes when nobody uses it.

    Raises:
        DataError: neither memory nor disk has room for it.
    """
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    free = free_bytes(torch.device("cpu"))
    if free is None or size <= SHARE * free:
        kind = torch.from_numpy(np.empty(0, dtype)).dtype
        return torch.empty(
            shape, dtype=kind
        ).numpy()  # it begins where kernels like it, as torch's do
    folder = Path(platformdirs.user_cache_dir("lamina", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            _reserve(file.fileno(), size)
            return np.memmap(file, dtype, "r+", shape=shape)
    except OSError as error:
        left = shutil.disk_usage(folder).free if folder.exists() else 0
        raise DataError(
            f"The data take {size / GIBI:.1f} GB, more than a quarter of the free memory ({free / GIBI:.1f} GB), and "
            f'the disk of "{folder}", which would hold them meanwhile, has {left / GIBI:.1f} GB left. Make the images '
            "smaller, take fewer samples, or free space on the disk."
        ) from error


def chunks(count: int, row_bytes: int) -> Iterator[slice]:
    """The rows from 0 to `count` in pieces of about the same size in bytes; one empty piece where there are none."""
    step = max(1, CHUNK_BYTES // max(row_bytes, 1))
    for begin in range(0, max(count, 1), step):
        yield slice(begin, min(begin + step, count))


def _reserve(file: int, size: int) -> None:
    """Take the space now: a disk that is full later would end the program in the middle of a sum."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, max(size, 1))
        return
    if shutil.disk_usage(Path.home()).free < size:
        raise OSError("the disk is full")
    os.truncate(file, size)
