"""What is written on nodes and wires."""

from __future__ import annotations

import pytest

from graphs import edits
from graphs.check import check
from graphs.content import Document
from graphs.graph import Node
from graphs.param import Path
from graphs.size import length
from graphs.spec import Axis, Spec
from studio.canvas.node_look import look_at, short_count, shown_value
from studio.canvas.wire_label import axes_words, sizes_words
from tests.studio.canvas.drawing import classifier, graph_of


def look(graph, node):
    report = check(Document().with_graph(graph))
    return look_at(graph, graph.nodes[node], report.shapes.nodes[node], report.at(node))


def test_only_parameters_that_are_not_at_their_defaults_are_written():
    graph = graph_of(
        Node("conv2d", "Conv2d", {"kernel_size": [3, 3], "out_channels": 8, "stride": 2})
    )

    rows = dict(look(graph, "conv2d").rows)

    assert rows == {"Out channels": "8", "Stride": "2×2"}


def test_too_many_parameters_end_in_how_many_more():
    params = {
        "out_channels": 8,
        "kernel_size": 5,
        "stride": 2,
        "padding": 1,
        "dilation": 2,
        "bias": False,
    }
    graph = graph_of(Node("conv2d", "Conv2d", params))

    rows = look(graph, "conv2d").rows

    assert len(rows) == 4
    assert rows[-1] == ("3 more", "…")


def test_a_node_with_a_name_of_its_own_says_what_it_is():
    graph = edits.rename(classifier(), "linear", "Scores")

    assert (look(graph, "linear").name, look(graph, "linear").subtitle) == ("Scores", "Linear")
    assert look(classifier(), "linear").subtitle == ""


def test_the_number_of_weights_is_written_where_it_is_known():
    graph = classifier()

    assert look(graph, "linear").weights == "650"
    assert look(graph_of(Node("linear", "Linear")), "linear").weights == ""


def test_ports_are_labelled_unless_there_is_one_that_says_nothing():
    graph = classifier()

    assert [port.label for port in look(graph, "digits").outputs] == ["image", "label"]
    assert [port.label for port in look(graph, "flatten").inputs] == [""]
    assert [port.label for port in look(graph, "cross_entropy_loss").inputs] == ["logits", "target"]
    assert [port.wired for port in look(graph, "cross_entropy_loss").inputs] == [True, True]


def test_an_unknown_layer_still_shows_what_is_wired_to_it():
    graph = graph_of(
        Node("odd", "FromTheFuture"), Node("relu", "ReLU"), wires=("odd.output -> relu.input",)
    )

    odd = look(graph, "odd")

    assert (odd.name, odd.subtitle) == ("Odd", "FromTheFuture")
    assert [port.name for port in odd.outputs] == ["output"]


@pytest.mark.parametrize(
    ("value", "words"),
    [((3, 3), "3×3"), ((1, 2), "1×2"), (True, "yes"), (False, "no"), (None, "none"), (0.1, "0.1"), (1e-5, "1e-05"),
     ((0.7, 0.15, 0.15), "0.7, 0.15, 0.15"), ("relu", "relu"), (Path("/data/long/way/iris.csv"), "iris.csv")],
)  # fmt: skip
def test_values_are_written_short(value, words):
    assert shown_value(value) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(650, "650"), (8320, "8.32k"), (999_999, "1M"), (25_600_000, "25.6M"), (7_000_000_000, "7B")],
)
def test_counts_are_written_short(count, words):
    assert short_count(count) == words


def test_wires_name_their_axes():
    image = Spec((Axis("C", 1), Axis("H", 28), Axis("W", 28)))
    tokens = Spec((Axis("T", length("T")),), "int64", "token", 65)
    longer = Spec((Axis("T", length("T") + 1), Axis("E", 64)))

    assert (axes_words(image), sizes_words(image)) == ("C1 × H28 × W28", "1×28×28")
    assert axes_words(tokens) == "T 65 tokens"
    assert axes_words(longer) == "T+1 × E64"
    assert axes_words(Spec((), "int64", "class", 10)) == "10 classes"
    assert axes_words(Spec()) == "one number"


def test_marks_are_named_in_the_corner_unless_there_is_a_badge():
    graph = classifier()

    assert look(edits.set_marks(graph, "linear", frozen=True), "linear").tag == "frozen"
    assert look(edits.set_marks(graph, "linear", frozen=True, muted=True), "linear").tag == "muted"
    assert look(graph, "linear").tag == ""
    alone = edits.disconnect(graph, graph.wires[1])
    waiting = look(alone, "cross_entropy_loss")
    assert (waiting.state, waiting.tag) == ("waits", "waits")
    assert look(edits.set_marks(alone, "linear", frozen=True), "linear").tag == ""
