"""What is wrong, on the canvas: a badge, a sentence, and the ways out one click away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolTip

from graphs import edits
from graphs.graph import Node
from studio.canvas.bubble import broken
from tests.blocks import file
from tests.documents import wire
from tests.studio.canvas.drawing import classifier, graph_of, put_aside

SOFTMAX = (
    "digits.image -> flatten.input",
    "flatten.output -> linear.input",
    "linear.output -> softmax.input",
    "softmax.output -> cross_entropy_loss.logits",
    "digits.label -> cross_entropy_loss.target",
)


def refused():
    """Flatten before a convolution; a ReLU waits behind it."""
    return graph_of(
        Node("digits", "Digits"),
        Node("flatten", "Flatten"),
        Node("conv2d", "Conv2d"),
        Node("relu", "ReLU"),
        wires=(
            "digits.image -> flatten.input",
            "flatten.output -> conv2d.input",
            "conv2d.output -> relu.input",
        ),
    )


def states(canvas):
    return {node: item.look.state for node, item in canvas._scene.nodes.items()}


def test_the_first_failing_node_tells_its_problem_and_the_rest_waits(canvas, show):
    show(refused())

    assert states(canvas) == {
        "digits": "fine",
        "flatten": "fine",
        "conv2d": "error",
        "relu": "waits",
    }
    (bubble,) = canvas._scene.bubbles.items.values()
    assert bubble.problem.message == "Conv 2D needs an image (C, H, W), but Flatten gives 64 (E)."
    assert canvas._scene.first_failing == "conv2d"
    wires = {wire.target.node: item.state for wire, item in canvas._scene.wires.items()}
    assert wires == {"flatten": "", "conv2d": "error", "relu": "waits"}


def test_one_fix_stands_on_the_button_and_one_click_applies_it(store, canvas, show, hand):
    graph = show(classifier(flat=False))
    canvas.camera.scroll(200, 0)
    bubble = canvas._scene.bubbles.items["cross_entropy_loss"]
    (fix,) = bubble.problem.fixes

    hand.click(canvas.camera.to_viewport(bubble.button.center()).toPoint())

    assert bubble.button_text.replace("\n", " ") == fix.title
    assert (store.history.count(), store.history.undoText()) == (1, fix.title)
    assert set(states(canvas).values()) == {"fine"}
    assert not canvas._scene.bubbles.items
    rects = [canvas.node_rect(node) for node in store.graph.order]
    assert all(not one.intersects(two) for i, one in enumerate(rects) for two in rects[i + 1 :])
    store.history.undo()
    assert store.graph is graph
    assert "cross_entropy_loss" in canvas._scene.bubbles.items


def test_one_click_mends_what_is_wrong_inside_a_block(store, canvas, hand):
    nodes = {"flatten": {"layer": "Flatten"}, "scores": {"layer": "Linear"}}
    wires = ["flatten.output -> scores.input", "scores.output -> out.y"]
    block = {"face": {"inputs": ["x"], "outputs": ["y"]}, "nodes": nodes, "wires": wires}
    main = {
        "nodes": {"digits": {"layer": "Digits"}, "stage": {"network": "stage"}},
        "wires": ["digits.image -> stage.x"],
    }
    store.open(file({"main": main, "stage": block}))
    bubble = canvas._scene.bubbles.items["stage"]
    (fix,) = bubble.problem.fixes

    hand.click(canvas.camera.to_viewport(bubble.button.center()).toPoint())

    assert fix.title == "Connect the input x to Flatten in Stage"
    assert wire("in.x -> flatten.input") in store.document.networks["stage"].wires
    assert "stage" not in canvas._scene.bubbles.items
    assert store.history.undoText() == fix.title


def test_several_fixes_open_a_menu(qtbot, store, canvas, show, hand):
    nodes = (
        Node("digits", "Digits"), Node("flatten", "Flatten"), Node("linear", "Linear"), Node("softmax", "Softmax"),
        Node("cross_entropy_loss", "CrossEntropyLoss"),
    )  # fmt: skip
    show(graph_of(*nodes, wires=SOFTMAX))
    bubble = canvas._scene.bubbles.items["cross_entropy_loss"]
    canvas.center_on("cross_entropy_loss")

    hand.click(canvas.camera.to_viewport(bubble.button.center()).toPoint())
    menu = canvas.findChild(QMenu)
    titles = [action.text() for action in menu.actions()]
    menu.actions()[0].trigger()
    menu.close()

    assert bubble.button_text == f"Fix… ({len(titles)})"
    assert titles[0] == "Set Out features of Linear to 10"
    assert store.graph.nodes["linear"].params["out_features"] == 10
    assert store.history.undoText() == titles[0]


def test_a_warning_tells_itself_when_its_node_is_selected_or_hovered(store, canvas, show, hand):
    nodes = (
        Node("digits", "Digits"), Node("flatten", "Flatten"), Node("linear", "Linear", {"out_features": 10}),
        Node("softmax", "Softmax"), Node("cross_entropy_loss", "CrossEntropyLoss"),
    )  # fmt: skip
    show(put_aside(graph_of(*nodes, wires=SOFTMAX), softmax=(264.0, 200.0)))
    before = set(canvas._scene.bubbles.items)
    hand.move(hand.title("softmax"))
    hovered = set(canvas._scene.bubbles.items)
    hand.move(QPoint(20, 20))
    after = set(canvas._scene.bubbles.items)

    store.select({"softmax"})

    assert states(canvas)["softmax"] == "warning"
    assert (before, hovered, after) == (set(), {"softmax"}, set())
    assert canvas._scene.bubbles.items["softmax"].problem.severity == "warning"


def test_a_hand_gets_from_a_hovered_node_to_its_button(canvas, show, hand):
    nodes = (
        Node("digits", "Digits"), Node("flatten", "Flatten"), Node("linear", "Linear", {"out_features": 10}),
        Node("softmax", "Softmax"), Node("cross_entropy_loss", "CrossEntropyLoss"),
    )  # fmt: skip
    show(put_aside(graph_of(*nodes, wires=SOFTMAX), softmax=(264.0, 200.0)))
    hand.move(hand.title("softmax"))
    bubble = canvas._scene.bubbles.items["softmax"]
    node, button = (
        canvas.node_rect("softmax"),
        canvas.camera.to_viewport(bubble.button.center()).toPoint(),
    )

    for y in range(node.bottom() - 4, button.y(), 3):
        hand.move(QPoint(button.x(), y))
    hand.move(button)

    assert canvas._scene.bubbles.items.get("softmax") is bubble
    assert bubble.hovered_button


def test_a_bubble_moves_with_its_node(canvas, show, hand):
    show(refused())
    bubble = canvas._scene.bubbles.items["conv2d"]
    before = bubble.frame.topLeft()
    start = hand.title("conv2d")

    hand.press(start)
    hand.move(start + QPoint(0, 40), start + QPoint(0, 80))

    assert bubble.frame.topLeft().y() == before.y() + 80
    hand.release(start + QPoint(0, 80))


def test_a_bubble_covers_no_other_node_if_it_can(canvas, show):
    show(put_aside(refused(), relu=(528.0, 90.0)))

    bubble = canvas._scene.bubbles.items["conv2d"]

    assert not any(
        bubble.frame.intersects(item.frame)
        for node, item in canvas._scene.nodes.items()
        if node != "conv2d"
    )


def test_a_long_sentence_takes_four_lines_and_the_rest_is_in_the_tooltip(canvas):
    ink = canvas._scene.sight.ink
    face = ink.row_font, ink.row_metrics
    sentence = "Cross entropy needs " + "very many words to say what is wrong with it and " * 6

    lines, elided = broken(sentence, face, 240.0)

    assert len(lines) == 4
    assert elided
    assert lines[3].endswith("…")
    assert broken("Short.", face, 240.0) == (["Short."], False)


def test_a_fix_with_a_long_title_is_read_whole_on_its_button(canvas, show):
    show(classifier(flat=False))

    bubble = canvas._scene.bubbles.items["cross_entropy_loss"]

    assert bubble.button_text.count("\n") == 1
    assert bubble.button_text.replace("\n", " ") == "Insert Flatten and Linear with Out features 10"
    assert bubble.frame.contains(bubble.button)


def test_a_bubble_at_the_edge_moves_in_so_that_its_button_is_in_reach(canvas, show):
    show(classifier(flat=False))
    bubble = canvas._scene.bubbles.items["cross_entropy_loss"]
    home = bubble.frame

    for dx, dy in ((-480, 0), (0, -420), (1130, 0), (0, 560)):
        canvas.camera.scroll(dx, dy)
        button = bubble.button
        corners = (button.topLeft(), button.bottomRight())
        assert canvas.node_rect("cross_entropy_loss").intersects(canvas.viewport().rect())
        assert all(
            canvas.viewport().rect().contains(canvas.camera.to_viewport(each).toPoint())
            for each in corners
        )

    canvas.camera.scroll(480 - 1130, 420 - 560)
    assert bubble.frame == home


def test_a_bubble_cut_below_goes_above_its_node_rather_than_on_it(canvas, show):
    show(classifier(flat=False))
    bubble = canvas._scene.bubbles.items["cross_entropy_loss"]
    node = canvas._scene.node_rect("cross_entropy_loss")
    low = canvas.camera.to_viewport(node.bottomLeft()).y()

    canvas.camera.scroll(0, low - canvas.viewport().height() + 4)

    assert bubble.button.bottom() < node.top()
    assert canvas._visible().contains(bubble.button)


def test_a_missing_input_is_told_at_its_node(canvas, show):
    graph = classifier()
    show(type(graph)(graph.nodes, graph.wires[:-1], positions=graph.positions))

    bubble = canvas._scene.bubbles.items["cross_entropy_loss"]

    assert bubble.problem.message == 'Cross entropy has nothing wired to its input "target".'


def told(canvas, at: QPoint) -> str:
    """What the tooltip at a point of the viewport says."""
    event = QHelpEvent(QEvent.Type.ToolTip, at, canvas.viewport().mapToGlobal(at))
    QApplication.sendEvent(canvas.viewport(), event)
    words = QToolTip.text()
    QToolTip.hideText()  # it goes a little later
    return words


def test_tooltips_hold_the_whole_of_what_is_cut_short(canvas, show):
    graph = edits.rename(refused(), "relu", "A name that is far too long for the head of any node")
    show(graph)
    bubble = canvas._scene.bubbles.items["conv2d"]

    def at(point):
        return canvas.camera.to_viewport(point).toPoint()

    assert told(canvas, canvas.node_rect("flatten").center()) == ""
    assert told(canvas, at(bubble.frame.topLeft() + QPoint(60, 25))) == bubble.problem.message
    assert told(canvas, at(bubble.button.center())).split("\n") == [
        fix.title for fix in bubble.problem.fixes
    ]
    assert told(canvas, canvas.node_rect("relu").center()).startswith("A name that is far too long")
    assert told(canvas, canvas.port_position("digits", "image")) == "image: C1 × H8 × W8"
    assert told(canvas, canvas.port_position("flatten", "input")) == "input: C1 × H8 × W8"
    assert told(canvas, canvas.port_position("conv2d", "output")) == "output"
