"""Images that memory cannot hold: they stand in a file, and nothing else of a run is another."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from graphs.compile import build
from graphs.document import save
from graphs.layers.data_images import ImageFolder
from graphs.param import Json
from graphs.param import Path as PathParam
from lightning_modules import large_arrays
from lightning_modules.baseline_task import task_of
from lightning_modules.checkpoint import read_tensors
from lightning_modules.data import DataError, prepare
from lightning_modules.datasets import image_folder
from lightning_modules.events import Completed, Stopped
from lightning_modules.large_arrays import chunks, room_for
from lightning_modules.normalisation import fit
from lightning_modules.schema import refresh_schema
from tests.documents import document, node

ROOT = Path(__file__).resolve().parents[2]
IMAGES, SIDE = 48, 12
STEPS_TO_STOP = (3, 9)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Where large arrays stand; what was read before is forgotten."""
    image_folder._read_all.cache_clear()
    folder = tmp_path / "cache"
    monkeypatch.setattr(
        large_arrays.platformdirs, "user_cache_dir", lambda *_given, **_named: str(folder)
    )
    yield folder
    image_folder._read_all.cache_clear()


@pytest.fixture
def no_room(monkeypatch, cache):
    """No array is small enough for memory."""
    monkeypatch.setattr(large_arrays, "SHARE", 0)
    monkeypatch.setattr(large_arrays, "CHUNK_BYTES", 5000)
    return cache


@pytest.fixture
def pets(tmp_path):
    """A document that learns from a folder of noisy images: mirrored, cropped and with dropout, in any order."""
    chance = np.random.default_rng(0)
    for index in range(IMAGES):
        folder = tmp_path / "pets" / ("cat" if index % 2 else "dog")
        folder.mkdir(parents=True, exist_ok=True)
        pixels = chance.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{index}.png")
    size = {"path": "pets", "height": SIDE, "width": SIDE}
    layer = ImageFolder(**{**size, "path": PathParam("pets")})
    return document(
        {
            "pets": node("ImageFolder", **size, schema=Json(refresh_schema(layer, tmp_path))),
            "flip": node("RandomHorizontalFlip"),
            "crop": node("RandomCrop", padding=[1, 1]),
            "flatten": "Flatten",
            "dropout": node("Dropout", p=0.3),
            "scores": node("Linear", out_features=2),
            "loss": "CrossEntropyLoss",
            "accuracy": "Accuracy",
        },
        [
            "pets.image -> flip.input",
            "flip.output -> crop.input",
            "crop.output -> flatten.input",
            "flatten.output -> dropout.input",
            "dropout.output -> scores.input",
            "scores.output -> loss.logits",
            "pets.label -> loss.target",
            "scores.output -> accuracy.input",
            "pets.label -> accuracy.target",
        ],
        batch_size=5,
        epochs=2,
    )


def read_by(workers, monkeypatch):
    """Let so many threads read all images anew."""
    image_folder._read_all.cache_clear()
    monkeypatch.setattr(image_folder, "WORKERS", workers)


def weights_of(told):
    return read_tensors(told.folder, "last")


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def test_a_small_array_stands_in_memory_and_a_large_one_in_a_file_without_a_name(
    monkeypatch, cache
):
    monkeypatch.setattr(large_arrays, "free_bytes", lambda _device: 4000)

    small, large = room_for((250,)), room_for((251,))
    large[:] = 7

    assert not isinstance(small, np.memmap)
    assert isinstance(large, np.memmap)
    assert large.dtype == np.float32
    assert large.sum() == 7 * 251
    assert list(cache.iterdir()) == []


def test_a_disk_without_room_is_told_in_a_sentence(monkeypatch, no_room):
    gibi = 2**30
    monkeypatch.setattr(large_arrays, "free_bytes", lambda _device: 2 * gibi)
    usage = shutil.disk_usage(ROOT)
    monkeypatch.setattr(
        large_arrays.shutil, "disk_usage", lambda _path: usage._replace(free=3 * gibi)
    )

    with pytest.raises(DataError) as caught:
        room_for((2**50, 2**10))

    assert str(caught.value) == (
        "The data take 4294967296.0 GB, more than a quarter of the free memory (2.0 GB), and the disk of "
        f'"{no_room}", which would hold them meanwhile, has 3.0 GB left. Make the images smaller, take fewer '
        "samples, or free space on the disk."
    )


def test_chunks_are_all_rows_in_order_and_one_is_empty_where_there_are_none(monkeypatch):
    monkeypatch.setattr(large_arrays, "CHUNK_BYTES", 10)

    assert list(chunks(5, 4)) == [slice(0, 2), slice(2, 4), slice(4, 5)]
    assert list(chunks(0, 4)) == [slice(0, 0)]


