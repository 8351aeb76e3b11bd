"""The menu of the right button, cutting wires, and drawing them with keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from graphs.graph import End, Node, Wire
from tests.studio.canvas.drawing import classifier, graph_of, put_aside

ALT, RIGHT, KEY = Qt.KeyboardModifier.AltModifier, Qt.MouseButton.RightButton, Qt.Key


@pytest.fixture
def menu_at(canvas):
    """Ask for the menu at a point; its lines by title, closed when the test is over."""
    opened = []

    def ask(at: QPoint, reason=QContextMenuEvent.Reason.Mouse):
        event = QContextMenuEvent(reason, at, canvas.viewport().mapToGlobal(at))
        QApplication.sendEvent(canvas.viewport(), event)
        menu = canvas.findChild(QMenu)
        opened.append(menu)
        return {
            action.text().split("\t")[0]: action
            for action in menu.actions()
            if not action.isSeparator()
        }

    yield ask
    for menu in opened:
        menu.close()


def test_the_menu_of_a_node_works_on_this_node(store, show, hand, menu_at):
    show(classifier())
    store.select({"digits"})

    lines = menu_at(hand.title("flatten"))
    selected = store.selection
    lines["Delete and join the wires"].trigger()

    assert selected == {"flatten"}
    assert list(lines) == [
        "Rename", "Draw a wire from here", "Mute", "Freeze",
        "Cut", "Copy", "Duplicate", "Delete", "Delete and join the wires",
    ]  # fmt: skip
    assert store.graph.incoming["linear"] == {"input": End("digits", "image")}


def test_the_menu_of_several_selected_nodes_keeps_them_selected(store, show, hand, menu_at):
    show(classifier())
    store.select({"flatten", "linear"})

    menu_at(hand.title("flatten"))["Delete"].trigger()

    assert set(store.graph.nodes) == {"digits", "cross_entropy_loss"}


def test_the_menu_of_a_failing_node_begins_with_the_ways_out(store, show, hand, menu_at):
    nodes = Node("digits", "Digits"), Node("flatten", "Flatten"), Node("conv2d", "Conv2d")
    show(
        graph_of(*nodes, wires=("digits.image -> flatten.input", "flatten.output -> conv2d.input"))
    )

    problem = store.report.at("conv2d")[0]
    lines = menu_at(hand.title("conv2d"))
    first = next(iter(lines))
    lines[first].trigger()

    assert first == problem.fixes[0].title
    assert store.history.undoText() == first


def test_the_menu_of_a_wire_removes_it(store, canvas, show, menu_at):
    graph = show(classifier())
    middle = (
        canvas.port_position("flatten", "output") + canvas.port_position("linear", "input")
    ) / 2

    lines = menu_at(middle)
    lines["Remove wire"].trigger()

    assert list(lines) == ["Insert layer…", "Remove wire"]
    assert len(store.graph.wires) == len(graph.wires) - 1


def test_the_menu_of_the_empty_canvas_adds_there(store, canvas, show, menu_at):
    show(classifier())

    lines = menu_at(QPoint(600, 500))
    lines["Add layer…"].trigger()

    assert list(lines) == ["Add layer…", "Paste", "Select all", "Tidy up", "Fit"]
    assert canvas.placing.palette.isVisible()
    canvas.placing.palette.hide()


def test_the_menu_key_opens_the_menu_of_what_is_selected(store, show, menu_at):
    show(classifier())
    store.select({"linear"})

    lines = menu_at(QPoint(3, 3), QContextMenuEvent.Reason.Keyboard)

    assert "Rename" in lines


def test_alt_and_the_right_button_cut_every_wire_crossed(store, canvas, show, hand):
    graph = show(put_aside(classifier(), cross_entropy_loss=(792.0, 0.0)))
    start = canvas.port_position("linear", "output") + QPoint(48, -60)
    end = start + QPoint(0, 200)

    hand.press(start, ALT, RIGHT)
    hand.move(start + QPoint(0, 100), end, keys=ALT)
    lit = {item.wire for item in canvas._scene.wires.values() if item.lit}
    hand.release(end, ALT, RIGHT)

    assert len(lit) == 2
    assert store.graph.wires == graph.wires[:2]
    assert store.history.undoText() == "Remove 2 wires"
    store.history.undo()
    assert store.graph is graph


def test_esc_cuts_nothing(store, canvas, show, hand):
    graph = show(classifier())
    start = canvas.port_position("linear", "output") + QPoint(48, -60)
    hand.press(start, ALT, RIGHT)
    hand.move(start + QPoint(0, 100), start + QPoint(0, 200), keys=ALT)

    hand.key(KEY.Key_Escape)
    hand.release(start + QPoint(0, 200), ALT, RIGHT)

    assert store.graph is graph
    assert not any(item.lit for item in canvas._scene.wires.values())


def loose():
    nodes = (
        Node("digits", "Digits"),
        Node("flatten", "Flatten"),
        Node("relu", "ReLU"),
        Node("conv1d", "Conv1d"),
    )
    return graph_of(*nodes)


def test_c_draws_a_wire_with_keys_alone(store, canvas, show, hand):
    show(loose())
    store.select({"digits"})

    hand.key(KEY.Key_C)
    first = canvas.tip.text
    hand.key(KEY.Key_Right)
    second = canvas.tip.text
    hand.key(KEY.Key_Left)
    hand.key(KEY.Key_Return)

    assert first.startswith("Digits (C1 × H8 × W8) to Flatten\n")
    assert second.startswith("Digits (C1 × H8 × W8) to ReLU\n")
    assert store.graph.wires == (Wire(End("digits", "image"), End("flatten", "input")),)
    assert (store.history.count(), store.history.undoText()) == (1, "Connect Digits to Flatten")
    assert canvas.hands.gesture is None
    assert not canvas.tip.isVisible()


def test_tab_takes_the_next_output_of_the_node(store, canvas, show, hand):
    show(classifier())
    store.edit(
        "Change",
        lambda graph: type(graph)(graph.nodes, graph.wires[:-1], positions=graph.positions),
    )
    store.select({"digits"})

    hand.key(KEY.Key_C)
    hand.key(KEY.Key_Tab)
    words = canvas.tip.text
    hand.key(KEY.Key_Return)

    assert words.startswith("Digits (10 classes) to Cross entropy, target\n")
    assert store.graph.incoming["cross_entropy_loss"]["target"] == End("digits", "label")


def test_esc_and_the_mouse_give_up_a_wire_drawn_with_keys(store, canvas, show, hand):
    graph = show(loose())
    store.select({"digits"})
    hand.key(KEY.Key_C)

    hand.key(KEY.Key_Escape)
    given_up = canvas.hands.gesture
    hand.key(KEY.Key_C)
    hand.click(QPoint(600, 600))

    assert given_up is None
    assert canvas.hands.gesture is None
    assert store.graph is graph


def test_c_says_so_when_nothing_takes_the_wire(store, canvas, show, hand):
    show(graph_of(Node("digits", "Digits")))
    store.select({"digits"})

    hand.key(KEY.Key_C)
    words = canvas.tip.text
    hand.key(KEY.Key_Return)

    assert words == "No free input takes image of Digits."
    assert not store.graph.wires


def test_c_without_one_selected_node_says_what_to_do(canvas, show, hand):
    show(loose())
    said = []
    canvas.message.connect(said.append)

    hand.key(KEY.Key_C)

    assert said == ["Select one layer to draw a wire from."]
