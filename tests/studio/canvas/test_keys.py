"""The canvas without a mouse: walking, moving, deleting, copying, zooming."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from graphs.graph import End, Node, Wire
from tests.studio.canvas.drawing import classifier, graph_of, put_aside

KEY = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_right_and_left_walk_along_wires(store, show, hand):
    show(classifier())
    seen = []

    for key in (KEY.Key_Right, KEY.Key_Right, KEY.Key_Right, KEY.Key_Left):
        hand.key(key)
        seen.append(*store.selection)

    assert seen == ["digits", "flatten", "linear", "flatten"]


def test_up_and_down_go_to_the_nearest_node_there(store, show, hand):
    show(put_aside(classifier(), linear=(264.0, 200.0), cross_entropy_loss=(900.0, 150.0)))
    store.select({"flatten"})

    hand.key(KEY.Key_Down)
    below = store.selection
    hand.key(KEY.Key_Up)

    assert below == {"linear"}
    assert store.selection != below


def test_walking_off_the_view_scrolls_to_the_node(store, canvas, show, hand):
    show(put_aside(classifier(), linear=(3000.0, 0.0)))
    store.select({"flatten"})

    hand.key(KEY.Key_Right)

    assert store.selection == {"linear"}
    assert canvas.viewport().rect().contains(canvas.node_rect("linear"))


def test_shift_and_arrows_move_and_fuse_into_one_step(store, show, hand):
    graph = show(classifier())
    store.select({"flatten"})

    for key in (KEY.Key_Right, KEY.Key_Right, KEY.Key_Down):
        hand.key(key, SHIFT)

    assert store.graph.positions["flatten"] == (280.0, 8.0)
    assert (store.history.count(), store.history.undoText()) == (1, "Move Flatten")
    store.history.undo()
    assert store.graph.positions == graph.positions


@pytest.mark.parametrize("key", [KEY.Key_Delete, KEY.Key_Backspace])
def test_delete_removes_what_is_selected(store, canvas, show, hand, key):
    graph = show(classifier())
    store.select({"flatten", "linear"})

    hand.key(key)

    assert canvas.node_ids() == {"digits", "cross_entropy_loss"}
    assert store.history.undoText() == "Delete 2 nodes"
    store.history.undo()
    assert store.graph is graph


def test_ctrl_delete_heals_the_wires_around(store, show, hand):
    graph = classifier()
    show(graph)
    store.select({"flatten"})

    hand.key(KEY.Key_Delete, CONTROL)

    assert store.graph.incoming["linear"] == {"input": End("digits", "image")}
    assert store.history.undoText() == "Delete Flatten"


def test_ctrl_a_selects_all_and_esc_none(store, show, hand):
    show(classifier())

    hand.key(KEY.Key_A, CONTROL)
    every = store.selection
    hand.key(KEY.Key_Escape)

    assert every == set(store.graph.nodes)
    assert store.selection == frozenset()


def test_ctrl_d_duplicates_with_inner_wires_and_selects_the_copies(store, canvas, show, hand):
    show(classifier())
    store.select({"flatten", "linear"})

    hand.key(KEY.Key_D, CONTROL)

    assert store.selection == {"flatten_2", "linear_2"}
    assert Wire(End("flatten_2", "output"), End("linear_2", "input")) in store.graph.wires
    assert store.graph.incoming["flatten_2"] == {}
    assert store.graph.positions["flatten_2"][0] == 264.0 + 32
    assert (store.history.count(), store.history.undoText()) == (1, "Duplicate 2 nodes")
    assert_nothing_covered(canvas)


def assert_nothing_covered(canvas):
    rects = [canvas._scene.node_rect(node) for node in canvas.node_ids()]
    assert not any(
        one.intersects(two) for index, one in enumerate(rects) for two in rects[index + 1 :]
    )


def test_what_is_pasted_or_added_twice_covers_nothing(store, canvas, show, hand):
    show(classifier())
    store.select({"digits"})
    hand.key(KEY.Key_C, CONTROL)

    for _ in range(3):
        hand.key(KEY.Key_V, CONTROL)
        store.select(())
        canvas.add_layer("LSTM")
        store.select({"linear"})
        hand.key(KEY.Key_D, CONTROL)

    assert len(store.graph.nodes) == 4 + 9
    assert_nothing_covered(canvas)


def test_m_and_f_mute_and_freeze_what_is_selected(store, show, hand):
    show(classifier())
    store.select({"linear"})

    hand.key(KEY.Key_M)
    muted = store.graph.nodes["linear"].marks.muted
    hand.key(KEY.Key_F)
    frozen = store.graph.nodes["linear"].marks.frozen
    store.select({"flatten", "linear"})
    hand.key(KEY.Key_M)
    hand.key(KEY.Key_M)

    assert (muted, frozen) == (True, True)
    assert not store.graph.nodes["linear"].marks.muted
    assert [store.history.text(index) for index in range(4)] == [
        "Mute Linear",
        "Freeze Linear",
        "Mute 2 nodes",
        "Unmute 2 nodes",
    ]


def test_m_without_a_selection_says_what_it_wants(canvas, show, hand):
    show(classifier())
    said = []
    canvas.message.connect(said.append)

    hand.key(KEY.Key_M)

    assert said == ["Select a layer to mute."]


def test_undo_of_a_deletion_selects_what_came_back(store, show, hand):
    show(classifier())
    store.select({"flatten", "linear"})
    hand.key(KEY.Key_Delete)
    store.select({"digits"})

    store.history.undo()

    assert store.selection == {"flatten", "linear"}


def test_copy_puts_readable_json_on_the_clipboard(store, show, hand):
    show(classifier())
    store.select({"flatten", "linear"})

    hand.key(KEY.Key_C, CONTROL)

    words = json.loads(QGuiApplication.clipboard().text())
    assert set(words["network"]["nodes"]) == {"flatten", "linear"}
    assert words["network"]["wires"] == ["flatten.output -> linear.input"]
    assert store.history.count() == 0


def test_cut_and_paste_bring_nodes_and_their_wires_back(store, canvas, show, hand):
    show(classifier())
    store.select({"flatten", "linear"})
    hand.key(KEY.Key_X, CONTROL)
    cut = canvas.node_ids()

    hand.key(KEY.Key_V, CONTROL)

    assert cut == {"digits", "cross_entropy_loss"}
    assert store.selection == {"flatten", "linear"}
    assert Wire(End("flatten", "output"), End("linear", "input")) in store.graph.wires
    assert [store.history.text(index) for index in range(2)] == ["Cut 2 nodes", "Paste"]


def test_paste_into_another_document_works_as_well(store, canvas, show, hand):
    show(classifier())
    store.select({"linear"})
    hand.key(KEY.Key_C, CONTROL)
    show(graph_of(Node("linear", "Linear")))

    hand.key(KEY.Key_V, CONTROL)

    assert set(store.graph.nodes) == {"linear", "linear_2"}
    assert store.graph.nodes["linear_2"].params == {"out_features": 10}


def test_pasting_anything_else_says_so(store, canvas, show, hand):
    graph = show(classifier())
    QGuiApplication.clipboard().setText("a shopping list")
    said = []
    canvas.message.connect(said.append)

    hand.key(KEY.Key_V, CONTROL)

    assert store.graph is graph
    assert len(said) == 1
    assert said[0].startswith("The clipboard cannot be pasted: ")


def test_f_fits_1_is_actual_size_plus_and_minus_zoom(canvas, show, hand):
    show(classifier(), zoom=0.2)

    hand.key(KEY.Key_1)
    actual = canvas.camera.zoom
    hand.key(KEY.Key_Plus)
    nearer = canvas.camera.zoom
    hand.key(KEY.Key_Minus)
    back = canvas.camera.zoom
    hand.key(KEY.Key_F)

    assert actual == 1.0 < nearer
    assert back == pytest.approx(1.0)
    assert all(
        canvas.viewport().rect().contains(canvas.node_rect(node)) for node in canvas.node_ids()
    )


def test_shift_f_zooms_to_the_selection(store, canvas, show, hand):
    show(classifier(), zoom=0.2)
    store.select({"linear"})

    hand.key(KEY.Key_F, SHIFT)

    assert (
        canvas.node_rect("linear").center() - canvas.viewport().rect().center()
    ).manhattanLength() <= 4


def test_f2_renames_in_place_as_one_step(store, canvas, show, hand):
    show(classifier())
    store.select({"linear"})

    hand.key(KEY.Key_F2)
    editor = canvas.focusWidget() if canvas.hasFocus() else canvas._editor
    QTest.keyClicks(editor, "Scores")
    QTest.keyClick(editor, KEY.Key_Return)

    assert store.graph.nodes["linear"].title == "Scores"
    assert store.history.undoText() == "Rename Linear"
    assert store.history.count() == 1
    assert not editor.isVisible()


def test_a_name_that_widens_its_node_pushes_the_row_in_the_same_step(store, canvas, show, hand):
    graph = show(graph_of(*(Node(name, "ReLU") for name in ("one", "two", "three")), apart=184.0))
    store.select({"one"})

    hand.key(KEY.Key_F2)
    QTest.keyClicks(canvas._editor, "The first layer of all that are here")
    QTest.keyClick(canvas._editor, KEY.Key_Return)

    one, two, three = (canvas._scene.node_rect(each) for each in ("one", "two", "three"))
    assert one.right() + 16 <= two.left()
    assert three.left() - two.left() == 184
    assert store.history.count() == 1
    store.history.undo()
    assert store.graph.positions == graph.positions


def test_esc_keeps_the_old_name(store, canvas, show, hand):
    graph = show(classifier())
    hand.double_click(hand.title("linear"))
    QTest.keyClicks(canvas._editor, "Scores")

    QTest.keyClick(canvas._editor, KEY.Key_Escape)

    assert store.graph is graph
    assert not canvas._editor.isVisible()


def test_tidy_lines_up_a_chain_and_is_one_step(store, canvas, show):
    graph = show(put_aside(classifier(), flatten=(40.0, 300.0), linear=(-200.0, 30.0)))

    canvas.tidy()

    first_ports = [
        canvas.port_position("digits", "image"),
        canvas.port_position("flatten", "output"),
    ]
    assert first_ports[0].y() == first_ports[1].y() == canvas.port_position("linear", "input").y()
    assert store.history.undoText() == "Tidy up"
    assert store.graph.wires == graph.wires
    rects = [canvas.node_rect(node) for node in store.graph.nodes]
    assert all(not one.intersects(two) for i, one in enumerate(rects) for two in rects[i + 1 :])


def test_keys_that_mean_nothing_go_on_to_the_window(qtbot, canvas):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent

    event = QKeyEvent(QEvent.Type.KeyPress, KEY.Key_F9, Qt.KeyboardModifier.NoModifier)

    canvas.keyPressEvent(event)

    assert not event.isAccepted()
    assert canvas.node_ids() == set()


def test_a_point_is_where_the_mouse_is_when_pasting(store, canvas, show, hand):
    show(classifier())
    store.select({"linear"})
    hand.key(KEY.Key_C, CONTROL)

    canvas.paste(canvas.camera.to_canvas(QPoint(700, 500)))

    assert (canvas.node_rect("linear_2").center() - QPoint(700, 500)).manhattanLength() < 24


def test_copying_says_what_was_copied(store, canvas, show):
    show(classifier())
    said = []
    canvas.message.connect(said.append)

    store.select({"linear"})
    canvas.copy()
    store.select({"linear", "flatten"})
    canvas.copy()

    assert said == ["Copied Linear.", "Copied 2 nodes."]
