"""Images of one's own, one folder for each class, scaled to one size."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from graphs.layers.data_images import ImageFolder
from lightning_modules.dataset import (
    Column,
    DataError,
    Inputs,
    Schema,
    Table,
    inputs,
    look,
    resolve,
    source,
)
from lightning_modules.image_file import SUFFIXES, image_files, read_image

if TYPE_CHECKING:
    from graphs.layer import DataLayer

WORKERS = 0
"""How many threads read images at once; 0 for as many as there are cores. What they read is the same."""


@source("ImageFolder")
def image_folder(layer: DataLayer, base: Path) -> Table:
    """Every image of the folders that the layer knows as classes."""
    assert isinstance(layer, ImageFolder)
    folder = resolve(layer.path, base)
    files = _files(folder)
    new = [name for name in files if name not in layer.classes]
    if new or not layer.classes:
        word = f'the class "{new[0]}"' if new else "its classes"
        raise DataError(
            f"{folder.name} has {word}, which the graph does not know yet. Read the folder again."
        )
    gone = [name for name in layer.classes if name not in files]
    if gone:
        raise DataError(
            f'{folder.name} has no images of the class "{gone[0]}" any more. Read the folder again.'
        )
    paths = [path for name in layer.classes for path in files[name]]
    labels = np.repeat(np.arange(len(layer.classes)), [len(files[name]) for name in layer.classes])
    stamps = tuple((str(path), path.stat().st_mtime_ns) for path in paths)
    images = _read_all(stamps, layer.height, layer.width, layer.color)
    return Table(
        {"image": Column(images), "label": Column(labels.astype(np.int64), classes=layer.classes)},
        tuple(f"{path.parent.name}/{path.name}" for path in paths),
    )


@inputs("ImageFolder")
def images(layer: DataLayer, paths: tuple[Path, ...]) -> Inputs:
    """Image files, and those in folders, scaled like the ones of the folder."""
    assert isinstance(layer, ImageFolder)
    files = image_files(paths)
    values = np.stack([read_image(path, layer.height, layer.width, layer.color) for path in files])
    return Inputs(tuple(map(str, files)), {"image": Column(values)})


@look("ImageFolder")
def schema(layer: DataLayer, base: Path) -> Schema:
    """The classes, how many images there are, and a mark that changes with the list of files."""
    assert isinstance(layer, ImageFolder)
    return inspect(resolve(layer.path, base))


def inspect(folder: Path) -> Schema:
    """The schema of a folder of images.

    Raises:
        DataError: it is no folder with at least two folders of images.
    """
    files = _files(folder)
    listed = "\n".join(
        f"{name}/{path.name} {path.stat().st_size}"
        for name, paths in files.items()
        for path in paths
    )
    fingerprint = hashlib.sha256(listed.encode()).hexdigest()[:16]
    return {
        "classes": list(files),
        "count": sum(map(len, files.values())),
        "fingerprint": fingerprint,
    }


def _files(folder: Path) -> dict[str, list[Path]]:
    """The images of every class, classes and files by name."""
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "is not there"
        raise DataError(
            f"{folder} {what}. Choose a folder that holds one folder of images per class."
        )
    found: dict[str, list[Path]] = {}
    for inner in sorted(
        each for each in folder.iterdir() if each.is_dir() and not each.name.startswith(".")
    ):
        images = sorted(
            path
            for path in inner.iterdir()
            if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
        )
        if images:
            found[inner.name] = images
    if len(found) < 2:
        count = "1 folder" if len(found) == 1 else "no folder"
        raise DataError(
            f"{folder} holds {count} of images. It needs one folder per class, and two classes or more."
        )
    return found


@lru_cache(maxsize=4)
def _read_all(
    stamps: tuple[tuple[str, int], ...], height: int, width: int, color: str
) -> np.ndarray:
    """All images (N, C, H, W), read by several threads; read again only where a file or the size is another."""
    from lightning_modules.devices import cores_of_this_process
    from lightning_modules.large_arrays import room_for

    images = room_for((len(stamps), 3 if color == "rgb" else 1, height, width))

    def read(index: int) -> None:
        images[index] = read_image(Path(stamps[index][0]), height, width, color)

    workers = WORKERS or cores_of_this_process()
    with ThreadPoolExecutor(workers, "read-images") as pool:
        try:
            for _ in pool.map(read, range(len(stamps))):  # the first that cannot be read is told
                pass
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    images.setflags(write=False)  # it is shared by all who ask again
    return images
