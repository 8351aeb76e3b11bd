"""Documents for tests, written as short as on the canvas: nodes by id, wires as in a file, run settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import graphs.layers  # noqa: F401 - registers all layer types
from graphs.content import Document, Feed, Objective, Procedure, RunSettings
from graphs.graph import NO_MARKS, End, Graph, Marks, Node, Wire


def node(type_: str, marks: Marks = NO_MARKS, **params: Any) -> Node:
    """A node whose id is still to be given."""
    return Node("", type_, params, marks=marks)


def wire(text: str) -> Wire:
    """The wire that is written "a.output -> b.input" in a file."""
    source, target = text.split(" -> ")
    return Wire(End(*source.split(".", 1)), End(*target.split(".", 1)))


def document(
    nodes: dict[str, Node | str],
    wires: list[str],
    objectives: tuple[Objective, ...] = (Objective(),),
    **run: Any,
) -> Document:
    """A document of one network; a type alone stands for a node with its defaults."""
    made = {}
    for name, each in nodes.items():
        plain = node(each) if isinstance(each, str) else each
        made[name] = Node(name, plain.type, plain.params, marks=plain.marks)
    settings = RunSettings(**{"device": "cpu", "threads": 1, "epochs": 2, **run})
    graph = Graph(made, tuple(map(wire, wires)))
    return Document(title="Test", networks={"main": graph}, objectives=objectives, run=settings)


def changed(described: Document, **nodes: Node) -> Document:
    """The document with these nodes in place of those of the same ids, or beside them."""
    graph = described.main
    return described.with_graph(Graph({**graph.nodes, **nodes}, graph.wires))


def with_marks(described: Document, **marks: Marks) -> Document:
    """The document with other marks at these nodes."""
    nodes = described.main.nodes
    return changed(
        described, **{name: replace(nodes[name], marks=each) for name, each in marks.items()}
    )


def digits_mlp(*objectives: Objective, hidden: int = 32, **run: Any) -> Document:
    """Digits -> Flatten -> Linear -> ReLU -> Linear -> cross entropy and accuracy."""
    return document(
        {
            "digits": "Digits",
            "flatten": "Flatten",
            "hidden": node("Linear", out_features=hidden),
            "relu": "ReLU",
            "scores": node("Linear", out_features=10),
            "loss": "CrossEntropyLoss",
            "accuracy": "Accuracy",
        },
        [
            "digits.image -> flatten.input",
            "flatten.output -> hidden.input",
            "hidden.output -> relu.input",
            "relu.output -> scores.input",
            "scores.output -> loss.logits",
            "digits.label -> loss.target",
            "scores.output -> accuracy.input",
            "digits.label -> accuracy.target",
        ],
        objectives or (Objective(),),
        **run,
    )


def digits_cnn(*, dropout: float = 0.0, **run: Any) -> Document:
    """A small LeNet on digits, with dropout if asked for."""
    return document(
        {
            "digits": "Digits",
            "conv": node("Conv2d", out_channels=6, kernel_size=[3, 3], padding=[1, 1]),
            "norm": "BatchNorm2d",
            "relu": "ReLU",
            "pool": "MaxPool2d",
            "conv_2": node("Conv2d", out_channels=12, kernel_size=[3, 3]),
            "relu_2": "ReLU",
            "flatten": "Flatten",
            "dropout": node("Dropout", p=dropout),
            "scores": node("Linear", out_features=10),
            "loss": "CrossEntropyLoss",
            "accuracy": "Accuracy",
        },
        [
            "digits.image -> conv.input",
            "conv.output -> norm.input",
            "norm.output -> relu.input",
            "relu.output -> pool.input",
            "pool.output -> conv_2.input",
            "conv_2.output -> relu_2.input",
            "relu_2.output -> flatten.input",
            "flatten.output -> dropout.input",
            "dropout.output -> scores.input",
            "scores.output -> loss.logits",
            "digits.label -> loss.target",
            "scores.output -> accuracy.input",
            "digits.label -> accuracy.target",
        ],
        **run,
    )


def diabetes_line() -> Document:
    """A line through the diabetes data, by mean squared error."""
    return document(
        {"data": "Diabetes", "guess": node("Linear", out_features=1), "loss": "MSELoss"},
        [
            "data.features -> guess.input",
            "guess.output -> loss.input",
            "data.target -> loss.target",
        ],
    )


def series_gru(**run: Any) -> Document:
    """A GRU that foretells the next value of a generated wave."""
    return document(
        {
            "series": node("SyntheticSeries", samples=400, length=12),
            "gru": node("GRU", hidden_size=16),
            "last": "Select",
            "next": node("Linear", out_features=1),
            "loss": "MSELoss",
            "mae": "MeanAbsoluteError",
        },
        [
            "series.sequence -> gru.input",
            "gru.output -> last.input",
            "last.output -> next.input",
            "next.output -> loss.input",
            "series.target -> loss.target",
            "next.output -> mae.input",
            "series.target -> mae.target",
        ],
        **run,
    )


def writer(**changes: Any) -> Document:
    """A GRU that foretells characters, with a procedure that writes; `changes` are fields of that."""
    described = document(
        {
            "tales": node("CharacterText", samples=60, length=16),
            "embedding": node("Embedding", embedding_dim=8),
            "gru": node("GRU", hidden_size=8),
            "scores": node("Linear", out_features=28),
            "loss": "CrossEntropyLoss",
            "output": "Output",
        },
        [
            "tales.text -> embedding.input",
            "embedding.output -> gru.input",
            "gru.output -> scores.input",
            "scores.output -> loss.logits",
            "tales.target -> loss.target",
            "scores.output -> output.input",
        ],
        epochs=1,
    )
    feeds = (Feed("tales.text", "output"),)
    fields = {"feeds": feeds, "steps": 40, "params": {"top_k": 5}, **changes}
    return replace(described, procedures=(Procedure("write", "autoregressive", **fields),))
