"""Selecting, moving, boxing and panning with the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from graphs.graph import End, Node, Wire
from tests.studio.canvas.drawing import LEFT, MIDDLE, classifier, graph_of

ALT, CONTROL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def test_a_click_selects_shift_adds_and_ctrl_toggles(store, show, hand):
    show(classifier())

    hand.click(hand.title("digits"))
    one = store.selection
    hand.click(hand.title("linear"), SHIFT)
    two = store.selection
    hand.click(hand.title("digits"), CONTROL)
    toggled = store.selection
    hand.click(QPoint(600, 600))

    assert (one, two, toggled) == ({"digits"}, {"digits", "linear"}, {"linear"})
    assert store.selection == frozenset()
    assert store.history.count() == 0


def test_a_click_on_one_of_several_selects_it_alone(store, show, hand):
    show(classifier())
    store.select({"digits", "linear"})

    hand.click(hand.title("linear"))

    assert store.selection == {"linear"}


def test_a_drag_moves_a_node_and_is_one_undo_step_with_a_name(store, canvas, show, hand):
    graph = show(classifier())
    start = hand.title("flatten")

    hand.drag(start, start + QPoint(80, 160))

    assert store.graph.positions["flatten"] == (344.0, 160.0)
    assert canvas.node_rect("flatten").topLeft() == QPoint(100 + 344, 200 + 160)
    assert (store.history.count(), store.history.undoText()) == (1, "Move Flatten")
    store.history.undo()
    assert store.graph is graph
    assert canvas.node_rect("flatten").topLeft() == QPoint(100 + 264, 200)


def test_a_drag_moves_all_that_are_selected_and_their_wires(store, canvas, show, hand):
    show(classifier())
    store.select({"digits", "flatten"})
    start = hand.title("flatten")

    hand.drag(start, start + QPoint(0, 200))

    assert store.history.undoText() == "Move 2 nodes"
    assert {node: y for node, (_, y) in store.graph.positions.items()} == {
        "digits": 200.0,
        "flatten": 200.0,
        "linear": 0.0,
        "cross_entropy_loss": 0.0,
    }
    item = canvas._scene.wires[Wire(End("flatten", "output"), End("linear", "input"))]
    assert canvas.camera.to_viewport(item.start).toPoint() == canvas.port_position(
        "flatten", "output"
    )


def test_nodes_snap_to_the_grid(store, show, hand):
    show(classifier())
    start = hand.title("linear")

    hand.drag(start, start + QPoint(3, 101))

    assert store.graph.positions["linear"] == (528.0, 104.0)


def test_a_trembling_click_moves_nothing(store, show, hand):
    graph = show(classifier())
    start = hand.title("linear")

    hand.drag(start, start + QPoint(2, 1))

    assert store.graph is graph


def test_esc_puts_a_dragged_node_back(store, canvas, show, hand):
    graph = show(classifier())
    start = hand.title("flatten")
    before = canvas.node_rect("flatten")
    hand.press(start)
    hand.move(start + QPoint(60, 60), start + QPoint(120, 120))
    moved = canvas.node_rect("flatten")

    hand.key(Qt.Key.Key_Escape)
    hand.release(start + QPoint(120, 120))

    assert moved != before
    assert canvas.node_rect("flatten") == before
    assert store.graph is graph
    assert canvas.hands.gesture is None


def test_an_edit_from_elsewhere_ends_a_drag(store, canvas, show, hand):
    show(classifier())
    start = hand.title("flatten")
    hand.press(start)
    hand.move(start + QPoint(60, 60), start + QPoint(120, 120))

    store.edit(
        "Change", lambda graph: type(graph)(graph.nodes, graph.wires[:1], positions=graph.positions)
    )
    hand.release(start + QPoint(120, 120))

    assert store.history.count() == 1
    assert canvas.node_rect("flatten").topLeft() == QPoint(364, 200)


def test_a_box_from_left_to_right_takes_what_it_encloses(store, show, hand):
    show(classifier())

    hand.drag(QPoint(80, 150), QPoint(600, 400))

    assert store.selection == {"digits", "flatten"}


def test_a_box_from_right_to_left_takes_what_it_touches(store, show, hand):
    show(classifier())

    hand.drag(QPoint(650, 400), QPoint(340, 150))

    assert store.selection == {"flatten", "linear"}


def test_shift_adds_a_box_and_ctrl_toggles_it(store, show, hand):
    show(classifier())
    store.select({"linear"})
    hand.drag(QPoint(80, 150), QPoint(600, 400), SHIFT)
    added = store.selection

    hand.drag(QPoint(80, 150), QPoint(340, 400), CONTROL)

    assert added == {"digits", "flatten", "linear"}
    assert store.selection == {"flatten", "linear"}


def test_esc_gives_up_a_box(store, show, hand):
    show(classifier())
    store.select({"linear"})
    hand.press(QPoint(80, 150))
    hand.move(QPoint(300, 300), QPoint(600, 400))
    within = store.selection

    hand.key(Qt.Key.Key_Escape)

    assert within == {"digits", "flatten"}
    assert store.selection == {"linear"}


def test_the_middle_button_pans(canvas, show, hand):
    show(classifier())
    before = canvas.node_rect("digits").topLeft()

    hand.drag(QPoint(600, 500), QPoint(500, 450), button=MIDDLE)

    assert canvas.node_rect("digits").topLeft() - before == QPoint(-100, -50)


def test_space_and_the_left_button_pan_even_over_a_node(store, canvas, show, hand):
    show(classifier())
    before = canvas.node_rect("digits").topLeft()
    start = hand.title("digits")

    QTest.keyPress(canvas, Qt.Key.Key_Space)
    hand.drag(start, start + QPoint(50, 60))
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    hand.click(hand.title("flatten"))

    assert canvas.node_rect("digits").topLeft() - before == QPoint(50, 60)
    assert store.selection == {"flatten"}
    assert store.history.count() == 0


def test_esc_gives_up_a_pan(canvas, show, hand):
    show(classifier())
    before = canvas.node_rect("digits")
    hand.press(QPoint(600, 500), button=MIDDLE)
    hand.move(QPoint(500, 450))

    hand.key(Qt.Key.Key_Escape)

    assert canvas.node_rect("digits") == before


def test_a_drag_to_the_edge_scrolls_along(qtbot, canvas, show, hand):
    show(classifier())
    start = hand.title("cross_entropy_loss")
    before = canvas.camera.to_canvas(QPoint(0, 0)).x()
    hand.press(start)

    hand.move(start + QPoint(40, 0), QPoint(canvas.viewport().width() - 3, start.y()))
    qtbot.waitUntil(lambda: canvas.camera.to_canvas(QPoint(0, 0)).x() > before + 60, timeout=3000)
    hand.release(QPoint(canvas.viewport().width() - 3, start.y()))

    assert canvas._store.graph.positions["cross_entropy_loss"][0] > 1000


def test_a_loose_node_dropped_on_a_wire_is_put_into_it(store, canvas, show, hand):
    graph = graph_of(
        Node("digits", "Digits"),
        Node("flatten", "Flatten"),
        Node("linear", "Linear"),
        Node("relu", "ReLU"),
        wires=("digits.image -> flatten.input", "flatten.output -> linear.input"),
    )
    show(graph)
    start = hand.title("relu")
    hand.drag(start, start + QPoint(-900, 260))
    between = (
        canvas.port_position("flatten", "output") + canvas.port_position("linear", "input")
    ) / 2
    offset = canvas.node_rect("relu").center() - hand.title("relu")
    start = hand.title("relu")

    hand.press(start)
    hand.move(start + QPoint(10, -20), between - offset)
    lit = [wire for wire, item in canvas._scene.wires.items() if item.lit]
    hand.release(between - offset)

    assert lit == [Wire(End("flatten", "output"), End("linear", "input"))]
    assert store.graph.incoming["relu"] == {"input": End("flatten", "output")}
    assert store.graph.incoming["linear"] == {"input": End("relu", "output")}
    assert store.history.undoText() == "Insert ReLU"
    places = store.graph.positions
    assert places["flatten"][0] + 168 < places["relu"][0]
    assert places["relu"][0] + 168 < places["linear"][0]
    assert store.history.count() == 2


def test_alt_lets_a_loose_node_lie_on_a_wire(store, canvas, show, hand):
    graph = graph_of(
        Node("flatten", "Flatten"),
        Node("linear", "Linear"),
        Node("relu", "ReLU"),
        wires=("flatten.output -> linear.input",),
    )
    show(graph)
    between = (
        canvas.port_position("flatten", "output") + canvas.port_position("linear", "input")
    ) / 2
    offset = canvas.node_rect("relu").center() - hand.title("relu")

    hand.drag(hand.title("relu"), between - offset, ALT)

    assert store.history.undoText() == "Move ReLU"
    assert store.graph.wires == graph.wires


def test_a_read_only_document_moves_nothing(store, canvas, show, hand):
    from dataclasses import replace

    show(classifier())
    store.open(replace(store.document, read_only="It was made by a newer Lamina."))
    before = canvas.node_rect("flatten")
    start = hand.title("flatten")

    hand.drag(start, start + QPoint(80, 160))

    assert canvas.node_rect("flatten") == before


def test_other_buttons_do_not_disturb_a_drag(store, show, hand):
    show(classifier())
    start = hand.title("flatten")
    hand.press(start)
    hand.move(start + QPoint(0, 40))

    hand.press(start + QPoint(0, 40), button=Qt.MouseButton.RightButton)
    hand.release(start + QPoint(0, 40), button=Qt.MouseButton.RightButton)
    hand.move(start + QPoint(0, 80))
    hand.release(start + QPoint(0, 80), button=LEFT)

    assert store.graph.positions["flatten"] == (264.0, 80.0)
