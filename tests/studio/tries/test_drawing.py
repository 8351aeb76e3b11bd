"""A drawing becomes an image of the size that a network takes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from studio.looks.theme import DARK, LIGHT
from studio.tries.drawing import DrawingCanvas, _filling, _shrunk


@pytest.fixture
def canvas(qtbot):
    made = DrawingCanvas(LIGHT)
    qtbot.addWidget(made)
    made.resize(200, 200)
    made.set_size(8, 8)
    with qtbot.waitExposed(made):
        made.show()
    return made


def draw(qtbot, canvas, *points: tuple[int, int]) -> None:
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(*points[0]))
    for point in points[1:]:
        qtbot.mouseMove(canvas, QPoint(*point))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(*points[-1]))


def test_a_stroke_is_ink_where_it_was_drawn(qtbot, canvas):
    canvas.fit(False)

    draw(qtbot, canvas, (37, 10), (37, 190))

    ink = canvas.ink()
    assert ink.shape == (8, 8)
    assert ink.dtype == np.float32
    assert (ink[1:7, 1] > 0.6).all()
    assert not ink[:, 4:].any()


def test_a_fitted_drawing_stands_in_the_middle_and_fills_the_image(qtbot, canvas):
    draw(qtbot, canvas, (20, 20), (20, 60))

    ink = canvas.ink()

    assert ink[4, 3:5].min() > 0.3
    assert ink[0].any()
    assert ink[7].any()
    assert np.allclose(ink, ink[:, ::-1], atol=0.15)


def test_strokes_are_taken_back_one_by_one_or_all(qtbot, canvas):
    for x in (30, 60, 90):
        draw(qtbot, canvas, (x, 20), (x, 100))
    told = []
    canvas.drawn.connect(lambda: told.append(canvas.strokes))

    canvas.undo()
    canvas.clear()
    canvas.clear()
    canvas.undo()

    assert told == [2, 0]
    assert not canvas.ink().any()


def test_it_tells_while_a_stroke_is_made(qtbot, canvas):
    with qtbot.waitSignals([canvas.drawn] * 3, timeout=2000):
        draw(qtbot, canvas, (30, 20), (40, 60), (50, 100))

    assert canvas.strokes == 1


def test_a_wide_image_has_a_wide_canvas(qtbot, canvas):
    canvas.set_size(4, 8)
    canvas.fit(False)

    draw(qtbot, canvas, (5, 100), (195, 100))

    ink = canvas.ink()
    assert ink.shape == (4, 8)
    assert (ink[1:3] > 0.1).all()
    assert not ink[0].any()


@pytest.mark.parametrize("size", [(8, 8), (28, 28), (7, 5), (3, 300)])
def test_shrinking_keeps_the_mean(size):
    whole = np.random.default_rng(0).random((64, 48)).astype(np.float32)

    found = _shrunk(whole, *size)

    assert found.shape == size
    assert found.mean() == pytest.approx(whole.mean(), rel=1e-4)


def test_shrinking_by_a_whole_number_is_the_mean_of_blocks():
    whole = np.random.default_rng(1).random((32, 32)).astype(np.float32)

    found = _shrunk(whole, 8, 8)

    assert np.allclose(found, whole.reshape(8, 4, 8, 4).mean(axis=(1, 3)), atol=1e-6)


def test_a_dot_is_not_stretched():
    whole = np.zeros((40, 40), dtype=np.float32)
    whole[3:7, 30:34] = 1

    found = _filling(whole)

    rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    assert len(rows) == len(columns) == 36
    assert rows[0] == columns[0] == 2


def test_it_wears_both_themes(canvas):
    light = canvas.grab().toImage().pixelColor(100, 10).name()

    canvas.set_theme(DARK)

    assert (light, canvas.grab().toImage().pixelColor(100, 10).name()) == (LIGHT.base, DARK.base)
