"""Adding layers by searching: with keys alone, behind a node, at the end of a wire, in a wire."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from graphs import edits
from graphs.graph import End, Node
from tests.studio.canvas.drawing import classifier, graph_of

ENTER, ESC = Qt.Key.Key_Return, Qt.Key.Key_Escape


@pytest.fixture
def palette(canvas):
    yield canvas.placing.palette
    canvas.placing.palette.hide()


def type_in(palette, text, *keys):
    QTest.keyClicks(palette.search, text)
    for key in keys:
        QTest.keyClick(palette.search, key)


def test_tab_opens_it_and_enter_places_the_first_match(store, canvas, hand, palette):
    hand.key(Qt.Key.Key_Tab)
    opened = palette.isVisible()

    type_in(palette, "conv", ENTER)

    assert opened
    assert not palette.isVisible()
    (node,) = store.graph.nodes.values()
    assert node.type in ("Conv1d", "Conv2d")
    assert store.selection == {node.id}
    assert store.history.undoText().startswith("Add Conv")
    assert canvas.viewport().rect().contains(canvas.node_rect(node.id))


def test_a_double_click_places_the_layer_there(store, canvas, hand, palette):
    hand.double_click(QPoint(400, 300))

    type_in(palette, "relu", ENTER)

    assert canvas.node_rect("relu").adjusted(-8, -8, 8, 8).contains(QPoint(400, 300))


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Linear", "Linear"),
        ("dense", "Linear"),
        ("fully", "Linear"),
        ("conv2", "Conv2d"),
        ("relu", "ReLU"),
        ("flat", "Flatten"),
        ("drop", "Dropout"),
        ("cross", "CrossEntropyLoss"),
    ],
)
def test_the_best_match_comes_first(canvas, palette, query, first):
    canvas.open_palette(QPointF(0, 0))

    type_in(palette, query)

    assert palette.shown()[0] == first


def test_arrows_choose_another_match(store, canvas, palette):
    canvas.open_palette(QPointF(0, 0))
    type_in(palette, "pool")
    second = palette.shown()[1]

    type_in(palette, "", Qt.Key.Key_Down, ENTER)

    assert [node.type for node in store.graph.nodes.values()] == [second]


def test_up_from_the_first_goes_to_the_last(store, canvas, palette):
    canvas.open_palette(QPointF(0, 0))
    type_in(palette, "pool")
    last = palette.shown()[-1]

    type_in(palette, "", Qt.Key.Key_Up, ENTER)

    assert [node.type for node in store.graph.nodes.values()] == [last]


def test_keys_choose_also_where_the_list_scrolls_under_a_resting_mouse(store, canvas, palette):
    canvas.open_palette(QPointF(0, 0))
    type_in(palette, "pool")
    shown = palette.shown()
    rows = palette.list.viewport()
    QTest.mouseMove(rows, QPoint(30, 20))
    QTest.mouseMove(rows, QPoint(30, palette.list.sizeHintForRow(0) + 20))
    pointed_at = palette.list.currentRow()

    type_in(palette, "", Qt.Key.Key_Up, Qt.Key.Key_Up, ENTER)

    assert pointed_at == 1
    assert [node.type for node in store.graph.nodes.values()] == [shown[-1]]


def test_esc_closes_it_and_adds_nothing(store, canvas, palette):
    canvas.open_palette(QPointF(0, 0))

    type_in(palette, "lin", ESC)

    assert not palette.isVisible()
    assert not store.graph.nodes


def test_words_without_a_match_are_said_so(canvas, palette):
    canvas.open_palette(QPointF(0, 0))

    type_in(palette, "zzzq", ENTER)

    assert palette.isVisible()
    assert palette.shown() == []
    assert palette.nothing.text() == "No layer is called “zzzq”."


def test_with_a_node_selected_the_layer_goes_behind_it(store, canvas, show, hand, palette):
    show(
        graph_of(
            Node("digits", "Digits"),
            Node("flatten", "Flatten"),
            wires=("digits.image -> flatten.input",),
        )
    )
    store.select({"flatten"})
    hand.key(Qt.Key.Key_Tab)

    type_in(palette, "Linear", ENTER)

    assert store.graph.incoming["linear"] == {"input": End("flatten", "output")}
    assert canvas.node_rect("linear").left() > canvas.node_rect("flatten").right()
    assert canvas.node_rect("linear").top() == canvas.node_rect("flatten").top()
    assert (store.history.count(), store.selection) == (1, {"linear"})


def test_layers_appended_one_after_the_other_do_not_cover_each_other(store, canvas, show):
    show(graph_of(Node("digits", "Digits")))
    store.select({"digits"})
    for kind in ("Flatten", "Linear", "ReLU", "Linear", "CrossEntropyLoss"):
        canvas.append_layer(kind)

    rects = [canvas.node_rect(node) for node in store.graph.order]

    assert all(not one.intersects(two) for i, one in enumerate(rects) for two in rects[i + 1 :])
    assert len(store.graph.wires) >= 5
    assert store.history.count() == 5


def test_a_wire_dropped_on_nothing_offers_what_takes_it_and_connects(
    store, canvas, show, hand, palette
):
    show(
        graph_of(
            Node("digits", "Digits"),
            Node("flatten", "Flatten"),
            wires=("digits.image -> flatten.input",),
        )
    )

    hand.drag(canvas.port_position("flatten", "output"), QPoint(700, 500))
    offered = palette.shown()
    hint = palette.search.placeholderText()
    type_in(palette, "Linear", ENTER)

    assert "Linear" in offered
    assert "Conv2d" not in offered
    assert "Digits" not in offered
    assert hint == "Layers that take E64"
    assert store.graph.incoming["linear"] == {"input": End("flatten", "output")}
    assert (canvas.port_position("linear", "input") - QPoint(700, 500)).manhattanLength() < 16
    assert (store.history.count(), store.history.undoText()) == (1, "Add Linear")


def test_a_wire_pulled_back_from_an_input_puts_a_layer_before_it(
    store, canvas, show, hand, palette
):
    show(graph_of(Node("flatten", "Flatten"), apart=500), 1.0)
    canvas.camera.scroll(-300, 0)

    hand.drag(canvas.port_position("flatten", "input"), QPoint(250, 350))
    type_in(palette, "Digits", ENTER)

    assert store.graph.incoming["flatten"] == {"input": End("digits", "image")}


def test_a_double_click_on_a_wire_puts_a_layer_into_it(store, canvas, show, hand, palette):
    show(classifier())
    middle = (
        canvas.port_position("linear", "output")
        + canvas.port_position("cross_entropy_loss", "logits")
    ) / 2

    hand.double_click(middle)
    offered = palette.shown()
    type_in(palette, "ReLU", ENTER)

    assert "CrossEntropyLoss" not in offered
    assert store.graph.incoming["relu"] == {"input": End("linear", "output")}
    assert store.graph.incoming["cross_entropy_loss"]["logits"] == End("relu", "output")
    assert canvas.node_rect("cross_entropy_loss").left() > canvas.node_rect("relu").right()
    assert store.history.count() == 1


def test_what_usually_follows_comes_first(store, canvas, show, palette):
    show(classifier())
    store.select({"linear"})

    canvas.open_palette()

    assert palette.shown()[0] == "ReLU"


def test_a_click_on_a_row_places_it(store, canvas, palette):
    canvas.open_palette(QPointF(0, 0))
    type_in(palette, "Flatten")
    row = palette.list.visualItemRect(palette.list.item(0)).center()

    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=row)

    assert set(store.graph.nodes) == {"flatten"}


def test_it_opens_within_the_screen(canvas, palette):
    canvas.open_palette(canvas.camera.to_canvas(QPoint(5000, 5000)))

    assert canvas.screen().availableGeometry().contains(palette.geometry())


def test_a_loss_behind_the_scores_finds_its_labels_in_the_same_step(store, canvas, show):
    graph = classifier()
    show(edits.remove_nodes(graph, {"cross_entropy_loss"}))
    store.select({"linear"})

    canvas.append_layer("CrossEntropyLoss")

    assert store.graph.incoming["cross_entropy_loss"] == {
        "logits": End("linear", "output"),
        "target": End("digits", "label"),
    }
    assert store.history.count() == 1


def test_a_loss_that_two_columns_would_fit_is_left_to_the_person(store, canvas, show):
    graph = edits.remove_nodes(classifier(), {"cross_entropy_loss"})
    show(edits.add_node(graph, "Digits", (0.0, 300.0))[0])
    store.select({"linear"})

    canvas.append_layer("CrossEntropyLoss")

    assert store.graph.incoming["cross_entropy_loss"] == {"logits": End("linear", "output")}


def test_a_loss_takes_its_labels_even_where_the_scores_do_not_suit_them(store, canvas, show):
    graph = edits.set_params(classifier(), "linear", out_features=7)
    show(edits.remove_nodes(graph, {"cross_entropy_loss"}))
    store.select({"linear"})

    canvas.append_layer("CrossEntropyLoss")

    assert store.graph.incoming["cross_entropy_loss"] == {
        "logits": End("linear", "output"),
        "target": End("digits", "label"),
    }


def test_a_metric_chosen_at_a_loss_gets_what_the_loss_gets(store, canvas, show):
    show(classifier())
    store.select({"cross_entropy_loss"})

    canvas.append_layer("Accuracy")

    wired = store.graph.incoming["cross_entropy_loss"]
    assert store.graph.incoming["accuracy"] == {
        "input": wired["logits"],
        "target": wired["target"],
    }
    assert not canvas.node_rect("accuracy").intersects(canvas.node_rect("cross_entropy_loss"))


def test_a_loss_without_any_wire_is_no_source_either(store, canvas, show):
    show(graph_of(Node("loss", "CrossEntropyLoss")))
    store.select({"loss"})

    canvas.append_layer("ReLU")

    assert store.graph.wires == ()
