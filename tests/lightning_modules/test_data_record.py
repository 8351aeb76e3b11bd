"""Tests of what a run keeps of its data."""

from __future__ import annotations

import pytest

from lightning_modules.data import Prepared
from lightning_modules.data_record import RECORD, read_record, write_record
from lightning_modules.normalisation import Scale

SCALES = {
    "iris.features": Scale((1.0, 2.0), (0.5, 1.0), (1.0, 2.0), 0),
    "iris.target": Scale((1.5,), (2.0,), (0.0,)),
}
CLASSES = {"iris.label": ("a", "b")}


def test_scales_and_class_names_are_read_as_they_were_written(tmp_path):
    write_record(Prepared({}, CLASSES, SCALES, "iris"), tmp_path)

    record = read_record(tmp_path)

    assert record is not None
    assert (record.scales, record.classes) == (SCALES, CLASSES)


def test_a_run_that_kept_nothing_has_no_record(tmp_path):
    assert read_record(tmp_path) is None


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"scales": {"x": 1}, "classes": {}}', '{"scales": 1, "classes": 2}']
)
def test_a_damaged_record_counts_as_none(text, tmp_path):
    (tmp_path / RECORD).write_text(text)

    assert read_record(tmp_path) is None
