"""The graph as a picture file."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer

from tests.studio.canvas.drawing import classifier


def test_a_png_shows_the_whole_graph_unselected_whatever_is_in_view(store, canvas, show, tmp_path):
    show(classifier(), zoom=0.2)
    store.select({"linear"})
    canvas.export_picture(tmp_path / "one.png")
    store.select(())
    canvas.fit()

    canvas.export_picture(tmp_path / "two.png")

    one, two = QImage(str(tmp_path / "one.png")), QImage(str(tmp_path / "two.png"))
    assert one == two
    assert one.width() == 2 * (3 * 264 + 168 + 64)
    assert canvas.camera.zoom != 0.2


def test_an_svg_can_be_read_and_holds_the_names(canvas, show, tmp_path):
    show(classifier())

    canvas.export_picture(tmp_path / "graph.svg")

    assert QSvgRenderer(str(tmp_path / "graph.svg")).isValid()
    assert "<title>Lamina graph</title>" in (tmp_path / "graph.svg").read_text()


def test_another_ending_is_refused(canvas, show, tmp_path):
    show(classifier())

    with pytest.raises(
        ValueError, match=r"^A picture's name ends in \.svg or \.png, but this is graph\.gif\.$"
    ):
        canvas.export_picture(tmp_path / "graph.gif")


def test_an_empty_canvas_has_no_picture(canvas, tmp_path):
    with pytest.raises(ValueError, match=r"^There is nothing on the canvas yet\.$"):
        canvas.export_picture(tmp_path / "graph.png")


def test_a_folder_that_is_not_there_is_told(canvas, show, tmp_path):
    show(classifier())

    with pytest.raises(OSError, match=r"^graph\.png could not be written\.$"):
        canvas.export_picture(tmp_path / "nowhere" / "graph.png")
