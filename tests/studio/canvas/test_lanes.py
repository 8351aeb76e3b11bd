"""Lanes: wires run around nodes, also where they go back to the next row."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from studio.canvas.geometry import curve_points, wire_path
from studio.canvas.lanes import Lanes

TWO_ROWS = np.array([[0.0, 0.0, 168.0, 80.0], [224.0, 0.0, 168.0, 80.0], [0.0, 240.0, 168.0, 80.0]])


def test_a_wire_back_to_the_next_row_runs_between_the_rows():
    lane = Lanes(TWO_ROWS).give("relu", 392.0, 45.0, 0.0, 285.0)

    assert lane is not None
    assert 80.0 < lane < 240.0


def test_a_short_wire_has_no_lane():
    assert Lanes(TWO_ROWS).give("digits", 168.0, 45.0, 224.0, 45.0) is None


def test_a_long_wire_that_crosses_only_the_edge_of_a_node_goes_around_it():
    row = np.array(
        [[0.0, 0.0, 168.0, 80.0], [300.0, 200.0, 168.0, 300.0], [600.0, 0.0, 168.0, 60.0]]
    )

    lane = Lanes(row).give("label", 168.0, 45.0, 700.0, 460.0)

    assert lane is not None
    assert lane < 200.0 or lane > 500.0


@pytest.mark.parametrize("ends", [(392.0, 45.0, 0.0, 285.0), (0.0, 45.0, 700.0, 60.0)])
def test_the_array_of_points_lies_on_the_painted_path(ends):
    x1, y1, x2, y2 = ends
    path = wire_path(QPointF(x1, y1), QPointF(x2, y2), 160.0)
    outline = np.array([(point.x(), point.y()) for point in path.toFillPolygon()])

    points = curve_points(np.array([ends]), np.array([160.0]), 12)[0]

    assert points[0] == pytest.approx((x1, y1))
    assert points[-1] == pytest.approx((x2, y2))
    assert points[:, 0].min() >= outline[:, 0].min() - 1.0
    assert points[:, 0].max() <= outline[:, 0].max() + 1.0
