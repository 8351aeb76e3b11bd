"""The canvas draws the graph of the store, whatever way it changed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from graphs import edits
from graphs.content import Document
from graphs.graph import End, Graph, Node
from studio.canvas.far_view import FAR_BELOW, name_rooms
from studio.canvas.view import Canvas
from studio.looks.theme import DARK, LIGHT
from studio.store import Store
from tests.studio.canvas.drawing import classifier, graph_of


def test_it_draws_a_document_that_was_open_before_it(qtbot):
    store = Store()
    store.open(Document().with_graph(classifier()))

    canvas = Canvas(store, LIGHT)
    qtbot.addWidget(canvas)

    assert canvas.node_ids() == {"digits", "flatten", "linear", "cross_entropy_loss"}
    assert len(canvas._scene.wires) == 4


def test_undoing_a_delete_draws_the_node_and_its_wires_again(store, canvas, show):
    graph = show(classifier())
    store.select({"flatten"})
    canvas.delete_selection()
    deleted = canvas.node_ids(), set(canvas._scene.wires)

    store.history.undo()

    assert deleted == ({"digits", "linear", "cross_entropy_loss"}, set(graph.wires[2:]))
    assert store.graph is graph
    assert canvas.node_ids() == set(graph.nodes)
    assert set(canvas._scene.wires) == set(graph.wires)


def test_an_edit_leaves_the_items_of_other_nodes_alone(store, canvas, show):
    show(classifier())
    items = dict(canvas._scene.nodes)
    looks = {node: item.look for node, item in items.items()}

    store.edit("Change", lambda graph: edits.rename(graph, "digits", "Handwriting"))

    assert canvas._scene.nodes == items
    changed = {node for node, item in items.items() if item.look is not looks[node]}
    assert changed == {"digits"}


def test_opening_another_document_forgets_the_first(store, canvas, show):
    show(classifier())

    store.open(Document().with_graph(graph_of(Node("relu", "ReLU"))))

    assert canvas.node_ids() == {"relu"}
    assert not canvas._scene.wires
    assert not canvas._scene.bubbles.items


def test_nodes_without_positions_stand_in_order_and_do_not_overlap(store, canvas):
    laid = classifier()
    store.open(Document().with_graph(Graph(laid.nodes, laid.wires)))

    rects = [
        canvas._scene.node_rect(node)
        for node in ("digits", "flatten", "linear", "cross_entropy_loss")
    ]

    assert all(left.right() < right.left() for left, right in itertools.pairwise(rects))
    assert not store.history.count()


def test_a_wire_ends_where_its_ports_are(canvas, show):
    show(classifier())

    item = next(
        item for wire, item in canvas._scene.wires.items() if wire.target == End("linear", "input")
    )

    assert canvas.camera.to_viewport(item.start).toPoint() == canvas.port_position(
        "flatten", "output"
    )
    assert canvas.camera.to_viewport(item.end).toPoint() == canvas.port_position("linear", "input")


def test_the_view_fits_a_document_when_it_opens(store, canvas):
    store.open(Document().with_graph(classifier()))

    shown = canvas.viewport().rect()

    assert all(shown.contains(canvas.node_rect(node)) for node in canvas.node_ids())


def test_zooming_keeps_the_point_under_the_cursor(canvas, show, hand):
    show(classifier())
    at = canvas.port_position("flatten", "output")
    there = canvas.camera.to_canvas(at)

    canvas.camera.zoom_at(QPointF(at), 0.6)

    assert canvas.camera.zoom == 0.6
    assert (canvas.port_position("flatten", "output") - at).manhattanLength() <= 2
    assert (canvas.camera.to_canvas(at) - there).manhattanLength() < 3


def test_zooming_stops_at_its_limits(canvas, show):
    show(classifier())

    for _ in range(60):
        canvas.zoom_in()
    nearest = canvas.camera.zoom
    for _ in range(90):
        canvas.zoom_out()

    assert (nearest, canvas.camera.zoom) == (3.0, 0.05)


def test_fit_actual_size_and_zoom_to_selection_frame_what_they_say(store, canvas, show):
    show(classifier(), zoom=0.3)
    canvas.actual_size()
    actual = canvas.camera.zoom
    store.select({"linear"})
    canvas.zoom_to_selection()
    selection = (
        canvas.node_rect("linear").center() - canvas.viewport().rect().center()
    ).manhattanLength()

    canvas.fit()

    assert actual == 1.0
    assert selection <= 4
    assert all(
        canvas.viewport().rect().contains(canvas.node_rect(node)) for node in canvas.node_ids()
    )


def test_centering_on_a_node_makes_it_readable(canvas, show):
    show(classifier(), zoom=0.2)

    canvas.center_on("flatten")

    assert canvas.camera.zoom == 1.0
    assert (
        canvas.node_rect("flatten").center() - canvas.viewport().rect().center()
    ).manhattanLength() <= 4


def test_a_port_that_is_not_there_is_named(canvas, show):
    show(classifier())

    with pytest.raises(LookupError, match=r"flatten has no port called mask\.$"):
        canvas.port_position("flatten", "mask")


def test_another_theme_paints_everything_in_its_colours(canvas, show):
    show(classifier())
    light = canvas.grab().toImage()

    canvas.set_theme(DARK)
    dark = canvas.grab().toImage()

    assert light.pixelColor(5, 5).lightness() > 200
    assert dark.pixelColor(5, 5).lightness() < 60
    assert all(item.look for item in canvas._scene.nodes.values())


def test_an_empty_canvas_says_how_to_begin(store, canvas, show):
    empty = canvas.grab().toImage()
    show(graph_of(Node("relu", "ReLU")))
    store.history.undo()
    one = canvas.grab().toImage()

    assert empty.copy(300, 250, 600, 200) != one.copy(300, 250, 600, 200)
    assert "Tab" in canvas.accessibleDescription()
    assert canvas.accessibleName() == "Canvas"


def test_fit_shows_the_whole_of_a_chain_of_500(canvas, show):
    names = [f"relu_{index}" for index in range(500)]
    show(graph_of(*(Node(name, "ReLU") for name in names)))

    canvas.fit()
    seen = canvas.viewport().rect()
    fitted = canvas.camera.zoom
    canvas.zoom_out()

    assert seen.contains(canvas.node_rect(names[0]))
    assert seen.contains(canvas.node_rect(names[-1]))
    assert canvas.camera.zoom == fitted


def test_a_far_name_takes_the_room_that_its_neighbours_leave():
    row = np.array([[0.0, 0, 168, 80], [264, 0, 168, 80], [528, 0, 168, 80], [528, -90, 168, 80]])
    spans = np.array([400.0, 100, 400, 100])

    rooms = name_rooms(row, row, spans, 50.0)

    assert rooms.tolist() == [2 * 264 - 100, 264, 0, 640]  # 0: inside, for one stands right above


def test_the_focus_shows_around_the_canvas_to_who_came_by_keys(qtbot, canvas, show):
    show(classifier())
    canvas.activateWindow()  # on a bare X server nobody else does
    qtbot.waitUntil(canvas.hasFocus)
    edges = []
    for reason in (Qt.FocusReason.ShortcutFocusReason, Qt.FocusReason.MouseFocusReason):
        canvas.clearFocus()
        canvas.setFocus(reason)
        image = canvas.grab().toImage()
        edges.append([image.pixelColor(x, 300).name() == LIGHT.accent for x in (0, 1)])

    canvas.clearFocus()

    assert edges == [[True, False], [False, False]]
    assert canvas.grab().toImage().pixelColor(1, 300).name() == LIGHT.canvas


def test_the_far_view_paints_the_same_nodes_as_near(store, canvas, show):
    show(classifier())
    canvas.camera.zoom_at(QPointF(600, 350), FAR_BELOW + 0.01)
    near = canvas.grab().toImage()
    canvas.camera.zoom_at(QPointF(600, 350), FAR_BELOW - 0.01)

    far = canvas.grab().toImage()

    for node in canvas.node_ids():
        corner = canvas.node_rect(node).bottomRight() - QPoint(9, 4)
        place = canvas.viewport().mapToParent(corner)
        assert far.pixelColor(place).lightness() == 255
        assert near.pixelColor(place).lightness() == 255
    store.select({"linear"})
    assert canvas.grab().toImage() != far


def test_the_far_view_marks_problems(canvas, show):
    show(classifier(flat=False), zoom=0.3)
    corner = canvas.viewport().mapToParent(canvas.node_rect("cross_entropy_loss").topRight())

    badge = canvas.grab().toImage().pixelColor(corner.x() - 4, corner.y() + 1)

    assert badge.red() > 150
    assert badge.blue() < 90


class Painted(QObject):
    """Adds up the pixels that a widget is asked to paint."""

    area = 0

    def eventFilter(self, watched, event):  # noqa: N802 - Qt's
        if event.type() == QEvent.Type.Paint:
            self.area += sum(each.width() * each.height() for each in event.region())
        return False


def test_panning_paints_only_what_comes_into_view(qtbot, canvas, show):
    show(classifier())
    canvas.grab()
    QApplication.processEvents()
    painted = Painted()
    canvas.viewport().installEventFilter(painted)

    canvas.camera.scroll(7, 0)
    QApplication.processEvents()

    assert 0 < painted.area < canvas.viewport().width() * canvas.viewport().height() / 10
    canvas.viewport().removeEventFilter(painted)


def test_typing_does_not_leave_the_canvas_but_shift_tab_does(qtbot, canvas, show, hand):
    show(classifier())

    hand.key(Qt.Key.Key_Tab)

    assert canvas.placing.palette.isVisible()
    canvas.placing.palette.hide()
    assert canvas.focusNextPrevChild(True) is False


@pytest.fixture
def turn(canvas):
    """Turn the wheel by one notch, up, at a point of the viewport."""

    def wheel(at: QPoint, keys=Qt.KeyboardModifier.NoModifier, notches: int = 1) -> None:
        on = canvas.viewport()
        event = QWheelEvent(
            QPointF(at), on.mapToGlobal(QPointF(at)), QPoint(), QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(on, event)

    return wheel


def test_the_wheel_zooms_at_the_cursor(canvas, show, turn):
    show(classifier())
    at = canvas.port_position("linear", "output")

    turn(at)

    assert 1.1 < canvas.camera.zoom < 1.3
    assert (canvas.port_position("linear", "output") - at).manhattanLength() <= 2


def test_the_wheel_scrolls_sideways_with_shift(canvas, show, turn):
    show(classifier())
    before = canvas.node_rect("digits").topLeft()

    turn(QPoint(500, 300), Qt.KeyboardModifier.ShiftModifier, -1)

    assert canvas.node_rect("digits").topLeft() - before == QPoint(-120, 0)
    assert canvas.camera.zoom == 1.0


def test_the_wheel_can_be_set_to_scroll_and_then_zooms_with_ctrl(canvas, show, turn):
    show(classifier())
    canvas.hands.wheel_zooms = False
    before = canvas.node_rect("digits").topLeft()

    turn(QPoint(500, 300), notches=-1)
    scrolled = canvas.node_rect("digits").topLeft() - before
    turn(QPoint(500, 300), Qt.KeyboardModifier.ControlModifier)

    assert scrolled == QPoint(0, -120)
    assert canvas.camera.zoom > 1.1


def test_a_fitted_graph_stays_whole_in_a_smaller_view_until_somebody_looks_elsewhere(canvas, show):
    graph = show(classifier())
    canvas.fit()
    canvas.resize(600, 180)

    whole = canvas.viewport().rect()
    assert all(whole.contains(canvas.node_rect(each)) for each in graph.nodes)

    canvas.camera.scroll(40, 0)
    seen, zoom = canvas.camera.to_canvas(QPointF(0, 0)), canvas.camera.zoom
    canvas.resize(300, 120)

    assert (canvas.camera.to_canvas(QPointF(0, 0)), canvas.camera.zoom) == (seen, zoom)
