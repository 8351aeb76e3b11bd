"""Tests of scaling columns by their training part."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lightning_modules.normalisation import Scale, fit

TABLE = np.array([[1.0, 10.0], [3.0, 30.0], [5.0, 80.0]], dtype=np.float32)


def test_standard_brings_mean_0_and_deviation_1_to_every_feature():
    scaled = fit(TABLE, "standard", 0).apply(torch.from_numpy(TABLE))

    assert torch.allclose(scaled.mean(0), torch.zeros(2), atol=1e-6)
    assert torch.allclose(scaled.std(0, correction=0), torch.ones(2), atol=1e-6)


def test_minmax_brings_every_feature_into_0_to_1():
    scaled = fit(TABLE, "minmax", 0).apply(torch.from_numpy(TABLE))

    assert scaled.min(0).values.tolist() == [0, 0]
    assert scaled.max(0).values.tolist() == [1, 1]


def test_one_pair_for_all_places_keeps_differences_between_them():
    scaled = fit(TABLE, "minmax", None).apply(torch.from_numpy(TABLE))

    assert scaled[0, 0] == 0
    assert scaled[2, 1] == 1
    assert scaled[2, 0] < 0.1


def test_a_constant_feature_becomes_0():
    table = torch.tensor([[0.1, 1.0], [0.1, 2.0]])

    assert fit(table.numpy(), "standard", 0).apply(table)[:, 0].tolist() == [0, 0]


def test_a_missing_value_becomes_the_mean_of_training():
    scale = fit(np.array([[1.0], [3.0], [np.nan]], dtype=np.float32), "none", 0)

    assert scale.apply(torch.tensor([[float("nan")], [7.0]])).tolist() == [[2.0], [7.0]]


def test_places_of_texts_are_left_as_they_are():
    scale = fit(np.array([[1.0, 0.0], [3.0, 1.0]], dtype=np.float32), "standard", 0, (1,))

    assert scale.apply(torch.tensor([[2.0, 1.0]])).tolist() == [[0.0, 1.0]]


@given(
    values=st.lists(st.floats(-1e4, 1e4, width=32), min_size=2, max_size=20),
    method=st.sampled_from(["standard", "minmax", "none"]),
)
def test_undoing_gives_the_values_back(values, method):
    column = np.array(values, dtype=np.float32)[:, None]
    scale = fit(column, method, 0)

    back = scale.undo(scale.apply(torch.from_numpy(column)))

    assert torch.allclose(back, torch.from_numpy(column), rtol=1e-4, atol=1e-2)


def test_a_scale_survives_json():
    scale = fit(TABLE, "standard", 0)

    assert Scale.from_json(json.loads(json.dumps(scale.to_json()))) == scale


@pytest.mark.parametrize("values", [{}, {"shift": [1], "factor": [1], "fill": ["x"], "axis": 0}])
def test_other_json_is_no_scale(values):
    with pytest.raises((KeyError, ValueError)):
        Scale.from_json(values)
