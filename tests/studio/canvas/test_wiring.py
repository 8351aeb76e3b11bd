"""Drawing wires with the mouse: connected, refused with the reason, replaced, taken away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from graphs import edits
from graphs.graph import End, Node, Wire
from tests.studio.canvas.drawing import classifier, graph_of

ALT = Qt.KeyboardModifier.AltModifier


def loose(*kinds: str):
    return graph_of(*(Node(kind.lower(), kind) for kind in kinds))


def test_a_wire_from_port_to_port_is_one_undo_step(store, canvas, show, hand):
    graph = show(loose("Digits", "Flatten"))

    hand.drag(canvas.port_position("digits", "image"), canvas.port_position("flatten", "input"))

    assert store.graph.wires == (Wire(End("digits", "image"), End("flatten", "input")),)
    assert (store.history.count(), store.history.undoText()) == (1, "Connect Digits to Flatten")
    assert len(canvas._scene.wires) == 1
    store.history.undo()
    assert store.graph is graph
    assert not canvas._scene.wires


def test_a_wire_can_be_drawn_from_an_input_back_to_an_output(store, canvas, show, hand):
    show(loose("Digits", "Flatten"))

    hand.drag(canvas.port_position("flatten", "input"), canvas.port_position("digits", "image"))

    assert store.graph.wires == (Wire(End("digits", "image"), End("flatten", "input")),)


def test_a_wire_that_does_not_fit_is_refused_with_its_reason(qtbot, store, canvas, show, hand):
    show(loose("Digits", "Flatten", "Conv2d"))
    hand.drag(canvas.port_position("digits", "image"), canvas.port_position("flatten", "input"))
    said = []
    canvas.message.connect(said.append)

    hand.drag(canvas.port_position("flatten", "output"), canvas.port_position("conv2d", "input"))

    reason = "Conv 2D needs an image (C, H, W), but gets 64 (E)."
    assert said == [reason]
    assert (canvas.tip.text, canvas.tip.refuses, canvas.tip.isVisible()) == (reason, True, True)
    assert len(store.graph.wires) == 1
    assert store.history.count() == 1
    hand.click(QPoint(600, 600))
    assert not canvas.tip.isVisible()


def test_the_labels_reach_the_loss_in_spite_of_too_many_scores(store, canvas, show, hand):
    graph = classifier()
    graph = edits.set_params(edits.disconnect(graph, graph.wires[-1]), "linear", out_features=64)
    show(graph)
    target = canvas.port_position("cross_entropy_loss", "target")

    hand.press(canvas.port_position("digits", "label"))
    hand.move(target - QPoint(60, 60), target)
    warned = (canvas.tip.text, canvas.tip.warns, canvas.tip.refuses)
    hand.release(target)

    words = (
        "Cross entropy has 10 classes to choose from, but gets 64 scores for them. "
        "Let the layer before it give 10 outputs."
    )
    assert warned == (words, True, False)
    assert store.graph.wires[-1] == Wire(
        End("digits", "label"), End("cross_entropy_loss", "target")
    )
    (problem,) = store.report.problems
    assert problem.code == "G203"
    assert problem.fixes[0].title == "Set Out features of Linear to 10"


def test_a_wire_that_closes_a_loop_is_refused(store, canvas, show, hand):
    show(graph_of(Node("relu", "ReLU"), Node("tanh", "Tanh"), wires=("relu.output -> tanh.input",)))

    hand.drag(canvas.port_position("tanh", "output"), canvas.port_position("relu", "input"))

    assert canvas.tip.text == "ReLU comes before Tanh: this wire would make a loop."
    assert len(store.graph.wires) == 1


def test_a_loop_is_refused_as_well_when_drawn_backwards(store, canvas, show, hand):
    show(graph_of(Node("relu", "ReLU"), Node("tanh", "Tanh"), wires=("relu.output -> tanh.input",)))

    hand.drag(canvas.port_position("relu", "input"), canvas.port_position("tanh", "output"))

    assert canvas.tip.text == "ReLU comes before Tanh: this wire would make a loop."
    assert len(store.graph.wires) == 1


def test_the_hovered_port_shows_what_would_come_out(canvas, show, hand):
    show(loose("Digits", "Flatten"))
    target = canvas.port_position("flatten", "input")

    hand.press(canvas.port_position("digits", "image"))
    hand.move(target - QPoint(60, 60), target)

    assert canvas.tip.text == "Flatten gives E64"
    assert not canvas.tip.refuses
    hand.key(Qt.Key.Key_Escape)


def test_the_hovered_port_shows_the_reason_against(canvas, show, hand):
    show(loose("Digits", "Conv1d"))
    target = canvas.port_position("conv1d", "input")

    hand.press(canvas.port_position("digits", "image"))
    hand.move(target - QPoint(60, 60), target)

    assert canvas.tip.refuses
    assert canvas.tip.text.startswith("Conv 1D needs")
    hand.key(Qt.Key.Key_Escape)


def test_ports_that_do_not_fit_dim_while_a_wire_is_drawn(canvas, show, hand):
    show(loose("Digits", "Flatten", "Conv2d"))
    hand.drag(canvas.port_position("digits", "image"), canvas.port_position("flatten", "input"))

    hand.press(canvas.port_position("flatten", "output"))
    hand.move(canvas.port_position("flatten", "output") + QPoint(20, 60))
    sight = canvas._scene.sight
    states = {
        (node, port): sight.port_state(node, port, output=output)
        for node, port, output in (
            ("conv2d", "input", False),
            ("digits", "image", True),
            ("flatten", "input", False),
        )
    }
    hand.key(Qt.Key.Key_Escape)

    assert set(states.values()) == {"dim"}
    assert sight.port_state("conv2d", "input", output=False) == ""


def test_a_drop_on_a_body_takes_the_first_free_input_that_fits(store, canvas, show, hand):
    show(graph_of(Node("digits", "Digits"), Node("cross_entropy_loss", "CrossEntropyLoss")))

    hand.drag(canvas.port_position("digits", "label"), hand.title("cross_entropy_loss"))

    (wire,) = store.graph.wires
    assert wire.source == End("digits", "label")
    assert wire.target == End("cross_entropy_loss", "logits")


def test_a_drop_on_a_body_never_replaces_a_wire(store, canvas, show, hand):
    graph = graph_of(
        Node("digits", "Digits"),
        Node("flatten", "Flatten"),
        Node("relu", "ReLU"),
        wires=("digits.image -> flatten.input",),
    )
    show(graph)

    hand.drag(canvas.port_position("relu", "output"), hand.title("flatten"))

    assert store.graph.wires == graph.wires
    assert (
        canvas.tip.text
        == "Flatten has no free input. Drop the wire on a port to replace the one there."
    )


def test_a_drop_on_a_node_without_the_other_kind_of_port_says_so(store, canvas, show, hand):
    show(graph_of(Node("digits", "Digits"), Node("relu", "ReLU")))

    hand.drag(canvas.port_position("relu", "output"), hand.title("digits"))

    assert canvas.tip.text == "Digits has no input."
    assert not store.graph.wires


def test_a_drop_on_a_port_replaces_its_wire(store, canvas, show, hand):
    show(
        graph_of(
            Node("digits", "Digits"), Node("relu", "ReLU"), Node("flatten", "Flatten"),
            wires=("digits.image -> relu.input", "digits.image -> flatten.input"),
        )
    )  # fmt: skip

    hand.drag(canvas.port_position("relu", "output"), canvas.port_position("flatten", "input"))

    assert store.graph.incoming["flatten"] == {"input": End("relu", "output")}
    assert len(store.graph.wires) == 2


def test_rows_of_inputs_take_one_wire_after_the_other(store, canvas, show, hand):
    show(
        graph_of(
            Node("digits", "Digits"),
            Node("relu", "ReLU"),
            Node("add", "Add"),
            wires=("digits.image -> relu.input",),
        )
    )

    hand.drag(canvas.port_position("relu", "output"), hand.title("add"))
    hand.drag(canvas.port_position("digits", "image"), hand.title("add"))

    assert store.graph.incoming["add"] == {
        "inputs.0": End("relu", "output"),
        "inputs.1": End("digits", "image"),
    }
    assert canvas.port_position("add", "inputs.2").y() > canvas.port_position("add", "inputs.1").y()


def test_the_end_of_a_wire_can_be_taken_elsewhere(store, canvas, show, hand):
    show(
        graph_of(
            Node("digits", "Digits"), Node("flatten", "Flatten"), Node("relu", "ReLU"),
            wires=("digits.image -> flatten.input",),
        )
    )  # fmt: skip

    hand.drag(canvas.port_position("flatten", "input"), canvas.port_position("relu", "input"))

    assert store.graph.wires == (Wire(End("digits", "image"), End("relu", "input")),)
    assert store.history.count() == 1


def test_the_end_of_a_wire_dropped_on_nothing_removes_it(store, canvas, show, hand):
    graph = show(classifier())

    hand.drag(canvas.port_position("flatten", "input"), QPoint(500, 600))

    assert store.graph.wires == graph.wires[1:]
    assert store.history.undoText() == "Remove wire"
    store.history.undo()
    assert store.graph is graph


def test_esc_leaves_a_wire_where_it_was(store, canvas, show, hand):
    graph = show(classifier())
    hand.press(canvas.port_position("flatten", "input"))
    hand.move(QPoint(500, 500), QPoint(500, 600))

    hand.key(Qt.Key.Key_Escape)
    hand.release(QPoint(500, 600))

    assert store.graph is graph
    assert all(item.isVisible() for item in canvas._scene.wires.values())


def test_alt_and_a_click_remove_a_wire(store, canvas, show, hand):
    graph = show(classifier())
    middle = (
        canvas.port_position("flatten", "output") + canvas.port_position("linear", "input")
    ) / 2

    hand.click(middle, ALT)

    assert set(graph.wires) - set(store.graph.wires) == {
        Wire(End("flatten", "output"), End("linear", "input"))
    }
    store.history.undo()
    assert store.graph is graph


def test_hovering_a_wire_tells_what_it_carries_at_any_zoom(canvas, show, hand):
    show(classifier(), zoom=0.3)
    middle = (
        canvas.port_position("digits", "image") + canvas.port_position("flatten", "input")
    ) / 2

    hand.move(middle)

    assert canvas.tip.text == "Digits → Flatten\nC1 × H8 × W8"
    hand.move(QPoint(600, 600))
    assert not canvas.tip.isVisible()


def test_a_click_on_a_port_changes_nothing(store, canvas, show, hand):
    graph = show(classifier())

    hand.click(canvas.port_position("flatten", "input"))

    assert store.graph is graph
    assert canvas._scene.sight.ports is None


@pytest.mark.parametrize("zoom", [0.5, 1.0, 2.0])
def test_wires_can_be_drawn_at_every_zoom_at_which_ports_are_seen(store, canvas, show, hand, zoom):
    show(loose("Digits", "Flatten"), zoom)

    hand.drag(canvas.port_position("digits", "image"), canvas.port_position("flatten", "input"))

    assert len(store.graph.wires) == 1
