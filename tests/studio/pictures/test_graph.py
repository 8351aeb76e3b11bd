"""Tests of the picture of a graph and of pictures as files."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from graphs.check import check
from graphs.content import Document
from graphs.document import load
from graphs.graph import Graph, Node
from resources.templates import templates
from studio.looks.theme import DARK, LIGHT
from studio.pictures.files import TooLarge, png, svg, write
from studio.pictures.graph import graph_picture
from studio.pictures.picture import Box, Dot, Line, Picture, Words, curve, fitted, text_width

NAMES = [each.name for each in templates()]


def drawn(name, theme=LIGHT):
    """The document of an example and its picture."""
    document = load(next(each.path for each in templates() if each.name == name))
    return document, graph_picture(check(document), theme)


def texts(picture):
    """All words in the picture."""
    return [shape.text for shape in picture.shapes if isinstance(shape, Words)]


def cards(picture):
    """The boxes of nodes."""
    return [shape for shape in picture.shapes if isinstance(shape, Box) and shape.stroke]


@pytest.mark.parametrize("name", NAMES)
def test_every_node_has_a_box_with_its_name_and_boxes_lie_apart(name):
    document, picture = drawn(name)

    assert len(cards(picture)) == len(document.main.nodes)
    for node in document.main.nodes.values():
        assert any(text.startswith(node.name) for text in texts(picture))
    for a, b in combinations(cards(picture), 2):
        apart_x = max(a.x - b.x - b.width, b.x - a.x - a.width)
        assert max(apart_x, a.y - b.y - b.height, b.y - a.y - a.height) >= 0


@pytest.mark.parametrize("name", NAMES)
def test_everything_lies_inside_the_picture(name):
    _, picture = drawn(name)

    for box in cards(picture):
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= picture.width
        assert box.y + box.height <= picture.height
    for line in (shape for shape in picture.shapes if isinstance(shape, Line)):
        assert all(0 <= x <= picture.width and 0 <= y <= picture.height for x, y in line.points)


@pytest.mark.parametrize("name", NAMES)
def test_no_wire_runs_behind_a_node(name):
    """Between its ends, that is: points of a wire lie outside of all boxes."""
    _, picture = drawn(name)

    for line in (shape for shape in picture.shapes if isinstance(shape, Line)):
        for (x1, y1), (x2, y2) in pairwise(line.points[1:-1]):
            x, y = (x1 + x2) / 2, (y1 + y2) / 2
            assert not [
                box
                for box in cards(picture)
                if box.x < x < box.x + box.width and box.y < y < box.y + box.height
            ]


def test_parameters_and_shapes_are_told():
    _, picture = drawn("lenet5_digits")

    assert {"Out channels: 6", "Kernel size: 5, 5 px", "1x8x8", "6x8x8", "10 classes"} <= set(
        texts(picture)
    )


def test_a_dark_picture_has_dark_ground():
    _, picture = drawn("digits_mlp", DARK)

    assert picture.background == DARK.canvas


def test_positions_of_a_person_are_kept():
    document, before = drawn("iris_classifier")
    places = {
        node: (x, y + 400 * (node == "accuracy"))
        for node, (x, y) in document.main.positions.items()
    }

    after = graph_picture(check(document.with_graph(replace(document.main, positions=places))))

    assert after.height > before.height + 300


def test_nodes_that_overlap_are_laid_out_anew():
    document, _ = drawn("iris_classifier")
    places = dict.fromkeys(document.main.nodes, (0.0, 0.0))

    picture = graph_picture(check(document.with_graph(replace(document.main, positions=places))))

    assert len({(box.x, box.y) for box in cards(picture)}) == len(document.main.nodes)


def test_an_empty_graph_and_an_unknown_layer_are_drawn_too():
    unknown = Document(networks={"main": Graph({"x": Node("x", "Mystery")})})

    assert texts(graph_picture(check(Document()))) == ["Graph"]
    assert "X" in texts(graph_picture(check(unknown))) or "Mystery" in " ".join(
        texts(graph_picture(check(unknown)))
    )


def test_svg_holds_the_words_as_text_and_hostile_ones_harmlessly():
    evil = '</title><script>alert("x")</script>&\x00'
    picture = Picture(
        100, 50, "#ffffff", (Words(1, 2, evil, "#000000", bold=True, halo="#ffffff"),), evil
    )

    root = ET.fromstring(svg(picture))  # noqa: S314 - our own text

    assert [each.tag.rpartition("}")[2] for each in root] == ["title", "rect", "text"]
    assert root[2].text == evil.replace("\x00", "")


def test_every_kind_of_shape_stands_in_the_svg():
    shapes = (
        Box(1, 2, 3, 4, "#111111"),
        Line([(0, 0), (5, 5)], "#222222"),
        Dot(1, 1, 2, "#333333", "#444444"),
    )

    root = ET.fromstring(svg(Picture(9, 9, "#ffffff", shapes)))  # noqa: S314 - our own text

    assert [each.tag.rpartition("}")[2] for each in root][2:] == ["rect", "polyline", "circle"]


def test_a_png_is_twice_as_fine_and_shows_the_colors():
    shapes = (
        Box(10, 10, 30, 30, "#ff0000"),
        Line([(0, 45), (50, 45)], "#0000ff", 4),
        Dot(45, 10, 4, "#00ff00"),
    )

    image = Image.open(io.BytesIO(png(Picture(50, 50, "#ffffff", shapes))))

    assert image.size == (100, 100)
    assert [image.getpixel(at) for at in ((50, 50), (50, 90), (90, 20), (2, 2))] == [
        (255, 0, 0),
        (0, 0, 255),
        (0, 255, 0),
        (255, 255, 255),
    ]


def test_a_large_png_is_drawn_coarser_and_a_huge_one_refused():
    large = Image.open(io.BytesIO(png(Picture(8000, 2000, "#ffffff", ()))))

    assert large.size == (8000, 2000)
    with pytest.raises(TooLarge) as refused:
        png(Picture(80_000, 2_000, "#ffffff", ()))
    assert str(refused.value) == "The graph is too large for a PNG. Write an SVG instead."


def test_other_suffixes_are_unknown(tmp_path):
    with pytest.raises(KeyError):
        write(Picture(9, 9, "#ffffff", ()), tmp_path / "x.gif")


def test_a_long_text_is_cut_to_its_room():
    cut = fitted("a very long title of a layer", 12, 80)

    assert cut.endswith("...")
    assert text_width(cut, 12) <= 80
    assert fitted("short", 12, 80) == "short"


def test_a_curve_begins_and_ends_where_it_should():
    points = curve((0, 0), (100, 50))

    assert points[0] == (0, 0)
    assert points[-1] == (100, 50)
