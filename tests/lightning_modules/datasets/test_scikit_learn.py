"""Tests of the data sets that come with scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from sklearn import datasets

from graphs.layer import LAYERS
from lightning_modules.dataset import INPUTS, SOURCES, DataError

LOADERS = {
    "Digits": datasets.load_digits,
    "Iris": datasets.load_iris,
    "Wine": datasets.load_wine,
    "BreastCancer": datasets.load_breast_cancer,
    "Diabetes": lambda: datasets.load_diabetes(scaled=False),
}


@pytest.mark.parametrize("kind", LOADERS)
def test_the_numbers_are_those_of_scikit_learn(kind, tmp_path):
    bunch = LOADERS[kind]()

    table = SOURCES[kind](LAYERS[kind](), tmp_path)

    inputs, target = table.columns.values()
    assert np.allclose(inputs.values.reshape(len(bunch.data), -1), bunch.data)
    assert np.array_equal(target.values.ravel(), bunch.target.astype(target.values.dtype))


@pytest.mark.parametrize("kind", ["Iris", "Wine", "BreastCancer"])
def test_the_layer_has_the_class_names_of_scikit_learn(kind, tmp_path):
    table = SOURCES[kind](LAYERS[kind](), tmp_path)

    assert table.columns["label"].classes == tuple(LOADERS[kind]().target_names)


@pytest.mark.parametrize("paper", [0, 255])
def test_a_picture_of_a_digit_is_made_like_those_of_the_data(tmp_path, paper):
    picture = Image.new("L", (32, 32), paper)
    picture.paste(255 - paper, (12, 4, 20, 28))
    picture.save(tmp_path / "one.png")

    read = INPUTS["Digits"](LAYERS["Digits"](), (tmp_path / "one.png",))

    image = read.columns["image"].values[0, 0]
    assert image.shape == (8, 8)
    assert image[:, 3:5].mean() > 10
    assert image[:, 0].max() == 0


def test_rows_for_predictions_are_read_in_order_of_the_columns(tmp_path):
    (tmp_path / "new.csv").write_text("a;b;c;d;more\n5,1;3,5;1,4;0,2;x\n")

    read = INPUTS["Iris"](LAYERS["Iris"](), (tmp_path / "new.csv",))

    assert np.allclose(read.columns["features"].values, [[5.1, 3.5, 1.4, 0.2]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "new.csv has 2 columns, but Iris has 4 features."),
        ("a,b,c,d\n1,2,,4\n", 'Row 2 of new.csv has no number in the column "c".'),
    ],
)
def test_rows_that_do_not_fit_are_refused(tmp_path, text, message):
    (tmp_path / "new.csv").write_text(text)

    with pytest.raises(DataError) as refused:
        INPUTS["Iris"](LAYERS["Iris"](), (tmp_path / "new.csv",))

    assert str(refused.value) == message
