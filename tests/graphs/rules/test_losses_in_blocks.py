"""What is wrong about a loss inside a block is said in the main network, too, with a way out that edits the block."""

from __future__ import annotations

from itertools import pairwise

from graphs import edits
from graphs.check import check
from graphs.content import Document
from graphs.graph import End, Face, Graph, Node, Placement, Wire


def judged(inner: dict[str, Node]) -> Document:
    """Digits, a block that holds these nodes in a row with a cross entropy behind them, and an output."""
    row = list(inner)
    wires = [Wire(End("in", "x"), End(row[0], "input"))]
    wires += [Wire(End(one, "output"), End(other, "input")) for one, other in pairwise(row)]
    wires += [
        Wire(End(row[-1], "output"), End("loss", "logits")),
        Wire(End("in", "label"), End("loss", "target")),
        Wire(End(row[-1], "output"), End("out", "scores")),
    ]
    block = Graph(
        {**inner, "loss": Node("loss", "CrossEntropyLoss")},
        tuple(wires),
        Face(("x", "label"), ("scores",)),
    )
    graph, data = edits.add_node(Graph(), "Digits", (0.0, 0.0))
    graph, flat = edits.append_after(graph, data, "Flatten")
    head = Node("head", "", place=Placement("scorer"))
    graph = graph.changed(nodes={**graph.nodes, "head": head})
    graph, output = edits.add_node(graph, "Output", (0.0, 0.0))
    for source, target in (
        (End(flat, "output"), End("head", "x")),
        (End(data, "label"), End("head", "label")),
        (End("head", "scores"), End(output, "input")),
    ):
        graph = edits.connect(graph, source, target)
    return Document(networks={"main": graph, "scorer": block})


LINEAR = Node("linear", "Linear", {"out_features": 10})


def test_a_softmax_before_a_loss_in_a_block_is_told_and_taken_out():
    document = judged({"linear": LINEAR, "softmax": Node("softmax", "Softmax")})

    (problem,) = check(document).problems

    assert problem.message == (
        "Inside Head, Softmax stands before Loss (Cross entropy), which takes raw scores and applies softmax itself. "
        "Twice makes training slow and its result worse. Take Softmax out of this way."
    )
    assert (problem.code, problem.severity, problem.nodes) == ("G402", "warning", ("head",))
    assert [fix.title for fix in problem.fixes] == ["Take out Softmax in Head"]
    after = problem.fixes[0].apply(document)
    assert check(after).problems == ()
    assert after.networks["scorer"].incoming["loss"]["logits"] == End("linear", "output")


def test_the_same_is_told_where_the_block_itself_is_shown():
    document = judged({"linear": LINEAR, "softmax": Node("softmax", "Softmax")})

    (problem,) = check(document, "scorer").problems

    assert (problem.code, problem.nodes) == ("G402", ("softmax", "loss"))
    assert check(problem.fixes[0].apply(document, "scorer"), "scorer").problems == ()


def test_a_loss_in_a_block_with_nothing_that_learns_before_it_is_told():
    document = judged({"tanh": Node("tanh", "Tanh")})
    block = edits.retype(document.networks["scorer"], "loss", "MSELoss")
    block = edits.disconnect(block, *(wire for wire in block.wires if wire.target.node == "loss"))
    block = edits.connect(block, End("tanh", "output"), End("loss", "input"))
    block = edits.connect(block, End("in", "x"), End("loss", "target"))

    (problem,) = check(document.with_graph(block, "scorer")).problems

    assert problem.message == (
        "No layer before Loss in Head (Mean squared error) has weights, so nothing learns. "
        "Put one there, such as Linear."
    )
    assert (problem.code, problem.nodes) == ("G303", ("head",))


def test_frozen_weights_before_a_loss_in_a_block_are_told_and_unfrozen():
    document = judged({"linear": LINEAR})
    document = document.with_graph(edits.set_marks(document.main, "head", frozen=True))

    (problem,) = check(document).problems

    assert problem.message == (
        "All layers before Loss in Head (Cross entropy) are frozen, so nothing learns. Unfreeze one of them."
    )
    assert (problem.code, problem.nodes) == ("G303", ("head",))
    assert check(problem.fixes[0].apply(document)).problems == ()
