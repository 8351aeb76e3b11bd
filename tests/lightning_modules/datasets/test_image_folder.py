"""Tests of images of one's own, in a folder for each class."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from graphs.layers.data_images import ImageFolder
from graphs.param import Json, Path
from lightning_modules.dataset import INPUTS, DataError
from lightning_modules.datasets.image_folder import image_folder
from lightning_modules.schema import refresh_schema


@pytest.fixture
def pets(tmp_path):
    """A folder of two cats (white) and one dog (half red, half black), of different sizes."""
    folder = tmp_path / "pets"
    (folder / "cat").mkdir(parents=True)
    (folder / "dog").mkdir()
    Image.new("L", (20, 10), 255).save(folder / "cat" / "a.png")
    Image.new("RGB", (10, 20), (255, 255, 255)).save(folder / "cat" / "b.jpg")
    dog = Image.new("RGB", (8, 8), (255, 0, 0))
    dog.paste((0, 0, 0), (4, 0, 8, 8))
    dog.save(folder / "dog" / "c.bmp")
    (folder / "notes.txt").write_text("no image")
    return folder


def layer_of(folder, **params):
    """The layer of a folder that was looked at."""
    layer = ImageFolder(path=Path(folder.name), **params)
    schema = Json(refresh_schema(layer, folder.parent))
    return ImageFolder(path=Path(folder.name), schema=schema, **params)


def test_folders_are_classes_and_images_are_scaled(pets):
    layer = layer_of(pets, height=4, width=4)

    table = image_folder(layer, pets.parent)

    assert layer.classes == ("cat", "dog")
    assert table.columns["label"].values.tolist() == [0, 0, 1]
    images = table.columns["image"].values
    assert (images.shape, images.dtype) == ((3, 3, 4, 4), np.float32)
    assert (images[0] == 1).all()
    assert (images[2, 0, :, :2] > 0.5).all()
    assert (images[2, :, :, 3] < 0.2).all()


def test_grey_images_have_one_channel(pets):
    layer = layer_of(pets, height=2, width=3, color="grey")

    assert image_folder(layer, pets.parent).columns["image"].values.shape == (3, 1, 2, 3)


def test_the_schema_counts_images_and_changes_with_them(pets):
    before = refresh_schema(layer_of(pets), pets.parent)
    Image.new("L", (3, 3)).save(pets / "dog" / "d.png")
    after = refresh_schema(layer_of(pets), pets.parent)

    assert (before["count"], after["count"]) == (3, 4)
    assert before["fingerprint"] != after["fingerprint"]


def test_an_image_that_changed_is_read_again(pets):
    layer = layer_of(pets, height=2, width=2)
    image_folder(layer, pets.parent)
    Image.new("L", (30, 30), 0).save(pets / "cat" / "a.png")

    assert (image_folder(layer, pets.parent).columns["image"].values[0] == 0).all()


def test_images_for_predictions_come_as_files_or_folders(pets):
    layer = layer_of(pets, height=2, width=2)

    read = INPUTS["ImageFolder"](layer, (pets / "dog" / "c.bmp", pets / "cat"))

    assert [name.rpartition("pets")[2] for name in read.names] == [
        "/dog/c.bmp",
        "/cat/a.png",
        "/cat/b.jpg",
    ]
    assert read.columns["image"].values.shape == (3, 3, 2, 2)


def refusal(folder, layer):
    """The sentence with which a folder is refused."""
    with pytest.raises(DataError) as refused:
        image_folder(layer, folder.parent)
    return str(refused.value)


def test_a_torn_image_is_named(pets):
    layer = layer_of(pets)
    path = pets / "cat" / "a.png"
    path.write_bytes(path.read_bytes()[:40])

    assert (
        refusal(pets, layer)
        == f"{path} cannot be read as an image. Use a PNG or JPEG image in its place."
    )


def test_a_folder_that_is_not_there_is_named(tmp_path):
    layer = ImageFolder(path=Path("gone"))

    assert refusal(tmp_path / "gone", layer) == (
        f"{tmp_path / 'gone'} is not there. Choose a folder that holds one folder of images per class."
    )


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "pets.zip").write_bytes(b"")

    assert refusal(tmp_path / "pets.zip", ImageFolder(path=Path("pets.zip"))) == (
        f"{tmp_path / 'pets.zip'} is a file, not a folder. Choose a folder that holds one folder of images per class."
    )


def test_one_class_is_refused(pets):
    (pets / "dog" / "c.bmp").unlink()

    assert refusal(pets, ImageFolder(path=Path("pets"))) == (
        f"{pets} holds 1 folder of images. It needs one folder per class, and two classes or more."
    )


def test_a_new_class_is_refused_until_the_folder_is_read_again(pets):
    layer = layer_of(pets)
    (pets / "hen").mkdir()
    Image.new("L", (3, 3)).save(pets / "hen" / "d.png")

    assert refusal(pets, layer) == (
        'pets has the class "hen", which the graph does not know yet. Read the folder again.'
    )


def test_a_class_that_is_gone_is_named(pets):
    (pets / "hen").mkdir()
    Image.new("L", (3, 3)).save(pets / "hen" / "d.png")
    layer = layer_of(pets)
    (pets / "hen" / "d.png").unlink()

    assert (
        refusal(pets, layer)
        == 'pets has no images of the class "hen" any more. Read the folder again.'
    )


def test_a_folder_without_images_is_refused_for_predictions(pets, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()

    with pytest.raises(DataError) as refused:
        INPUTS["ImageFolder"](layer_of(pets), (empty,))

    assert str(refused.value) == f"The folder {empty} holds no images."


def test_the_keys_of_images_are_their_paths_in_the_folder(pets):
    assert image_folder(layer_of(pets), pets.parent).keys == ("cat/a.png", "cat/b.jpg", "dog/c.bmp")
