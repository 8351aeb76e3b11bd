"""What gestures and many nodes look like: something is drawn, and it is gone afterwards."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from graphs.content import Document
from graphs.graph import Graph, Node
from studio.canvas.far_view import FEW
from studio.looks.theme import DARK, LIGHT
from tests.studio.canvas.drawing import classifier, graph_of

KEY = Qt.Key


def seen(canvas):
    """The picture on the screen, once all that waits is painted; without the tip, which follows the mouse."""
    canvas.tip.hide()
    QApplication.processEvents()
    return canvas.grab().toImage()


@pytest.mark.parametrize("zoom", [1.0, 0.3])
def test_a_box_is_drawn_while_it_is_pulled_in_either_direction(canvas, show, hand, zoom):
    show(classifier(), zoom)
    hand.move(QPoint(40, 600))
    before = seen(canvas)

    hand.press(QPoint(600, 600))
    hand.move(QPoint(700, 640), QPoint(800, 680))
    right = seen(canvas)
    hand.move(QPoint(500, 640), QPoint(400, 680))
    left = seen(canvas)
    hand.key(KEY.Key_Escape)
    hand.move(QPoint(40, 600))

    assert right.pixelColor(700, 640) != before.pixelColor(700, 640)
    assert left.pixelColor(500, 640) != before.pixelColor(500, 640)
    assert seen(canvas) == before


def test_a_wire_is_drawn_while_it_is_pulled_and_red_where_it_is_refused(canvas, show, hand):
    show(graph_of(Node("digits", "Digits"), Node("conv1d", "Conv1d")))
    before = seen(canvas)
    target = canvas.port_position("conv1d", "input")

    hand.press(canvas.port_position("digits", "image"))
    hand.move(target + QPoint(0, 90), target + QPoint(0, 100))
    loose = seen(canvas).pixelColor(canvas.viewport().mapToParent(target + QPoint(0, 100)))
    hand.move(target)
    refused = seen(canvas).pixelColor(canvas.viewport().mapToParent(target))
    hand.key(KEY.Key_Escape)
    hand.move(QPoint(40, 600))

    assert loose.name() == LIGHT.accent
    assert refused.name() == LIGHT.error
    assert seen(canvas) == before


def test_a_cut_and_a_wire_drawn_with_keys_are_seen(store, canvas, show, hand):
    show(classifier())
    before = seen(canvas)
    start = QPoint(500, 400)
    hand.press(start, Qt.KeyboardModifier.AltModifier, Qt.MouseButton.RightButton)
    hand.move(start + QPoint(100, 0), start + QPoint(200, 0), keys=Qt.KeyboardModifier.AltModifier)
    cut = seen(canvas)
    hand.key(KEY.Key_Escape)

    store.select({"linear"})
    store.edit("Cut", lambda graph: Graph(graph.nodes, graph.wires[:2], positions=graph.positions))
    plain = seen(canvas)
    hand.key(KEY.Key_C)
    chosen = seen(canvas)
    hand.key(KEY.Key_Escape)

    assert cut != before
    assert chosen != plain


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_many_nodes_from_afar_have_the_colour_of_their_category(store, canvas, theme):
    nodes = {f"relu_{index}": Node(f"relu_{index}", "ReLU") for index in range(2, FEW + 52)}
    places = {
        node: ((index % 20) * 264.0, (index // 20) * 160.0) for index, node in enumerate(nodes)
    }
    canvas.set_theme(theme)
    store.open(Document().with_graph(Graph(nodes, (), positions=places)))
    canvas.camera.zoom_at(QPointF(600, 350), 0.2)
    canvas.fit()

    picture = seen(canvas)
    store.select({"relu_2"})

    assert canvas.camera.zoom < 0.4
    rect = canvas.node_rect("relu_30")
    head = canvas.viewport().mapToParent(QPoint(rect.center().x(), rect.top() + 2))
    assert picture.pixelColor(head).name() == theme.category_colors["Activation"]
    assert seen(canvas) != picture


def test_names_stand_on_few_nodes_at_every_zoom(canvas, show):
    pictures = {}
    for name in ("One", "Two"):
        graph = graph_of(Node("relu", "ReLU", title=name))
        for zoom in (0.25, 0.45, 1.0):
            show(graph, zoom)
            pictures[name, zoom] = seen(canvas)

    assert all(pictures["One", zoom] != pictures["Two", zoom] for zoom in (0.25, 0.45, 1.0))
