"""Images as data: scikit-learn's digits, and a folder of one's own. Axes per sample: C channels, H by W pixels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from graphs.code import DataCode, of_scikit_learn
from graphs.layer import DataLayer, layer
from graphs.param import Json, Path, param
from graphs.spec import Axis, Mismatch, Spec, counted


def image(channels: int, height: int, width: int) -> Spec:
    """One image, its numbers scaled as the layer's `normalize` says."""
    return Spec((Axis("C", channels), Axis("H", height), Axis("W", width)))


def label(names: tuple[str, ...]) -> Spec:
    """One class label."""
    return Spec((), "int64", "class", len(names), names=names)


@layer(
    "Digits",
    title="Digits",
    category="Data",
    also=("mnist", "handwriting", "images", "optdigits", "classification", "dataset"),
    role="data",
)
class Digits(DataLayer):
    """1,797 handwritten digits: image (1, 8, 8) in grey, label of 10 classes.

    Small enough to learn in seconds without a graphics card. A few Linear layers reach about 96 %.
    Source: Alpaydin and Kaynak 1998; sklearn.datasets.load_digits.
    """

    def columns(self) -> Mapping[str, Spec]:
        return {"image": image(1, 8, 8), "label": label(tuple("0123456789"))}

    def data_code(self) -> DataCode:
        columns = {"image": "{data}.reshape(-1, 1, 8, 8)", "label": "{target}"}
        return of_scikit_learn("digits", columns)


@layer(
    "ImageFolder",
    title="Image folder",
    category="Data",
    also=("photos", "pictures", "png", "jpeg", "own images", "directory", "classification"),
    role="data",
)
class ImageFolder(DataLayer):
    """Your own images, one folder for each class: image (C, height, width), label of as many classes as folders.

    Choose a folder that holds one folder per class, with PNG or JPEG images inside; the names of the folders
    become the names of the classes. Images are scaled to the size given here. A CSV file with a key column, which
    holds the images' paths in the folder or their bare names, joins its rows to the images.
    """

    path: Path = param(Path(""), doc="The folder that holds one folder per class.")
    height: int = param(64, ge=1, le=4096, unit="px", doc="Height to which every image is scaled.")
    width: int = param(64, ge=1, le=4096, unit="px", doc="Width to which every image is scaled.")
    color: Literal["rgb", "grey"] = param(
        "rgb", doc="Whether images have three channels (rgb) or one (grey)."
    )
    schema: Json = param(
        {},
        doc='What was found in the folder: {"classes": [names in order], "count": images, "fingerprint": text}.',
        hidden=True,
    )

    @property
    def has_files(self) -> bool:
        return True

    def columns(self) -> Mapping[str, Spec]:
        channels = 3 if self.color == "rgb" else 1
        return {"image": image(channels, self.height, self.width), "label": label(self.classes)}

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes as the schema has them; empty if it has none that can be read."""
        names = self.schema.get("classes")
        if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
            return ()
        return tuple(names)

    def infer(self) -> tuple[Spec, ...]:
        if not self.path:
            raise Mismatch(
                "has no folder yet. Choose one that holds one folder of images per class.",
                code="G207",
            )
        if not self.classes:
            raise Mismatch(
                f"has not read {self.path} yet. Select it in the window and press Read the folder in the inspector.",
                code="G207",
            )
        if len(self.classes) < 2:
            raise Mismatch(
                f"knows {counted(len(self.classes), 'class', 'classes')} of images in {self.path}, "
                "but needs two or more folders there. Read the folder again once they are in place.",
                code="G207",
            )
        return super().infer()