@pytest.mark.parametrize("method", ["standard", "minmax", "none"])
def test_a_scale_fitted_piece_by_piece_is_the_one_of_all_rows(monkeypatch, method):
    values = np.random.default_rng(0).normal(3, 2, (50, 2, 3)).astype(np.float32)
    values[0:4, 0] = np.nan  # all of the first piece
    rows = np.arange(0, 50, 2)
    whole = fit(values[rows], method, 0)
    monkeypatch.setattr(large_arrays, "CHUNK_BYTES", 100)

    pieces = fit(values, method, 0, (), rows)

    for name in ("shift", "factor", "fill"):
        assert getattr(pieces, name) == pytest.approx(getattr(whole, name), rel=1e-12)


def test_a_run_learns_the_same_from_a_file_as_from_memory_whoever_reads(
    run, pets, monkeypatch, cache
):
    read_by(1, monkeypatch)
    in_memory = run(pets)
    monkeypatch.setattr(large_arrays, "SHARE", 0)
    read_by(4, monkeypatch)

    from_file = run(pets)

    assert isinstance(from_file.outcome, Completed), from_file.outcome
    assert from_file.losses == in_memory.losses
    assert from_file.epochs == in_memory.epochs
    assert same(weights_of(from_file), weights_of(in_memory))
    assert cache.is_dir()


@pytest.mark.parametrize("stop", STEPS_TO_STOP)
def test_a_run_from_a_file_goes_on_bit_for_bit_with_another_number_of_workers(
    run, pets, monkeypatch, no_room, stop
):
    read_by(3, monkeypatch)
    whole = run(pets)
    stopped = run(pets, stop_after=stop)
    read_by(2, monkeypatch)

    resumed = run(pets, resume=stopped.folder)

    assert isinstance(stopped.outcome, Stopped)
    assert stopped.losses + resumed.losses == whole.losses
    assert same(weights_of(resumed), weights_of(whole))


def test_all_parts_of_a_large_folder_stand_in_files_and_simple_models_take_what_they_need(
    pets, tmp_path, no_room
):
    prepared = prepare(pets, tmp_path)

    task = task_of(build(pets), prepared)

    assert sum(prepared.count(part) for part in prepared.splits) == IMAGES
    assert list(no_room.iterdir()) == []
    assert task is not None
    assert task.features is not None
    assert len(task.features["train"]) == prepared.count("train")


def test_an_image_that_cannot_be_read_is_named_by_several_workers(pets, tmp_path, monkeypatch):
    read_by(4, monkeypatch)
    torn = tmp_path / "pets" / "cat" / "11.png"
    torn.write_bytes(b"no image")

    with pytest.raises(DataError) as caught:
        prepare(pets, tmp_path)

    assert (
        str(caught.value)
        == f"{torn} cannot be read as an image. Use a PNG or JPEG image in its place."
    )


STARVED = """
import resource, sys
from pathlib import Path
from graphs.document import load
from lightning_modules import large_arrays
from lightning_modules.job import Job
from lightning_modules.memory import _status
from lightning_modules.run import train
large_arrays.SHARE = float(sys.argv[3])
folder = Path(sys.argv[1])
most = _status("VmData") + int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_DATA, (most, most))  # memory of its own; files do not count
outcome = train(Job(load(folder / "pets.lamina"), folder, folder / sys.argv[4]), lambda _event: None, lambda: False)
print(type(outcome).__name__, getattr(outcome, "reason", ""))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="no other system limits memory without files")
def test_a_folder_larger_than_the_memory_that_is_left_is_learned_from(tmp_path):
    for name in ("cat", "dog"):
        folder = tmp_path / "pets" / name
        folder.mkdir(parents=True)
        Image.new("RGB", (8, 8), (255, 0, 0) if name == "cat" else (0, 0, 255)).save(
            folder / "0.png"
        )
        for index in range(1, 1500):
            (folder / f"{index}.png").hardlink_to(folder / "0.png")
    size = {"path": "pets", "height": 128, "width": 128}
    layer = ImageFolder(**{**size, "path": PathParam("pets")})
    schema = Json(refresh_schema(layer, tmp_path))
    described = document(
        {
            "pets": node("ImageFolder", **size, schema=schema),
            "pool": node("AdaptiveAvgPool2d"),
            "flatten": "Flatten",
            "scores": node("Linear", out_features=2),
            "loss": "CrossEntropyLoss",
        },
        [
            "pets.image -> pool.input",
            "pool.output -> flatten.input",
            "flatten.output -> scores.input",
            "scores.output -> loss.logits",
            "pets.label -> loss.target",
        ],
        batch_size=32,
        epochs=1,
    )
    save(described, tmp_path / "pets.lamina")
    data, left = 3000 * 3 * 128 * 128 * 4, 450 * 2**20

    def ended(share, name):
        command = [sys.executable, "-c", STARVED, str(tmp_path), str(left), str(share), name]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip() or done.stderr[-500:]

    assert data > left
    assert ended(0, "from_file") == "Completed"
    assert ended(100, "in_memory").startswith("Failed ")
