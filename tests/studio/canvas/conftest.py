"""A canvas with a store of its own, and hands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPointF

from graphs.content import Document
from graphs.graph import Graph
from studio.canvas.view import Canvas
from studio.looks.theme import LIGHT
from studio.store import Store
from tests.studio.canvas.drawing import Hand

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def store(qtbot) -> Store:
    return Store()


@pytest.fixture
def canvas(qtbot, store) -> Canvas:
    canvas = Canvas(store, LIGHT)
    qtbot.addWidget(canvas)
    canvas.resize(1200, 700)
    with qtbot.waitExposed(canvas):
        canvas.show()
    canvas.setFocus()
    return canvas


@pytest.fixture
def hand(canvas) -> Iterator[Hand]:
    """A mouse that is let go when the test is over."""
    hand = Hand(canvas)
    yield hand
    hand.let_go()


@pytest.fixture
def show(store, canvas):
    """Open a graph, seen at 1:1 with (0, 0) at the viewport's (100, 200)."""

    def open_graph(graph: Graph, zoom: float = 1.0) -> Graph:
        store.open(Document().with_graph(graph))
        canvas.camera.zoom_at(QPointF(0, 0), zoom)
        origin = canvas.camera.to_viewport(QPointF(0, 0))
        canvas.camera.scroll(origin.x() - 100, origin.y() - 200)
        return store.graph

    return open_graph
