"""How long the canvas takes to open, pan, zoom and drag, in milliseconds, painted in software without a screen.

Run `python -m tests.benchmarks.bench_canvas [nodes ...]` from the repository's root. A frame is
everything from the mouse event to the painted pixels, as time of the processor, so that a busy
machine tells the same. The limits are those of the design: 16 ms for 1,000 nodes, 33 ms for 5,000.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from graphs.content import Document
from graphs.edits import connect, move, put, set_params
from graphs.graph import End, Graph, Node
from studio.canvas.view import Canvas
from studio.looks.theme import LIGHT
from studio.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

FRAMES = 60
ACROSS = 40


def network(count: int) -> Graph:
    """A digits classifier of this many layers, laid out in rows; every tenth layer also feeds a sum (a skip wire)."""
    nodes: dict[str, Node] = {
        "digits": Node("digits", "Digits"),
        "flatten": Node("flatten", "Flatten"),
    }
    graph = connect(Graph(nodes), End("digits", "image"), End("flatten", "input"))
    last, wires = "flatten", list(graph.wires)
    skip = last
    kinds = ("Linear", "ReLU", "Dropout", "LayerNorm")
    for index in range(count - 2):
        if index % 10 == 9:
            node = Node(f"add_{index}", "Add")
            ends = [(last, "inputs.0"), (skip, "inputs.1")]
            skip = node.id
        else:
            kind = kinds[index % 4]
            node = Node(
                f"{kind.lower()}_{index}", kind, {"out_features": 64} if kind == "Linear" else {}
            )
            ends = [(last, "input")]
        nodes[node.id] = node
        wires += [
            type(wires[0])(End(source, "output"), End(node.id, port)) for source, port in ends
        ]
        last = node.id
    places = {
        each: ((index % ACROSS) * 264.0, (index // ACROSS) * 160.0)
        for index, each in enumerate(nodes)
    }
    return move(Graph(nodes, tuple(wires)), places)


def timed(act: Callable[[], object], frames: int = FRAMES) -> list[float]:
    """Milliseconds of each frame."""
    times = []
    for _ in range(frames):
        start = time.process_time()
        act()
        QApplication.processEvents()
        times.append((time.process_time() - start) * 1000)
    return times


def told(what: str, times: list[float]) -> None:
    """One line: the median and the 95th percentile."""
    ordered = sorted(times)
    print(
        f"  {what:<34} median {statistics.median(times):7.2f}   p95 {ordered[max(int(len(times) * 0.95) - 1, 0)]:7.2f}"
    )


def measure(count: int) -> None:
    """All of it for one size of graph."""
    graph = network(count)
    store = Store()
    canvas = Canvas(store, LIGHT)
    canvas.resize(1600, 1000)
    canvas.show()
    QApplication.processEvents()
    print(f"{len(graph.nodes)} nodes, {len(graph.wires)} wires, 1600x1000")
    document = Document().with_graph(put(graph, next(iter(graph.nodes.values()))))
    start = time.process_time()
    store.open(document)
    checked = time.process_time()
    QApplication.processEvents()
    told("open, checked and painted", [(time.process_time() - start) * 1000])
    told("of this, painted", [(time.process_time() - checked) * 1000])
    for name, zoom in (("at fit", 0.0), ("at 0.45", 0.45), ("at 1:1", 1.0)):
        canvas.fit()
        if zoom:
            canvas.center_on(canvas._scene.places.nodes[count // 2])
            canvas.camera.zoom_at(QPointF(800, 500), zoom)
        QApplication.processEvents()
        told(f"full repaint {name}", timed(canvas.viewport().repaint))
        _pan(canvas, name)
        _zoom(canvas, name)
    canvas.center_on(canvas._scene.places.nodes[count // 2])
    canvas.camera.zoom_at(QPointF(800, 500), 1.0)
    _drag(store, canvas, "drag 1 node at 1:1", 1)
    _drag(store, canvas, "drag 50 nodes at 1:1", 50)
    told(
        "select all and none",
        timed(lambda: store.select(() if store.selection else store.graph.nodes), 20),
    )
    flip = iter([{"out_features": 32}, {"out_features": 64}] * 20)
    told("change a parameter (with checks)", timed(lambda: _change(store, next(flip)), 20))
    canvas.close()


def _pan(canvas: Canvas, name: str) -> None:
    viewport, at = canvas.viewport(), [800, 500]
    QTest.mousePress(viewport, Qt.MouseButton.MiddleButton, pos=QPoint(*at))

    def step() -> None:
        at[0] += 7 if at[0] < 1000 else -200
        at[1] += 3 if at[1] < 600 else -100
        QTest.mouseMove(viewport, QPoint(*at))

    told(f"pan {name}", timed(step))
    QTest.mouseRelease(viewport, Qt.MouseButton.MiddleButton, pos=QPoint(*at))


def _zoom(canvas: Canvas, name: str) -> None:
    steps, camera = iter([1.02, 1 / 1.02] * FRAMES), canvas.camera
    told(
        f"zoom step {name}",
        timed(lambda: camera.zoom_at(QPointF(800, 500), camera.zoom * next(steps))),
    )


def _drag(store: Store, canvas: Canvas, name: str, count: int) -> None:
    names = canvas._scene.places.nodes
    middle = len(names) // 2
    chosen = names[middle : middle + count]
    store.select(chosen)
    viewport = canvas.viewport()
    at = canvas.node_rect(chosen[0]).center() - QPoint(0, 10)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=at)

    def step() -> None:
        nonlocal at
        at += QPoint(8, 3)
        QTest.mouseMove(viewport, at)

    told(name, timed(step, 40))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=at)
    assert store.history.undoText().startswith("Move"), "nothing was dragged"


def _change(store: Store, params: dict[str, object]) -> None:
    store.edit("Change", lambda graph: set_params(graph, "linear_0", **params))


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    for size in map(int, sys.argv[1:] or ["1000", "5000"]):
        measure(size)
