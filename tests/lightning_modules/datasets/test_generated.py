"""Tests of generated points, noise and tensors."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from graphs.layer import LAYERS, infer
from lightning_modules.data import prepare
from lightning_modules.dataset import SOURCES
from tests.documents import document, node

MADE = ["GaussianRing", "Moons", "Noise", "RandomTensors", "DigitPairs", "CharacterText"]
DTYPES = {"float32": np.float32, "int64": np.int64, "bool": np.bool_}


def read(type_id, tmp_path, **params):
    return SOURCES[type_id](LAYERS[type_id](**params), tmp_path)


@pytest.mark.parametrize("type_id", MADE)
def test_columns_are_those_that_the_layer_declares(type_id, tmp_path):
    layer = LAYERS[type_id](samples=60)

    table = SOURCES[type_id](layer, tmp_path)

    promised = infer(layer, {})
    assert list(table.columns) == list(promised)
    for port, spec in promised.items():
        values = table.columns[port].values
        assert values.shape == (60, *spec.sizes)
        assert values.dtype == DTYPES[spec.dtype]
        if spec.of is not None:
            assert values.min() >= 0
            assert values.max() < spec.of


@pytest.mark.parametrize("type_id", MADE)
def test_the_same_seed_makes_the_same_data_and_another_seed_others(type_id, tmp_path):
    first, again, other = (read(type_id, tmp_path, samples=50, seed=seed) for seed in (1, 1, 2))

    for port, column in first.columns.items():
        assert np.array_equal(column.values, again.columns[port].values)
    assert any(
        not np.array_equal(column.values, other.columns[port].values)
        for port, column in first.columns.items()
    )


def test_points_of_a_ring_stand_around_their_gaussian(tmp_path):
    table = read("GaussianRing", tmp_path, samples=800, radius=3.0, std=0.1)

    points, labels = table.columns["point"].values, table.columns["label"].values
    for index in range(8):
        own = points[labels == index]
        angle = 2 * np.pi * index / 8
        assert len(own) == 100
        assert own.mean(0) == pytest.approx([3 * np.cos(angle), 3 * np.sin(angle)], abs=0.05)
        assert own.std(0) == pytest.approx([0.1, 0.1], abs=0.03)
    assert table.columns["label"].classes[2] == "90 degrees"


def test_points_of_moons_without_noise_lie_on_their_half_circle(tmp_path):
    table = read("Moons", tmp_path, samples=200, noise=0.0)

    points, labels = table.columns["point"].values, table.columns["label"].values
    upper, lower = points[labels == 0], points[labels == 1]
    assert len(upper) == len(lower) == 100
    assert np.hypot(*upper.T) == pytest.approx(np.ones(100), abs=1e-6)
    assert np.hypot(*(lower - [1, 0.5]).T) == pytest.approx(np.ones(100), abs=1e-6)
    assert (upper[:, 1] >= 0).all()
    assert (lower[:, 1] <= 0.5).all()


def test_noise_is_standard_normal(tmp_path):
    values = read("Noise", tmp_path, samples=5000, size=(2, 3)).columns["noise"].values

    assert values.mean() == pytest.approx(0, abs=0.03)
    assert values.std() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize(
    ("params", "dtype"),
    [
        ({"kind": "numbers"}, torch.float32),
        ({"kind": "tokens", "vocabulary": 7}, torch.int64),
        ({"kind": "mask"}, torch.bool),
    ],
)
def test_random_tensors_of_every_kind_reach_the_network(params, dtype, tmp_path):
    data = node("RandomTensors", size=[4], samples=40, **params)
    wired = document({"data": data, "out": "Output"}, ["data.value -> out.input"])

    prepared = prepare(wired, tmp_path)

    values = prepared.splits["train"]["data.value"]
    assert values.dtype == dtype
    assert values.shape == (28, 4)
    assert prepared.count("test") == 6


@pytest.mark.parametrize(
    ("target", "ports"),
    [("class", ["value", "label"]), ("number", ["value", "target"]), ("none", ["value"])],
)
def test_random_tensors_have_the_target_that_is_asked_for(target, ports, tmp_path):
    assert list(read("RandomTensors", tmp_path, target=target, samples=20).columns) == ports


def test_pairs_are_the_same_digit_half_of_the_time(tmp_path, digit_of):
    table = read("DigitPairs", tmp_path, samples=400)

    one, two = (digit_of(table.columns[port].values) for port in ("image1", "image2"))
    same = table.columns["label"].values
    assert same.mean() == 0.5
    assert np.array_equal((one == two).astype(int), same)


def test_no_image_stands_in_two_parts(tmp_path):
    data = node("DigitPairs", samples=600)
    wired = document({"data": data, "out": "Output"}, ["data.image1 -> out.input"])

    splits = prepare(wired, tmp_path).splits

    seen = {
        part: {
            image.tobytes()
            for port in ("image1", "image2")
            for image in splits[part][f"data.{port}"].numpy()
        }
        for part in splits
    }
    assert not seen["train"] & seen["test"]
    assert not seen["train"] & seen["val"]
    assert not seen["val"] & seen["test"]


@pytest.fixture(scope="module")
def digit_of():
    """Which digit an image of the data set shows."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    known = {
        image.astype(np.float32).tobytes(): target
        for image, target in zip(bunch.images, bunch.target, strict=True)
    }
    return lambda images: np.array([known[each.tobytes()] for each in images])
